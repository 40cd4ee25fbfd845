"""A code is changed for tokens, once, by the client that it was given to (RFC 6749 4.1.3, RFC 7636 4.5)."""

from base64 import b64encode
from urllib.parse import quote_plus

import msgspec
import structlog

from tertulia.domain.base import Value
from tertulia.domain.errors import IdentityProviderFailed, SignInFailed
from tertulia.identity.documents import Answer, Documents
from tertulia.identity.provider import Metadata

log = structlog.get_logger()


class Tokens(Value):
    """What the code is worth. The access token is used once, to ask who has come, and forgotten."""

    id_token: str
    access_token: str | None = None


class Refusal(Value):
    """Why there are no tokens (RFC 6749 5.2)."""

    error: str
    error_description: str = ""


class Exchange:
    """Changes codes for tokens. Without a secret this server is a public client, and PKCE alone proves it."""

    def __init__(self, documents: Documents, *, client_id: str, secret: str | None) -> None:
        self._documents = documents
        self._client_id = client_id
        self._secret = secret

    async def tokens_for(self, code: str, *, verifier: str, redirect_uri: str, metadata: Metadata) -> Tokens:
        """Change a code. Raises SignInFailed, IdentityProviderFailed."""
        if metadata.token_endpoint is None:
            raise IdentityProviderFailed("The identity provider has no place where a code is changed for tokens.")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        own, headers = self._proof(metadata.token_endpoint_auth_methods_supported)
        answer = await self._documents.post(metadata.token_endpoint, {**form, **own}, headers)
        if answer.status != 200:
            raise _refused(answer)
        try:
            return msgspec.json.decode(answer.body, type=Tokens)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise IdentityProviderFailed(
                "The identity provider answered without an ID token. TERTULIA_OIDC_SCOPES must have `openid` in it."
            ) from None

    def _proof(self, methods: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the fields and the headers by which the client proves to be itself."""
        client_id, secret = self._client_id, self._secret
        if secret is None:
            return {"client_id": client_id}, {}
        if "client_secret_basic" in methods or "client_secret_post" not in methods:
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
            return {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {"client_id": client_id, "client_secret": secret}, {}


def _refused(answer: Answer) -> SignInFailed | IdentityProviderFailed:
    try:
        refusal = msgspec.json.decode(answer.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        refusal = Refusal(error=f"status {answer.status}")
    log.warning("oidc.code_refused", error=refusal.error[:100], description=refusal.error_description[:300])
    if refusal.error == "invalid_grant":
        return SignInFailed("This sign-in was used before, or took too long. Sign in once more.")
    if refusal.error in ("invalid_client", "unauthorized_client"):
        return IdentityProviderFailed(
            "The identity provider does not know this server. Whoever runs it must look at TERTULIA_OIDC_CLIENT_ID and "
            "TERTULIA_OIDC_CLIENT_SECRET."
        )
    return IdentityProviderFailed(
        f"The identity provider refused ({refusal.error[:50]}). Whoever runs this server finds more in its log."
    )
