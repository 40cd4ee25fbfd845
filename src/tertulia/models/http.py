"""The one HTTP client of all model servers, and reads that know when to stop.

Nothing of one server ever reaches another: no cookies, no redirects, no credentials of the machine (`.netrc`, proxy
variables), and a key travels in the header of a single request, never in the session.
"""

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, StreamReader, TCPConnector

KEEPALIVE_S = 30.0
DNS_CACHE_S = 60


class BodyTooLarge(Exception):
    """The body of an answer is larger than it may be."""


def open_session() -> ClientSession:
    """Make the session that all model servers share; the caller closes it. Needs a running event loop."""
    return ClientSession(
        connector=TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_S, ttl_dns_cache=DNS_CACHE_S),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None),
        trust_env=False,
    )


async def read_whole(content: StreamReader, max_bytes: int) -> bytes:
    """Read a body to its end. Raises BodyTooLarge: what is compressed counts as what it becomes."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > max_bytes:
            raise BodyTooLarge
    return bytes(body)
