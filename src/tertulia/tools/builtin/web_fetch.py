"""The tool `web_fetch`: the readable text of a page. Off unless the operator wants it (`TERTULIA_WEB_FETCH`)."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from msgspec import Meta

from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import Tool, ToolContext, ToolResult
from tertulia.tools.functions import tool
from tertulia.tools.web.fetch import NoPage, WebLimits, WebPage, fetch_page
from tertulia.tools.web.guard import WebGuard

SHOWN_CHARS = 20_000

ReadHtml = Callable[[WebPage, str], Awaitable[str]]
"""Returns the readable text of an HTML page for an owner. Raises NoPage."""

Url = Annotated[str, Meta(description="The address of the page, with https:// or http://")]
Start = Annotated[int, Meta(ge=0, description="Where to go on in the text of a long page, in characters")]


def web_fetch_tool(guard: WebGuard, read_html: ReadHtml, limits: WebLimits = WebLimits()) -> Tool:  # noqa: B008 - frozen
    """Make the tool. It goes where the guard allows."""

    @tool(
        description="Read a page of the web as text. It cannot sign in, fill in forms or run scripts.",
        toolgroup="builtin::web_fetch",
        policy=ToolPolicy(is_idempotent=True),
    )
    async def web_fetch(url: Url, context: ToolContext, start: Start = 0) -> ToolResult:
        """Answer with the address that the page was found at and a part of its text; a long one in several calls."""
        try:
            page = await fetch_page(url, guard, limits)
            text = await read_html(page, context.owner) if page.is_html else page.text
        except NoPage as error:
            return ToolResult(content=str(error), is_error=True)
        metadata = {"url": page.url, "media_type": page.media_type}
        return ToolResult(content=f"{page.url}\n\n{_part(text, start, is_cut=page.is_cut)}", metadata=metadata)

    return web_fetch


def _part(text: str, start: int, *, is_cut: bool) -> str:
    """Return a part of a text and how to have the next."""
    text = text.strip()
    end = start + SHOWN_CHARS
    if start and start >= len(text):
        return f"[The text ends at {len(text)}.]"
    if len(text) > end:
        return f"{text[start:end]}\n\n[{len(text) - end} more characters: call again with start={end}]"
    return text[start:] + ("\n\n[The page is longer than what is read of it.]" if is_cut else "")
