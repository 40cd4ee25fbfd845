"""One call of a tool: its time, its length, and that nothing that it does is more than an answer."""

import asyncio
import contextlib
from typing import Any

import pytest

from tertulia.domain.deltas import ToolOutputDelta
from tertulia.domain.events import StepProgressed
from tertulia.domain.steps import ToolCallStep
from tertulia.models.scripted import Call, Reply
from tertulia.runtime.tool_calls import call_tool
from tertulia.runtime.tool_results import MAX_TOOL_METADATA, MAX_TOOL_OUTPUT, bounded
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools import AnswerNeeded, Question, ToolContext, ToolFile, ToolPolicy, ToolResult, tool
from tests.runtime.conftest import OWNER, MakeWorld, say, within
from tests.runtime.tools import StuckTool
from tests.tools.asking import CONTEXT, complaint, heard_by

LEFT_OUT = "metadata_left_out"
WRONG: Any = [1]
"""What is no text, no truth value, no object and no list of files; who writes tools makes mistakes."""


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


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_tool_that_does_not_let_itself_be_cancelled_is_left_alone(is_cancelled: bool) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    @tool
    async def stubborn() -> str:
        """Go on whatever happens."""
        while not gate.is_set():
            begun.set()
            with contextlib.suppress(asyncio.CancelledError):
                await gate.wait()
        return "done"

    call = asyncio.create_task(call_tool(stubborn, {}, CONTEXT, timeout=9 if is_cancelled else 0.01, given_up=0.01))
    async with within():
        await begun.wait()
        if is_cancelled:
            call.cancel()
        await asyncio.wait({call})
    gate.set()
    assert call.cancelled() if is_cancelled else call.result().content == "The tool did not answer within 0.01 s."


class Out(BaseException):
    """What those raise who mean to be caught by nobody."""


@pytest.mark.parametrize("error", [SystemExit(1), Out(1)])
async def test_a_tool_cannot_end_the_server(error: BaseException) -> None:
    @tool
    async def leave() -> str:
        """Leave."""
        raise error

    assert await complaint(leave) == f"The tool failed: {type(error).__name__}: 1"


class Wrong:
    """Answers with what is no answer."""

    toolgroup = "test::wrong"
    policy = ToolPolicy()
    definition = StuckTool.definition

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return None  # pyright: ignore[reportReturnType] - what is tested


async def test_an_answer_of_another_type_is_a_failure() -> None:
    result = await call_tool(Wrong(), {}, CONTEXT, timeout=60)
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

    result = await call_tool(long, {}, CONTEXT, timeout=60)
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
    result = await call_tool(talk, {}, heard_by(said), timeout=60)
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


@pytest.mark.parametrize(
    ("said", "content", "metadata"),
    [
        (ToolResult(content="caf\udce9.txt"), "caf\ufffd.txt", {}),
        (ToolResult(content="ok", metadata={"at": object()}), "ok", {LEFT_OUT: "it cannot be written as JSON"}),
        (ToolResult(content="ok", metadata={"name": "\ud800"}), "ok", {LEFT_OUT: "it cannot be written as JSON"}),
        (ToolResult(content="ok", metadata=WRONG), "ok", {LEFT_OUT: "it cannot be written as JSON"}),
        (ToolResult(content="ok", metadata={"all": "x" * MAX_TOOL_METADATA}), "ok", {LEFT_OUT: "400010 bytes"}),
        (ToolResult(content="ok", files=[ToolFile(name="\udce9", type="text/plain", data=b"")]), "ok", {}),
        (ToolResult(content=WRONG, is_error=WRONG), "[1]", {}),
        (ToolResult(content="ok", files=WRONG), "The tool failed: ", {}),
        (ToolResult(content="ok", files=[ToolFile(name="a", type="b", data=WRONG)]), "The tool failed: ", {}),
        (AnswerNeeded(Question(key="k", message="\ud800?")), "The tool asks a person more", {}),
        (AnswerNeeded(Question(key=WRONG, message="?")), "The tool asks a person more", {}),
        (ValueError("\ud800"), "The tool failed: ValueError: \ufffd", {}),
    ],
)
async def test_what_cannot_be_stored_of_an_answer_ends_neither_its_turn_nor_any_other(
    world: MakeWorld, said: ToolResult | Exception, content: str, metadata: dict[str, str]
) -> None:
    @tool
    async def talk(context: ToolContext) -> ToolResult:
        """Say something."""
        await context.output("\ud800")
        if isinstance(said, Exception):
            raise said
        return said

    w = await world(Reply(Call("talk")), Reply("I see."), Reply("Hello."), tools=[talk])
    async with within():
        turn = await w.turn()
        assert (await w.turn()).status == "completed"
    assert turn.status == "completed"
    [step] = [step for step in turn.steps if isinstance(step, ToolCallStep)]
    assert step.tool_response is not None
    assert step.tool_response.content.startswith(content)
    assert step.tool_response.metadata.keys() == metadata.keys()
    for name, words in metadata.items():
        assert step.tool_response.metadata[name].startswith(words)


async def test_a_turn_of_which_something_cannot_be_written_fails_and_no_other_does(world: MakeWorld) -> None:
    said = asyncio.Event()
    w = await world(
        Reply("Slowly ", said, "said."), Reply("\ud800"), Reply("Hello."), store=SqlStore(SqliteDatabase(None))
    )
    other = await w.sessions.create(OWNER, w.agent_id)
    async with within():
        slow = await w.start()
        broken = await w.turns.start(OWNER, w.agent_id, other.session_id, say())
        queued = await w.turns.start(OWNER, w.agent_id, other.session_id, say())
        turn = await w.turns.until_rest(broken)
        said.set()
        assert (await w.turns.until_rest(slow)).output_message.content == "Slowly said."
        assert (await w.turns.until_rest(queued)).status == "completed"
    assert (turn.status, turn.error and turn.error.code) == ("failed", "internal_error")
