"""Calls that wait for a person: asked with what will run, decided once, and never by anybody else."""

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tertulia.domain.agents import AgentConfig, ToolgroupUse
from tertulia.domain.errors import AlreadyDecided, InvalidRequest, TooLarge, TurnNotAwaitingInput
from tertulia.domain.events import StepDecided
from tertulia.domain.questions import Question
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tertulia.runtime.decisions import Decision
from tertulia.store.memory.store import MemoryStore
from tests.runtime.conftest import OWNER, MakeWorld, World, within
from tests.runtime.tools import BookingTool, EchoTool, PayTool

PAY = Call("pay", '{ "to":"Ana",  "euros":1e1}', call_id="c1")
BOOK = Call("book", call_id="c1")


async def decide(world: World, turn: Turn, verdict: str = "approve", call_id: str = "c1", **more: Any) -> Turn:
    """Decide, and return the turn once it rests again."""
    decision = Decision(call_id=call_id, decision=verdict, **more)  # type: ignore[arg-type] - one of the two
    async with within():
        record = await world.turns.decide(OWNER, world.agent_id, world.session_id, turn.turn_id, decision)
        return await world.turns.until_rest(record)


def step_of(turn: Turn, call_id: str = "c1") -> ToolCallStep:
    """The step of a call."""
    [step] = [each for each in turn.steps if isinstance(each, ToolCallStep) and each.tool_call.call_id == call_id]
    return step


def left_by(world: World) -> MemoryStore:
    """What the store holds now: what a crash right now leaves behind."""
    assert isinstance(world.store, MemoryStore)
    return copy.deepcopy(world.store)


async def after_a_restart(make: MakeWorld, before: World, *replies: Reply, **more: Any) -> World:
    after = await make(*replies, store=left_by(before), **more)
    after.agent_id, after.session_id = before.agent_id, before.session_id
    return after


# --- approve, deny, change ---


async def test_a_call_is_made_with_what_was_shown_once_it_is_approved(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), Reply("Paid."), tools=[tool])
    waiting = await w.turn()
    shown = step_of(waiting)
    assert (waiting.status, waiting.wait_reason) == ("awaiting_input", "approval")
    assert (shown.status, shown.approval, shown.attempt, tool.calls) == ("running", "pending", 0, [])
    assert msgspec.json.decode(shown.tool_call.arguments_json) == shown.tool_call.arguments
    turn = await decide(w, waiting)
    assert (turn.status, turn.output_message.content) == ("completed", "Paid.")
    assert tool.calls == [shown.tool_call.arguments] == [{"to": "Ana", "euros": 10.0}]
    step = step_of(turn)
    assert (step.status, step.approval, step.attempt, step.tool_call) == ("completed", "approved", 1, shown.tool_call)
    decided_at, begun_at = step.metadata["decided_at"], step.metadata["begun_at"]
    assert step.started_at < decided_at < begun_at < str(step.completed_at)
    assert w.asked()[-1] == "tool: paid"


async def test_a_decision_about_what_was_asked_before_is_none_about_what_is_asked_now(world: MakeWorld) -> None:
    tool = BookingTool()
    w = await world(Reply(BOOK), Reply("Booked."), tools=[tool])
    first = await w.turn()
    seen = step_of(first).attempt
    second = await decide(w, first, answer={"name": "giro"}, attempt=seen)
    assert step_of(second).question != step_of(first).question
    too_late: list[dict[str, Any]] = [{"answer": {"name": "other"}}, {"verdict": "deny"}]
    for late in too_late:
        with pytest.raises(AlreadyDecided, match="something else"):
            await decide(w, first, **late, attempt=seen)
    assert await w.get(first.turn_id) == second
    assert (await decide(w, second, attempt=step_of(second).attempt)).status == "completed"


async def test_a_denied_call_is_not_made_and_the_model_is_told_why(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), Reply("Then not."), tools=[tool])
    turn = await decide(w, await w.turn(), "deny", reason="Too much.")
    step = step_of(turn)
    assert (turn.status, step.status, step.approval, step.attempt) == ("completed", "failed", "denied", 0)
    assert w.asked()[-1].startswith("tool: A person denied this call: it was not made.")
    assert w.asked()[-1].endswith("The reason given: Too much.")
    assert tool.calls == []


