"""Sites for tests of the HTTP interface, and what the server says in its log while they are asked."""

from collections.abc import AsyncGenerator, Iterator, MutableMapping
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
from structlog.testing import capture_logs

from tertulia.models.scripted import Reply
from tests.server.site import Site, open_site

Log = list[MutableMapping[str, Any]]


class OpenSite(Protocol):
    """Serves an application until the test ends."""

    async def __call__(self, *replies: Reply, **options: Any) -> Site: ...


@pytest.fixture(autouse=True)
def log() -> Iterator[Log]:
    """The lines that the server logs."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def open_() -> AsyncGenerator[OpenSite, None]:
    """Open sites: `await open_(Reply("Hi."), heartbeat=0.1)`."""
    async with AsyncExitStack() as stack:

        async def make(*replies: Reply, **options: Any) -> Site:
            return await stack.enter_async_context(open_site(*replies, **options))

        yield make


@pytest.fixture
async def site(open_: OpenSite) -> Site:
    """A site whose model says hello."""
    return await open_()
