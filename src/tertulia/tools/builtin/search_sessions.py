"""The tool `search_sessions`: what was said before, in the other sessions of whoever asks."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from msgspec import Meta

from tertulia.domain.base import Value
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import Tool, ToolContext
from tertulia.tools.functions import tool


class FoundSession(Value):
    """A session in which words were found, when they were said last, and passages that have them, the newest first."""

    session_id: str
    session_name: str
    at: str
    passages: list[str]


Search = Callable[[str, str, str], Awaitable[list[FoundSession]]]
"""Finds words in an owner's sessions, but for one: `search(owner, words, session_id)`."""

Words = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=200,
        description='Words to look for; all of them must be in one exchange or name. "in a row", beginning*, -without',
    ),
]


def search_sessions_tool(search: Search) -> Tool:
    """Make the tool. It only ever looks for what belongs to the owner of the turn that it is called in."""

    @tool(
        description="Search the user's earlier conversations. Use it when they refer to something said before.",
        toolgroup="builtin::search_sessions",
        policy=ToolPolicy(is_idempotent=True),
    )
    async def search_sessions(words: Words, context: ToolContext) -> list[FoundSession] | str:
        """Answer with the sessions as JSON, the newest first."""
        found = await search(context.owner, words, context.session_id)
        return found or "Nothing was found in earlier conversations. Try fewer or other words."

    return search_sessions