async def test_a_person_may_change_the_arguments(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), Reply("Paid."), tools=[tool])
    turn = await decide(w, await w.turn(), arguments={"to": "Ana", "euros": 4.5})
    step = step_of(turn)
    assert tool.calls == [{"to": "Ana", "euros": 4.5}] == [step.tool_call.arguments]
    assert step.tool_call.arguments_json == '{"to":"Ana","euros":4.5}'
    assert step.metadata["asked_arguments"] == {"to": "Ana", "euros": 10.0}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"arguments": {"euros": 1}}, "/arguments/to"),
        ({"arguments": {"to": "Ana", "euros": -1}}, "/arguments/euros"),
        ({"arguments": {"to": "Ana", "for": "x"}}, "/arguments"),
        ({"answer": {"a": 1}}, "/answer"),
        ({"verdict": "deny", "arguments": {"to": "Rui"}}, "/arguments"),
        ({"verdict": "deny", "remembers": True}, "/remember"),
    ],
)
async def test_what_does_not_fit_is_refused_by_field_and_changes_nothing(
    world: MakeWorld, said: Mapping[str, Any], pointer: str
) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), tools=[tool])
    waiting = await w.turn()
    with pytest.raises(InvalidRequest) as refused:
        await decide(w, waiting, **said)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert (await w.get(waiting.turn_id), tool.calls) == (waiting, [])


@pytest.mark.parametrize("field", ["arguments", "answer"])
async def test_more_than_a_call_can_have_is_refused_by_field(world: MakeWorld, field: str) -> None:
    w = await world(Reply(PAY), tools=[PayTool()])
    waiting = await w.turn()
    written: dict[str, Any] = {field: {"to": "x" * 200_000}}
    with pytest.raises(TooLarge) as refused:
        await decide(w, waiting, **written)
    assert [error.pointer for error in refused.value.errors] == [f"/{field}"]
    assert await w.get(waiting.turn_id) == waiting


async def test_arguments_that_may_not_be_changed_are_not(world: MakeWorld) -> None:
    tool = PayTool(is_editable=False)
    w = await world(Reply(PAY), tools=[tool])
    waiting = await w.turn()
    assert step_of(waiting).metadata["is_editable"] is False
    with pytest.raises(InvalidRequest, match="/arguments"):
        await decide(w, waiting, arguments={"to": "Rui"})
    assert (await w.get(waiting.turn_id), tool.calls) == (waiting, [])


async def test_what_the_agent_has_settled_is_shown_and_cannot_be_changed(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), Reply("Paid."), tools=[tool])
    settled = ToolgroupUse(name="test::pay", args={"euros": 2})
    await w.furnish(AgentConfig(model="scripted/script", toolgroups=[settled]))
    waiting = await w.turn()
    shown = step_of(waiting)
    assert shown.tool_call.arguments == {"to": "Ana", "euros": 2}
    assert shown.metadata["asked_arguments"] == {"to": "Ana", "euros": 10.0}
    with pytest.raises(InvalidRequest, match="settled by the agent"):
        await decide(w, waiting, arguments={"to": "Rui", "euros": 100})
    await decide(w, waiting, arguments={"to": "Rui"})
    assert tool.calls == [{"to": "Rui", "euros": 2}]


# --- once, in any order, wherever ---


async def test_each_call_is_decided_by_itself_and_all_run_when_all_are(world: MakeWorld) -> None:
    tool, echo = PayTool(), EchoTool()
    calls = [Call("echo", {"text": "hi"}), *(Call("pay", {"to": name}, call_id=name) for name in ("a", "b", "c"))]
    w = await world(Reply(*calls), Reply("Done."), tools=[tool, echo])
    waiting = await w.turn()
    assert echo.calls == 1  # what needs nobody has run
    partly = await decide(w, waiting, call_id="b")
    assert (partly.status, partly.wait_reason, tool.calls) == ("awaiting_input", "approval", [])
    assert [step_of(partly, each).approval for each in ("a", "b", "c")] == ["pending", "approved", "pending"]
    both = await asyncio.gather(decide(w, waiting, call_id="a"), decide(w, waiting, "deny", call_id="c"))
    assert {turn.status for turn in both} <= {"awaiting_input", "completed"}
    turn = await w.get(waiting.turn_id)
    assert (turn.status, turn.output_message.content) == ("completed", "Done.")
    assert sorted(each["to"] for each in tool.calls) == ["a", "b"]


