"""One call of a tool: within its time, and whatever goes wrong is an answer."""

import asyncio
from typing import Any

import structlog

from tertulia.runtime.approvals import is_askable
from tertulia.runtime.clock import NewId
from tertulia.tools.base import AnswerNeeded, Tool, ToolContext, ToolResult
from tertulia.tools.toolbox import Toolbox

log = structlog.get_logger()


async def call_tool(tool: Tool, arguments: dict[str, Any], context: ToolContext, *, timeout: float) -> ToolResult:  # noqa: ASYNC109 - a timeout is an answer here
    """Call a tool; what it raises, or that it takes too long, is an error for whoever asked.

    Raises AnswerNeeded when it asks a person something.
    """
    try:
        async with asyncio.timeout(timeout):
            return await tool.call(arguments, context)
    except AnswerNeeded as needed:
        if is_askable(needed.question):
            raise
        return ToolResult(content="The tool asks a person more than can be asked.", is_error=True)
    except TimeoutError:
        return ToolResult(content=f"The tool did not answer within {timeout:g} s.", is_error=True)
    except Exception as error:  # noqa: BLE001 - whatever a tool does wrong is an answer
        log.warning("tool.failed", turn_id=context.turn_id, tool=tool.definition.name, error=type(error).__name__)
        return ToolResult(content=f"The tool failed: {type(error).__name__}: {error}", is_error=True)


class ToolCalls:
    """Calls of tools outside of any turn."""

    def __init__(self, toolbox: Toolbox, *, new_id: NewId, timeout: float) -> None:
        self._toolbox = toolbox
        self._new_id = new_id
        self._timeout = timeout

    async def call(self, owner: str, tool_name: str, arguments: dict[str, Any]) -> ToolResult:
        """Run a tool and return its answer. Raises ToolNotFound."""
        tool = self._toolbox.get(tool_name)

        async def output(_: str) -> None:
            """Nobody watches."""

        context = ToolContext(owner=owner, session_id="", turn_id="", idempotency_key=self._new_id(), output=output)
        try:
            return await call_tool(tool, arguments, context, timeout=self._timeout)
        except AnswerNeeded as needed:
            asks = f"The tool asks a person something, and only within a turn is there an answer: {needed}"
            return ToolResult(content=asks, is_error=True)
