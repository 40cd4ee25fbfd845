"""What identity providers are asked: small JSON documents, by one HTTP session that is opened when it is needed.

Nothing is followed elsewhere, nothing is read without end, and no answer is waited for without end.
"""

from collections.abc import Callable, Mapping

import structlog
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from tertulia.domain.base import Value
from tertulia.domain.errors import IdentityProviderFailed

log = structlog.get_logger()

OpenSession = Callable[[], ClientSession]
"""Returns the session that is shared; the loop runs."""

SECONDS = 10
LARGEST = 512 * 1024


class Answer(Value):
    """What came back."""

    status: int
    body: bytes


class Documents:
    """Asks identity providers."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session

    async def get(self, url: str, *, token: str | None = None) -> Answer:
        """Get a document, with an access token if it wants one. Raises IdentityProviderFailed."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._ask("GET", url, headers)

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send a form. Raises IdentityProviderFailed."""
        return await self._ask("POST", url, headers, form)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Answer:
        try:
            async with self._session().request(
                method,
                url,
                headers={"Accept": "application/json", **headers},
                data=form,
                allow_redirects=False,
                timeout=ClientTimeout(total=SECONDS),
            ) as response:
                return Answer(status=response.status, body=await _body_of(response))
        except (ClientError, TimeoutError, ValueError) as error:
            log.warning("identity_provider.unreachable", url=url, error=f"{type(error).__name__}: {error}")
            raise IdentityProviderFailed(
                "The identity provider cannot be reached just now. Try again in a moment; whoever runs this server "
                "finds the reason in its log, and `tertulia doctor` looks after it."
            ) from None


async def _body_of(response: ClientResponse) -> bytes:
    body = bytearray()
    while chunk := await response.content.readany():
        body += chunk
        if len(body) > LARGEST:
            raise ValueError(f"its answer is larger than {LARGEST} bytes")
    return bytes(body)
