"""One call of a tool: within its time and its length, and whatever goes wrong is an answer."""

import asyncio
from typing import Any

import structlog
from msgspec.structs import replace

from tertulia.runtime.approvals import is_askable
from tertulia.runtime.clock import NewId
from tertulia.runtime.tool_results import MAX_TOOL_OUTPUT, kept, mended
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.tools.base import AnswerNeeded, Tool, ToolContext, ToolResult

log = structlog.get_logger()


async def call_tool(tool: Tool, arguments: dict[str, Any], context: ToolContext, *, timeout: float) -> ToolResult:  # noqa: ASYNC109 - a timeout is an answer here
    """Call a tool; what it raises, or that it takes too long, is an error for whoever asked.

    It may take as many seconds as its policy allows, `timeout` if that has none. Raises AnswerNeeded when it asks a
    person something.
    """
    seconds = tool.policy.timeout or timeout
    limit, live = asyncio.timeout(seconds), _LiveOutput(context)
    try:
        async with limit:
            return kept(await tool.call(arguments, replace(context, output=live.add)))
    except AnswerNeeded as needed:
        if is_askable(needed.question):
            raise
        return ToolResult(content="The tool asks a person more, or otherwise, than can be asked.", is_error=True)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return _failed(tool, context, "it was cancelled from within")
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a tool does wrong is an answer
        if limit.expired():
            return ToolResult(content=f"The tool did not answer within {seconds:g} s.", is_error=True)
        return _failed(tool, context, f"{type(error).__name__}: {error}")
    finally:
        live.end()


def _failed(tool: Tool, context: ToolContext, reason: str) -> ToolResult:
    log.warning("tool.failed", turn_id=context.turn_id, tool=tool.definition.name, error=reason.partition(":")[0])
    return kept(ToolResult(content=f"The tool failed: {reason}", is_error=True))


class _LiveOutput:
    """What a call says while it runs, as far as that is shown."""

    def __init__(self, context: ToolContext) -> None:
        self._show = context.output
        self._left = MAX_TOOL_OUTPUT

    async def add(self, text: str) -> None:
        """Show a piece, or what of it still fits."""
        shown = mended(text[: self._left])
        self._left -= len(shown)
        if shown:
            await self._show(shown if self._left else f"{shown}\n[further output is not shown]")

    def end(self) -> None:
        """The call is over: what a thread or a task that it has left behind still says is not its output."""
        self._left = 0


class ToolCalls:
    """Calls of tools outside of any turn."""

    def __init__(self, toolgroups: Toolgroups, *, new_id: NewId, timeout: float) -> None:
        self._toolgroups = toolgroups
        self._new_id = new_id
        self._timeout = timeout

    async def call(self, owner: str, tool_name: str, arguments: dict[str, Any]) -> ToolResult:
        """Run a tool and return its answer. Raises ToolNotFound."""
        tool = await self._toolgroups.get(owner, tool_name)

        async def output(_: str) -> None:
            """Nobody watches."""

        context = ToolContext(owner=owner, session_id="", turn_id="", idempotency_key=self._new_id(), output=output)
        try:
            return await call_tool(tool, arguments, context, timeout=self._timeout)
        except AnswerNeeded as needed:
            asks = f"The tool asks a person something, and only within a turn is there an answer: {needed}"
            return ToolResult(content=asks, is_error=True)
