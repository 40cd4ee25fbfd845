"""One call of a tool: within its time and its length, and whatever goes wrong is an answer."""

import asyncio
from typing import Any

import structlog
from msgspec.structs import replace

from tertulia.runtime.approvals import is_askable
from tertulia.runtime.audit import about
from tertulia.runtime.clock import NewId
from tertulia.runtime.tool_results import MAX_TOOL_OUTPUT, kept, mended
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.tools.base import AnswerNeeded, Tool, ToolContext, ToolResult

log = structlog.get_logger()


GIVEN_UP_SECONDS = 10.0
"""How long a call that was cancelled may take to end, before nobody waits for it any more."""


async def call_tool(
    tool: Tool,
    arguments: dict[str, Any],
    context: ToolContext,
    *,
    timeout: float,  # noqa: ASYNC109 - a timeout is an answer here
    given_up: float = GIVEN_UP_SECONDS,
) -> ToolResult:
    """Call a tool; what it raises, or that it takes too long, is an error for whoever asked.

    It may take as many seconds as its policy allows, `timeout` if that has none. One that does not let itself be
    cancelled is left alone after `given_up` seconds. Raises AnswerNeeded when it asks a person something.
    """
    seconds = tool.policy.timeout or timeout
    live = _LiveOutput(context)
    # In a task of its own, since a tool may catch that it is cancelled, and its turn must not hang on that.
    call = asyncio.create_task(_answer_of(tool, arguments, replace(context, output=live.add)))
    try:
        ended, _ = await asyncio.wait({call}, timeout=seconds)
    finally:
        live.end()
        if not call.done():
            call.cancel()
            await asyncio.wait({call}, timeout=given_up)
    if not ended:
        return ToolResult(content=f"The tool did not answer within {seconds:g} s.", is_error=True)
    if call.cancelled():
        return _failed(tool, context, "it was cancelled from within")
    match call.result():
        case ToolResult() as result:
            return result
        case AnswerNeeded(question=question) as needed:
            if is_askable(question):
                raise needed
            return ToolResult(content="The tool asks a person more than can be asked.", is_error=True)
        case error:
            return _failed(tool, context, f"{type(error).__name__}: {error}")


async def _answer_of(tool: Tool, arguments: dict[str, Any], context: ToolContext) -> ToolResult | BaseException:
    try:
        return kept(await tool.call(arguments, context))
    except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a tool does wrong is an answer
        return error


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
        about(tool_name=tool.definition.name)

        async def output(_: str) -> None:
            """Nobody watches."""

        context = ToolContext(owner=owner, session_id="", turn_id="", idempotency_key=self._new_id(), output=output)
        try:
            return await call_tool(tool, arguments, context, timeout=self._timeout)
        except AnswerNeeded as needed:
            asks = f"The tool asks a person something, and only within a turn is there an answer: {needed}"
            return ToolResult(content=asks, is_error=True)
