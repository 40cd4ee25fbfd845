"""Access tokens of a real provider: taken when they are its own, for us, now, and signed as they must be."""

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tertulia.domain.errors import IdentityProviderFailed, Unauthenticated
from tertulia.identity.documents import Answer, Documents
from tertulia.identity.kept import FRESH, PAUSE, STALE
from tertulia.identity.provider import Provider
from tertulia.identity.roles import RoleRules
from tertulia.identity.tokens import AccessTokens, TokenTerms
from tests.identity.conftest import Time
from tests.identity.identity_provider import IdentityProvider

API = "https://tertulia.example/api"
RULES = RoleRules(roles={"robots": "reader"})


class Counted(Documents):
    """Documents that are counted, and that cannot be had any more when the network is said to be gone."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.asked: list[str] = []
        self.is_cut_off = False

    async def get(self, url: str, *, token: str | None = None) -> Answer:
        self.asked.append(url)
        if self.is_cut_off:
            raise IdentityProviderFailed
        return await self._documents.get(url, token=token)


@pytest.fixture
def counted(documents: Documents) -> Counted:
    return Counted(documents)


@pytest.fixture
def tokens(identity_provider: IdentityProvider, counted: Counted, now: Time) -> AccessTokens:
    terms = TokenTerms(issuer=identity_provider.issuer, audiences=frozenset({API}), role_claim="groups", rules=RULES)
    return AccessTokens(terms, Provider(identity_provider.issuer, counted, now))


def encoded(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def headed(token: str, **header: Any) -> tuple[dict[str, Any], str]:
    """The header of a token with these changes, and what is signed then."""
    first, payload, _ = token.split(".")
    changed = {**json.loads(base64.urlsafe_b64decode(first + "==")), **header}
    return changed, f"{encoded(changed)}.{payload}"


async def test_who_brings_a_token_is_known(tokens: AccessTokens, identity_provider: IdentityProvider) -> None:
    identity = await tokens.identity_of(await identity_provider.token(API))
    assert (identity.issuer, identity.subject) == (identity_provider.issuer, "program")
    assert (identity.name, identity.role) == ("program", "reader")


async def test_a_token_for_somebody_else_is_refused(tokens: AccessTokens, identity_provider: IdentityProvider) -> None:
    token = await identity_provider.token("https://elsewhere.example")
    with pytest.raises(Unauthenticated, match="not for this server"):
        await tokens.identity_of(token)


async def test_a_token_is_refused_a_minute_after_it_has_expired(
    tokens: AccessTokens, identity_provider: IdentityProvider, now: Time
) -> None:
    token = await identity_provider.token(API)
    now.ahead = 600 + 30  # the clocks may differ so much
    await tokens.identity_of(token)
    now.ahead = 600 + 61
    with pytest.raises(Unauthenticated, match="has expired"):
        await tokens.identity_of(token)


async def test_a_token_of_the_future_is_refused(
    tokens: AccessTokens, identity_provider: IdentityProvider, now: Time
) -> None:
    now.ahead = -120
    with pytest.raises(Unauthenticated, match="a time that has not come"):
        await tokens.identity_of(await identity_provider.token(API))


async def test_a_token_without_a_signature_is_refused(
    tokens: AccessTokens, identity_provider: IdentityProvider, counted: Counted
) -> None:
    token = await identity_provider.token(API)
    for name in ("none", "None", "NONE", ""):
        _, signed = headed(token, alg=name)
        with pytest.raises(Unauthenticated, match="is signed with"):
            await tokens.identity_of(f"{signed}.")
    assert counted.asked == [], "that is seen without asking anybody"


@pytest.mark.parametrize("form", ["pem", "der", "n"])
async def test_a_public_key_is_no_shared_secret(
    tokens: AccessTokens, identity_provider: IdentityProvider, form: str
) -> None:
    token = await identity_provider.token(API)
    jwk = next(key for key in await identity_provider.keys() if key["kty"] == "RSA")
    public = jwt.PyJWK(jwk, "RS256").key
    assert isinstance(public, rsa.RSAPublicKey)
    secret = {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "n": jwk["n"].encode(),
    }[form]
    _, signed = headed(token, alg="HS256")
    forged = f"{signed}.{encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"
    with pytest.raises(Unauthenticated, match="is signed with 'HS256'"):
        await tokens.identity_of(forged)


async def test_a_key_that_a_token_brings_along_is_not_looked_at(
    tokens: AccessTokens, identity_provider: IdentityProvider
) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = await identity_provider.token(API)
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    jwk = json.loads(RSAAlgorithm.to_jwk(own.public_key()))
    for more in ({"jwk": jwk}, {"jku": "http://127.0.0.1:1/keys"}, {"x5u": "http://127.0.0.1:1/chain"}, {}):
        forged = jwt.encode(claims, own, algorithm="RS256", headers={**header, **more})
        with pytest.raises(Unauthenticated, match="signed by no key of its issuer"):
            await tokens.identity_of(forged)


@pytest.mark.parametrize(
    "change", [{"alg": "PS256"}, {"alg": "ES256"}, {"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}]
)
async def test_a_header_that_was_changed_spoils_the_token(
    tokens: AccessTokens, identity_provider: IdentityProvider, change: dict[str, Any]
) -> None:
    token = await identity_provider.token(API)
    _, signed = headed(token, **change)
    with pytest.raises(Unauthenticated):
        await tokens.identity_of(f"{signed}.{token.rpartition('.')[2]}")


async def test_claims_that_were_changed_spoil_the_token(
    tokens: AccessTokens, identity_provider: IdentityProvider
) -> None:
    first, _, signature = (await identity_provider.token(API)).split(".")
    claims = {"iss": identity_provider.issuer, "sub": "ada", "aud": API, "exp": 9e9, "groups": ["tertulia-admins"]}
    with pytest.raises(Unauthenticated, match="signed by no key"):
        await tokens.identity_of(f"{first}.{encoded(claims)}.{signature}")


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "ey.ey.ey", "eyJhbGciOiJSUzI1NiJ9", "é.é.é", "." * 100, "ey" * 20_000]
)
async def test_what_is_no_token_is_refused(tokens: AccessTokens, text: str) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.identity_of(text)


async def test_new_keys_are_found_when_they_are_used(
    tokens: AccessTokens, identity_provider: IdentityProvider, now: Time
) -> None:
    old = await identity_provider.token(API)
    await tokens.identity_of(old)
    await identity_provider.rotate()
    now.ahead = PAUSE + 1
    await tokens.identity_of(await identity_provider.token(API))
    with pytest.raises(Unauthenticated, match="signed by no key"):
        await tokens.identity_of(old)


async def test_keys_are_asked_for_once_by_all_and_not_again_for_tokens_that_name_unknown_ones(
    tokens: AccessTokens, identity_provider: IdentityProvider, counted: Counted, now: Time
) -> None:
    token = await identity_provider.token(API)
    await asyncio.gather(*(tokens.identity_of(token) for _ in range(20)))
    assert [url.rpartition("/")[2] for url in counted.asked] == ["openid-configuration", "jwks"]
    signature = token.rpartition(".")[2]
    strangers = [f"{headed(token, kid=f'unknown-{number}')[1]}.{signature}" for number in range(50)]
    for seconds in (1, 2):
        now.ahead = (PAUSE + 1) * seconds
        refused = await asyncio.gather(*(tokens.identity_of(each) for each in strangers), return_exceptions=True)
        assert all(isinstance(each, Unauthenticated) for each in refused)
        assert len(counted.asked) == 2 + seconds


async def test_known_keys_go_on_to_count_while_the_provider_is_away_but_not_for_ever(
    tokens: AccessTokens, identity_provider: IdentityProvider, counted: Counted, now: Time
) -> None:
    await tokens.identity_of(await identity_provider.token(API))
    counted.is_cut_off = True
    now.ahead = FRESH + 1
    with pytest.raises(Unauthenticated, match="has expired"):  # which is known without the provider
        await tokens.identity_of(await identity_provider.token(API))
    now.ahead = STALE + FRESH + 1
    with pytest.raises(IdentityProviderFailed):
        await tokens.identity_of(await identity_provider.token(API))


async def test_a_provider_that_is_away_at_first_is_found_when_it_is_back(
    tokens: AccessTokens, identity_provider: IdentityProvider, counted: Counted, now: Time
) -> None:
    token = await identity_provider.token(API)
    counted.is_cut_off = True
    for _ in range(3):
        with pytest.raises(IdentityProviderFailed):
            await tokens.identity_of(token)
    assert len(counted.asked) == 1
    counted.is_cut_off = False
    now.ahead = PAUSE + 1
    await tokens.identity_of(token)