async def test_of_two_decisions_about_a_call_the_first_counts(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), Reply("Paid."), tools=[tool])
    waiting = await w.turn()
    verdicts = ["approve", "deny", "approve", "deny"]
    came = await asyncio.gather(*(decide(w, waiting, each) for each in verdicts), return_exceptions=True)
    assert sum(isinstance(each, Turn) for each in came) == 1
    assert sum(isinstance(each, AlreadyDecided) for each in came) == 3
    with pytest.raises(AlreadyDecided):
        await decide(w, waiting)
    log = [each.event for batch in [await w.store.read_events(OWNER, waiting.turn_id)] for each in batch]
    assert sum(isinstance(event, StepDecided) for event in log) == 1
    assert len(tool.calls) <= 1


async def test_after_a_cancel_nothing_is_decided_any_more(world: MakeWorld) -> None:
    tool = PayTool()
    w = await world(Reply(PAY), tools=[tool])
    waiting = await w.turn()
    turn = await w.cancel(waiting.turn_id)
    assert (turn.status, step_of(turn).status, step_of(turn).approval) == ("cancelled", "cancelled", "none")
    with pytest.raises(TurnNotAwaitingInput):
        await decide(w, waiting)
    assert tool.calls == []


async def test_a_call_goes_on_waiting_over_a_restart(world: MakeWorld) -> None:
    before = await world(Reply(PAY), tools=[PayTool()])
    waiting = await before.turn()
    tool = PayTool()
    after = await after_a_restart(world, before, Reply("Paid."), tools=[tool])
    assert await after.get(waiting.turn_id) == waiting
    turn = await decide(after, waiting)
    assert (turn.status, len(tool.calls)) == ("completed", 1)


async def test_what_was_decided_before_a_restart_stays_decided(world: MakeWorld) -> None:
    asks = Reply(*(Call("pay", {"to": name}, call_id=name) for name in ("a", "b")))
    before = await world(asks, tools=[PayTool()])
    waiting = await before.turn()
    await decide(before, waiting, call_id="a")
    tool = PayTool()
    after = await after_a_restart(world, before, Reply("Paid."), tools=[tool])
    with pytest.raises(AlreadyDecided):
        await decide(after, waiting, "deny", call_id="a")
    turn = await decide(after, waiting, "deny", call_id="b")
    assert (turn.status, tool.calls) == ("completed", [{"to": "a"}])


# --- grants ---


async def test_a_tool_that_asks_the_first_time_asks_once_in_a_session(world: MakeWorld) -> None:
    tool = PayTool("first_time")
    w = await world(Reply(PAY), Reply("1"), Reply(PAY), Reply("2"), Reply(PAY), tools=[tool])
    await decide(w, await w.turn())
    again = await w.turn()
    assert (again.status, step_of(again).approval, len(tool.calls)) == ("completed", "none", 2)
    other = await w.sessions.create(OWNER, w.agent_id)
    w.session_id = other.session_id
    assert (await w.turn()).wait_reason == "approval"


async def test_a_denied_first_time_is_no_grant(world: MakeWorld) -> None:
    w = await world(Reply(PAY), Reply("1"), Reply(PAY), tools=[PayTool("first_time")])
    await decide(w, await w.turn(), "deny")
    assert (await w.turn()).wait_reason == "approval"


async def test_remembered_an_approval_counts_for_the_session_also_over_a_restart(world: MakeWorld) -> None:
    before = await world(Reply(PAY), Reply("1"), tools=[PayTool("always")])
    await decide(before, await before.turn(), remembers=True)
    tool = PayTool("always")
    after = await after_a_restart(world, before, Reply(PAY), Reply("2"), tools=[tool])
    assert ((await after.turn()).status, len(tool.calls)) == ("completed", 1)


async def test_a_grant_is_for_the_tool_as_it_was_defined(world: MakeWorld) -> None:
    before = await world(Reply(PAY), Reply("1"), tools=[PayTool()])
    await decide(before, await before.turn(), remembers=True)
    changed = PayTool(says="Pay, and tell nobody.")
    after = await after_a_restart(world, before, Reply(PAY), tools=[changed])
    assert (await after.turn()).wait_reason == "approval"


async def test_a_tool_that_has_changed_since_it_was_asked_about_is_not_run(world: MakeWorld) -> None:
    before = await world(Reply(PAY), tools=[PayTool()])
    waiting = await before.turn()
    changed = PayTool(says="Pay, and tell nobody.")
    after = await after_a_restart(world, before, Reply("I see."), tools=[changed])
    turn = await decide(after, waiting)
    assert (turn.status, step_of(turn).status, changed.calls) == ("completed", "failed", [])
    assert "its definition has changed" in after.asked()[-1]


