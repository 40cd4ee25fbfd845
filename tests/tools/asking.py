"""How tests ask tools: as the runtime does, for somebody, with ears for what is said meanwhile."""

from typing import Any

from msgspec.structs import replace

from tertulia.runtime.tool_calls import call_tool
from tertulia.tools.base import Tool, ToolContext, ToolResult


async def silence(_: str) -> None:
    """Nobody listens."""


CONTEXT = ToolContext(owner="ana", session_id="s1", turn_id="t1", idempotency_key="t1:s1", output=silence)


async def ask(tool: Tool, /, **arguments: Any) -> ToolResult:
    """Call a tool for Ana."""
    return await call_tool(tool, arguments, CONTEXT, timeout=60)


async def answer(tool: Tool, /, **arguments: Any) -> str:
    """Call a tool that answers well; return what it says."""
    result = await ask(tool, **arguments)
    assert not result.is_error, result.content
    return result.content


async def complaint(tool: Tool, /, **arguments: Any) -> str:
    """Call a tool that has something against it; return what that is."""
    result = await ask(tool, **arguments)
    assert result.is_error, result.content
    return result.content


def heard_by(said: list[str]) -> ToolContext:
    """The context of a caller who writes down what a tool says while it runs."""

    async def write(text: str) -> None:
        said.append(text)

    return replace(CONTEXT, output=write)
