"""Gets one page of the web, as far as it may be had: nothing of this server goes along, and nothing stays.

Each page has a session of its own: no cookies, no credentials, no proxy of the machine, no referrer. Every address on
the way, after a redirect too, is the guard's to allow. Size and time have limits, and only text is read.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar
from yarl import URL

from tertulia import __version__
from tertulia.domain.base import Value
from tertulia.tools.web.guard import WebGuard, WebRefused

HEADERS = {
    "User-Agent": f"Tertulia/{__version__} (reads pages for an AI agent)",
    "Accept": "text/html,application/xhtml+xml,text/plain,application/json;q=0.9,*/*;q=0.1",
}
REDIRECTS = (301, 302, 303, 307, 308)
HTML = ("text/html", "application/xhtml+xml")
TEXT = ("application/json", "application/ld+json", "application/xml", "application/rss+xml", "application/atom+xml")


class WebLimits(Value):
    """How long a page may take, how large it may be, and over how many redirects it may be found."""

    seconds: float = 20.0
    max_bytes: int = 3_000_000
    redirects: int = 5


class WebPage(Value):
    """A page: its own address, and its bytes, cut off at the limit."""

    url: str
    media_type: str
    charset: str
    body: bytes
    is_cut: bool

    @property
    def is_html(self) -> bool:
        """It has to be made readable."""
        return self.media_type in HTML

    @property
    def text(self) -> str:
        """The page as it was written, in the charset that its server named, or in UTF-8."""
        try:
            return self.body.decode(self.charset or "utf-8", errors="replace")
        except (LookupError, ValueError):
            return self.body.decode(errors="replace")


class NoPage(Exception):
    """There is no page to be read there. The message is for whoever asked."""


async def fetch_page(url: str, guard: WebGuard, limits: WebLimits) -> WebPage:
    """Get a page. Raises NoPage."""
    timeout = ClientTimeout(total=None, sock_connect=limits.seconds / 2)
    try:
        async with (
            asyncio.timeout(limits.seconds),
            ClientSession(
                connector=guard.connector(),
                cookie_jar=DummyCookieJar(),
                timeout=timeout,
                headers=HEADERS,
                trust_env=False,
            ) as session,
            _found(session, guard, url, limits.redirects) as response,
        ):
            return await _read(response, limits.max_bytes)
    except WebRefused as error:
        raise NoPage(str(error)) from None
    except ClientConnectorError as error:
        if isinstance(error.os_error, WebRefused):
            raise NoPage(str(error.os_error)) from None
        raise NoPage(f"{error.host} could not be reached.") from None
    except TimeoutError:
        raise NoPage(f"The page did not come within {limits.seconds:g} s.") from None
    except (ClientError, ValueError) as error:
        raise NoPage(f"The page could not be read: {type(error).__name__}.") from None


@asynccontextmanager
async def _found(
    session: ClientSession, guard: WebGuard, url: str, redirects: int
) -> AsyncGenerator[ClientResponse, None]:
    """Ask for a page, over redirects."""
    asked = guard.check(url)
    for _ in range(redirects + 1):
        async with session.get(asked, allow_redirects=False) as response:
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or location is None:
                yield response
                return
            asked = guard.check(str(asked.join(URL(location))))
    raise NoPage(f"The page is behind more than {redirects} redirects.")


async def _read(response: ClientResponse, max_bytes: int) -> WebPage:
    if response.status != 200:
        raise NoPage(f"The server answered {response.status} {response.reason or ''}".rstrip() + ".")
    media_type = response.content_type.lower()
    if not (media_type in HTML or media_type in TEXT or media_type.startswith("text/")):
        raise NoPage(f"It is no page to be read but {media_type}.")
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > max_bytes:
            break
    return WebPage(
        url=str(response.url),
        media_type=media_type,
        charset=response.charset or "",
        body=bytes(body[:max_bytes]),
        is_cut=len(body) > max_bytes,
    )
