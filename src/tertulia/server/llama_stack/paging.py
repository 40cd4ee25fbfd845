"""Lists as Llama Stack pages them: `start_index` and `limit`; without a limit, or with a negative one, all of it.

Its clients count rows where ours follow a cursor; what they skip is read all the same, a page at a time.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from litestar.params import QueryParameter

from tertulia.domain.paging import MAX_LIMIT, Page
from tertulia.server.wire.llama_stack.base import DataPage

StartIndex = Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="How many to skip.")]
Limit = Annotated[int | None, QueryParameter(ge=-1, le=2**31 - 1, description="How many at the most; all without it.")]

ReadPage = Callable[[int, str | None], Awaitable[Page[Any]]]
"""Reads a page: how many rows at the most, and from which cursor."""


async def data_page(
    read: ReadPage, write: Callable[[Any], object], *, start_index: int, limit: int | None, url: str
) -> DataPage:
    """Read and write the rows from `start_index` on, and tell whether there are more behind them."""
    end = None if limit is None or limit < 0 else start_index + limit
    rows: list[Any] = []
    cursor: str | None = None
    while end is None or len(rows) <= end:  # one row more says whether there are more
        page = await read(MAX_LIMIT if end is None else min(MAX_LIMIT, end + 1 - len(rows)), cursor)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return DataPage(
        data=[write(row) for row in rows[start_index:end]], has_more=end is not None and len(rows) > end, url=url
    )
