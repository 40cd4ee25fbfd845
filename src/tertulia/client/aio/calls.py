"""What all groups of calls have: a transport, and how a read, a write and a list are asked for."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol, TypeVar

from tertulia.client.aio.transport import AsyncTransport
from tertulia.client.request import Request, given, path_of

T = TypeVar("T")

EACH = 200
"""How many rows a page has when all are wanted: the most that the server gives."""


class Rows(Protocol[T]):
    """A page of a list."""

    @property
    def rows(self) -> list[T]:
        """What this page holds."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None after the last."""
        ...


class AsyncCalls:
    """The base of the groups of calls that a client is made of."""

    _transport: AsyncTransport

    async def _get(self, answer: type[T], *path: str, **params: str | int | None) -> T:
        request = Request(method="GET", path=path_of(*path), params=given(**params), is_repeatable=True)
        return await self._transport.call(request, answer)

    async def _text(self, request: Request) -> str:
        content = bytearray()
        async with self._transport.stream(request) as response:
            while chunk := await response.chunk():
                content += chunk
        return content.decode()

    async def _post(self, answer: type[T], *path: str, body: Any) -> T:
        """Send a write that would happen twice if it was sent twice."""
        return await self._transport.call(Request(method="POST", path=path_of(*path), body=body), answer)

    async def _delete(self, *path: str) -> None:
        await self._transport.call(Request(method="DELETE", path=path_of(*path), is_repeatable=True), type(None))


async def each_row(page_at: Callable[[str | None], Awaitable[Rows[T]]]) -> AsyncGenerator[T]:
    """Yield every row of a list, page after page; one page is kept at a time."""
    cursor: str | None = None
    while True:
        page = await page_at(cursor)
        for row in page.rows:
            yield row
        cursor = page.next_cursor
        if cursor is None:
            return
