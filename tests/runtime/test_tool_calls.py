"""One call of a tool: its time, its length, and that nothing that it does is more than an answer."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.deltas import ToolOutputDelta
from tertulia.domain.events import StepProgressed
from tertulia.models.scripted import Call, Reply
from tertulia.runtime.tool_calls import MAX_TOOL_OUTPUT, bounded, call_tool
from tertulia.tools import ToolContext, ToolPolicy, ToolResult, tool
from tests.runtime.conftest import OWNER, MakeWorld, within
from tests.runtime.tools import StuckTool
from tests.tools.asking import CONTEXT, complaint, heard_by


async def test_a_tools_own_time_goes_before_the_servers() -> None:
    @tool(policy=ToolPolicy(timeout=0.01))
    async def short() -> str:
        """Take for ever."""
        return await asyncio.Event().wait() and "never"

    assert await complaint(short) == "The tool did not answer within 0.01 s."
    result = await call_tool(StuckTool(), {}, CONTEXT, timeout=0.02)
    assert result.content == "The tool did not answer within 0.02 s."


async def test_a_timeout_within_a_tool_is_no_timeout_of_the_tool() -> None:
    @tool
    async def hasty() -> str:
        """Give up."""
        raise TimeoutError("the printer is silent")

    assert await complaint(hasty) == "The tool failed: TimeoutError: the printer is silent"


async def test_a_tool_that_is_cancelled_from_within_has_failed_and_its_turn_goes_on(world: MakeWorld) -> None:
    @tool
    async def muddled() -> str:
        """Cancel what it waits for itself."""
        waiting = asyncio.ensure_future(asyncio.Event().wait())
        waiting.cancel()
        await waiting
        return "never"

    w = await world(Reply(Call("muddled")), Reply("I see."), tools=[muddled])
    async with within():
        turn = await w.turn()
    assert w.asked()[-1] == "tool: The tool failed: it was cancelled from within"
    assert turn.status == "completed"


async def test_a_tool_cannot_end_the_server() -> None:
    @tool
    async def leave() -> str:
        """Leave."""
        raise SystemExit(1)

    assert await complaint(leave) == "The tool failed: SystemExit: 1"


class Wrong:
    """Answers with what is no answer."""

    toolgroup = "test::wrong"
    policy = ToolPolicy()
    definition = StuckTool.definition

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return None  # pyright: ignore[reportReturnType] - what is tested


async def test_an_answer_of_another_type_is_a_failure() -> None:
    result = await call_tool(Wrong(), {}, CONTEXT, timeout=1)
    assert result.is_error
    assert result.content.startswith("The tool failed: ")


@pytest.mark.parametrize("is_error", [False, True])
async def test_what_a_tool_says_is_kept_up_to_a_length_and_the_model_is_told(is_error: bool) -> None:
    @tool
    def long() -> str:
        """Say much."""
        if is_error:
            raise ValueError("a" * 2 * MAX_TOOL_OUTPUT)
        return "a" * 2 * MAX_TOOL_OUTPUT

    result = await call_tool(long, {}, CONTEXT, timeout=10)
    assert len(result.content) <= MAX_TOOL_OUTPUT
    assert result.content.endswith("more characters were left out]")
    assert bounded(result.content) == result.content


async def test_live_output_is_shown_up_to_a_length() -> None:
    @tool
    async def talk(context: ToolContext) -> str:
        """Say much."""
        for _ in range(5):
            await context.output("a" * (MAX_TOOL_OUTPUT // 2))
        return "done"

    said: list[str] = []
    result = await call_tool(talk, {}, heard_by(said), timeout=10)
    assert result.content == "done"
    assert len("".join(said)) < MAX_TOOL_OUTPUT + 100
    assert said[-1].endswith("\n[further output is not shown]")
    assert len(said) == 2


async def test_what_is_said_after_the_end_of_a_call_is_not_its_output(world: MakeWorld) -> None:
    over = asyncio.Event()
    left_behind: list[asyncio.Task[None]] = []

    @tool
    async def restless(context: ToolContext) -> str:
        """Leave somebody behind who goes on talking."""

        async def talk() -> None:
            await over.wait()
            await context.output("too late")

        left_behind.append(asyncio.create_task(talk()))
        await context.output("in time")
        return "done"

    w = await world(Reply(Call("restless")), Reply("I see."), tools=[restless])
    async with within():
        turn = await w.turn()
        over.set()
        await left_behind[0]
    log = await w.store.read_events(OWNER, turn.turn_id)
    said = [each.event.delta for each in log if isinstance(each.event, StepProgressed)]
    assert [delta.text for delta in said if isinstance(delta, ToolOutputDelta)] == ["in time"]
