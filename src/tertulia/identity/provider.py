"""One issuer: where it is asked for what (OpenID Connect Discovery), and its keys; neither before it is needed."""

import asyncio
from urllib.parse import urlsplit

import msgspec
import structlog
from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.errors import IdentityProviderFailed
from tertulia.identity.base import Claims, Expected, Now
from tertulia.identity.claims import believed
from tertulia.identity.documents import Documents
from tertulia.identity.header import read_header
from tertulia.identity.kept import Kept
from tertulia.identity.keys import PublicKeys

log = structlog.get_logger()


class Metadata(Value):
    """What an issuer says of itself, as far as it is needed here."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    authorization_response_iss_parameter_supported: bool = False

    @property
    def endpoints(self) -> list[str]:
        """All addresses that are asked."""
        named = (self.jwks_uri, self.authorization_endpoint, self.token_endpoint, self.userinfo_endpoint)
        return [url for url in named if url is not None]


class Provider:
    """Knows an issuer; `jwks_url` is where its keys are if it is not to be asked for that."""

    def __init__(self, issuer: str, documents: Documents, now: Now, *, jwks_url: str | None = None) -> None:
        self.issuer = issuer
        self._documents = documents
        self._now = now
        self._jwks_url = jwks_url
        self._metadata = Kept(self._discover, now, what=f"metadata of {issuer}")
        self._keys = Kept(self._load_keys, now, what=f"keys of {issuer}")

    async def metadata(self) -> Metadata:
        """Return where it is asked for what. Raises IdentityProviderFailed."""
        return await self._metadata.get()

    async def claims_of(self, token: str, expected: Expected) -> Claims:
        """Return what a token claims that this issuer has signed, for us, now.

        Raises Unauthenticated, IdentityProviderFailed.
        """
        header = read_header(token)
        keys = await self._keys.get(lambda keys: keys.have(header))
        return believed(keys.payload_of(token, header), expected, now=self._now())

    async def count_keys(self) -> int:
        """Return how many keys there are, which shows that the issuer answers. Raises IdentityProviderFailed."""
        if self._jwks_url is None:
            await self.metadata()
        return len(await self._keys.get())

    async def userinfo(self, token: str) -> Claims:
        """Return what the issuer says of whom it gave an access token, nothing if it has no place to ask.

        Raises IdentityProviderFailed.
        """
        url = (await self.metadata()).userinfo_endpoint
        if url is None:
            return {}
        answer = await self._documents.get(url, token=token)
        if answer.status != 200:
            raise _failed(url, f"answered {answer.status} to whom it gave a token itself")
        try:
            return msgspec.json.decode(answer.body, type=Claims)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _failed(url, "did not answer in JSON, who has signed in") from None

    async def _discover(self) -> Metadata:
        url = discovery_url(self.issuer)
        answer = await self._documents.get(url)
        if answer.status != 200:
            raise _failed(url, f"answered {answer.status} where its configuration should be")
        try:
            metadata = msgspec.json.decode(answer.body, type=Metadata)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _failed(url, f"has a configuration that cannot be used: {error}") from None
        if metadata.issuer != self.issuer:
            raise _failed(url, f"calls itself {metadata.issuer!r}: the setting must be exactly that")
        if not self.issuer.startswith("http://") and any(
            urlsplit(each).scheme != "https" for each in metadata.endpoints
        ):
            raise _failed(url, "has addresses that are not https")
        return metadata

    async def _load_keys(self) -> PublicKeys:
        url = self._jwks_url or (await self.metadata()).jwks_uri
        answer = await self._documents.get(url)
        if answer.status != 200:
            raise _failed(url, f"answered {answer.status} where its keys should be")
        return await asyncio.to_thread(PublicKeys.read, answer.body)


def discovery_url(issuer: str) -> str:
    """Return where an issuer's configuration is."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def _failed(url: str, what: str) -> IdentityProviderFailed:
    log.warning("identity_provider.unusable", url=url, error=what)
    return IdentityProviderFailed(f"The identity provider at {url} {what}.")