# --- questions ---


async def test_a_tool_asks_a_person_and_is_called_again_with_each_answer(world: MakeWorld) -> None:
    tool = BookingTool()
    w = await world(Reply(BOOK), Reply("Booked."), tools=[tool])
    waiting = await w.turn()
    assert (waiting.wait_reason, step_of(waiting).question, step_of(waiting).approval) == (
        "question",
        tool.account,
        "none",
    )
    second = await decide(w, waiting, answer={"name": "giro", "nights": 2})
    assert (second.wait_reason, step_of(second).question, step_of(second).attempt) == ("question", tool.sure, 2)
    turn = await decide(w, second)
    assert (turn.status, w.asked()[-1]) == ("completed", "tool: booked from giro")
    assert len(tool.keys) == 3 == step_of(turn).attempt
    assert len(set(tool.keys)) == 1
    assert step_of(turn).metadata["answers"]["account"] == {
        "action": "accept",
        "content": {"name": "giro", "nights": 2},
    }


async def test_a_declined_question_is_the_tools_to_answer(world: MakeWorld) -> None:
    w = await world(Reply(BOOK), Reply("Not booked."), tools=[BookingTool()])
    turn = await decide(w, await w.turn(), "deny")
    assert (turn.status, step_of(turn).status) == ("completed", "failed")
    assert w.asked()[-1] == "tool: Not booked: account was declined."


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/answer/name"),
        ({"answer": {"name": "x"}}, "/answer/name"),
        ({"answer": {"name": "giro", "nights": "two"}}, "/answer/nights"),
        ({"arguments": {}}, "/arguments"),
        ({"answer": {"name": "giro"}, "remembers": True}, "/remember"),
        ({"verdict": "deny", "answer": {"name": "giro"}}, "/answer"),
    ],
)
async def test_an_answer_is_what_the_question_asks_for(world: MakeWorld, said: Mapping[str, Any], pointer: str) -> None:
    w = await world(Reply(BOOK), tools=[BookingTool()])
    waiting = await w.turn()
    with pytest.raises(InvalidRequest) as refused:
        await decide(w, waiting, **said)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert await w.get(waiting.turn_id) == waiting


async def test_a_question_waits_over_a_restart(world: MakeWorld) -> None:
    before = await world(Reply(BOOK), tools=[BookingTool()])
    first = await before.turn()
    second = await decide(before, first, answer={"name": "giro"})
    after = await after_a_restart(world, before, Reply("Booked."), tools=[BookingTool()])
    turn = await decide(after, second)
    assert (turn.status, after.asked()[-1]) == ("completed", "tool: booked from giro")


async def test_outside_of_a_turn_nobody_can_be_asked(world: MakeWorld) -> None:
    w = await world(tools=[BookingTool()])
    result = await w.services.tool_calls.call(OWNER, "book", {})
    assert result.is_error
    assert "From which account?" in result.content


async def test_a_question_larger_than_can_be_asked_is_an_error_for_the_model(world: MakeWorld) -> None:
    class Wordy(BookingTool):
        account = Question(key="account", message="x" * 70_000)

    w = await world(Reply(BOOK), Reply("I see."), tools=[Wordy()])
    assert ((await w.turn()).status, w.asked()[-1]) == (
        "completed",
        "tool: The tool asks a person more than can be asked.",
    )


# --- several nodes ---


async def test_decisions_that_come_to_two_nodes_at_once_all_count(world: MakeWorld) -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    store, tool = MemoryStore(is_shared=True), PayTool()
    asks = Reply(*(Call("pay", {"to": name}, call_id=name) for name in names))
    one = await world(asks, Reply("Done."), tools=[tool], store=store, poll_interval_ms=5)
    two = await world(Reply("Done."), tools=[tool], store=store, poll_interval_ms=5)
    two.agent_id, two.session_id = one.agent_id, one.session_id
    waiting = await one.turn()
    came = await asyncio.gather(
        *(decide(each, waiting, call_id=name) for each, name in zip([one, two] * 3, names, strict=True))
    )
    assert {turn.status for turn in came} <= {"awaiting_input", "completed"}
    turn = await one.get(waiting.turn_id)
    assert (turn.status, sorted(each["to"] for each in tool.calls)) == ("completed", names)
