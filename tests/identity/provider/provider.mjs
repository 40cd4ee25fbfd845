// An OpenID Connect provider for tests: oidc-provider, which is certified, with people and clients of its own.
// It prints its issuer once it listens. `POST /for-tests/rotate` gives it new keys; the old ones are gone then.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

const GROUPS = { ada: ["tertulia-admins", "staff"], bob: ["staff"], eve: [] };
const [redirectUri] = process.argv.slice(2);

const web = { redirect_uris: [redirectUri], response_types: ["code"], grant_types: ["authorization_code"] };
const clients = [
  { ...web, client_id: "tertulia", client_secret: "secret: of tertulia%", token_endpoint_auth_method: "client_secret_basic" },
  { ...web, client_id: "tertulia-post", client_secret: "secret-post", token_endpoint_auth_method: "client_secret_post" },
  { ...web, client_id: "tertulia-public", token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" },
  {
    client_id: "program",
    client_secret: "secret-program",
    redirect_uris: [],
    response_types: [],
    grant_types: ["client_credentials"],
  },
];

function newKeys() {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  return [
    { ...rsa, use: "sig", kid: randomUUID() },
    { ...ec, use: "sig", kid: randomUUID() },
  ];
}

function newProvider(issuer) {
  return new Provider(issuer, {
    clients,
    jwks: { keys: newKeys() },
    cookies: { keys: ["for tests only"] },
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id[0].toUpperCase() + id.slice(1), groups: GROUPS[id] }),
    }),
    extraTokenClaims: (_, token) => ({ groups: token.accountId ? GROUPS[token.accountId] : ["robots"] }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => false,
        getResourceServerInfo: (_, audience) => ({ audience, scope: "talk", accessTokenFormat: "jwt", accessTokenTTL: 600 }),
      },
    },
  });
}

let answer;
const server = createServer((request, response) => {
  if (request.method === "POST" && request.url === "/for-tests/rotate") {
    answer = newProvider(issuer).callback();
    response.writeHead(204).end();
  } else {
    answer(request, response);
  }
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const issuer = `http://127.0.0.1:${server.address().port}`;
answer = newProvider(issuer).callback();
console.log(`issuer ${issuer}`);
