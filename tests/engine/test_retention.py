"""Logs whose deltas were dropped: what is told instead, and that nobody is told anything twice."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta, ToolOutputDelta
from tertulia.domain.events import EventId, LoggedEvent, StepCompleted, StepProgressed
from tertulia.domain.messages import AssistantMessage
from tertulia.domain.steps import InferenceStep
from tertulia.engine.assembly import message_of
from tertulia.engine.projection import project
from tertulia.engine.retention import restored
from tertulia.engine.turn import OpenStep, TurnState, begin, evolve, replay
from tests.engine.build import (
    HELLO,
    call,
    completes,
    inference,
    legal_logs,
    logged,
    progresses,
    runs,
    says,
    starts,
    text,
)


def dropped(log: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    return [each for each in log if not isinstance(each.event, StepProgressed)]


def told(log: Sequence[LoggedEvent], after: EventId | None = None) -> list[LoggedEvent]:
    """What a reader is told who has seen the log up to an id and comes back when its deltas are gone."""
    left = dropped(log)
    behind = next((each for each in left if each.id == after), None)
    return restored([each for each in left if after is None or each.id > after], behind)


def deltas(log: Sequence[LoggedEvent]) -> list[object]:
    return [each.event.delta for each in log if isinstance(each.event, StepProgressed)]


def as_said(log: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """The log with answers that are what their deltas say, as in life."""
    mended: list[LoggedEvent] = []
    state: TurnState | None = None
    for each in log:
        event = each.event
        if state is not None and isinstance(event, StepCompleted) and isinstance(event.step_details, InferenceStep):
            step = state.steps[event.step_id]
            assert isinstance(step, OpenStep)
            said = message_of(step.assembly, event.step_details.model_response.stop_reason)
            event = replace(event, step_details=replace(event.step_details, model_response=said))
        mended.append(replace(each, event=event))
        state = begin(mended[-1]) if state is None else evolve(state, mended[-1])
    return mended


logs = legal_logs().map(as_said)


def test_an_answer_is_told_in_one_piece_where_its_first_pieces_were() -> None:
    log = as_said(logged([*HELLO, starts("i9", 2), text("i9", "It is "), text("i9", "sunny."), *says("")[2:]]))
    [piece] = [each for each in told(log) if isinstance(each.event, StepProgressed)]
    assert (str(piece.id), piece.event) == ("1.1.5", text("i9", "It is sunny."))


def test_thoughts_words_and_calls_are_told_one_after_the_other() -> None:
    asked = call("clock")
    log = logged(
        [
            *HELLO,
            starts("i1", 2),
            *[progresses("i1", ReasoningDelta(text=word)) for word in ("h", "m")],
            *[text("i1", word) for word in ("Let me ", "look.")],
            completes(replace(inference("i1", 2, said="Let me look.", calls=[asked]), model_response=said(asked))),
        ]
    )
    kinds = [type(delta) for delta in deltas(told(log))]
    assert kinds == [ReasoningDelta, TextDelta, ToolCallDelta]


def said(asked: Any) -> AssistantMessage:
    return AssistantMessage(content="Let me look.", reasoning="hm", tool_calls=[asked], stop_reason="end_of_message")


def test_the_output_of_a_tool_is_not_told_again() -> None:
    begun, ended = runs(call("clock"), "noon")
    log = logged([*HELLO, begun, progresses("step-call-clock", ToolOutputDelta(text="tick")), ended])
    assert deltas(told(log)) == []


def test_nothing_is_told_of_a_log_that_is_not_there() -> None:
    assert restored([]) == []


@given(logs)
def test_a_log_that_lacks_nothing_is_told_as_it_is(log: list[LoggedEvent]) -> None:
    assert restored(log) == log


@given(logs, st.data())
def test_a_log_that_is_read_in_parts_is_told_as_it_is_in_one(log: list[LoggedEvent], data: st.DataObject) -> None:
    for whole in (log, dropped(log)):
        cut = data.draw(st.integers(1, len(whole)))
        assert restored(whole[:cut]) + restored(whole[cut:], whole[cut - 1]) == restored(whole)


@given(logs, st.data())
def test_what_is_dropped_while_a_reader_is_in_the_middle_of_it_is_not_told_again(
    log: list[LoggedEvent], data: st.DataObject
) -> None:
    behind = data.draw(st.sampled_from(log))
    rest = restored([each for each in dropped(log) if each.id > behind.id], behind)
    is_told_more = bool(rest) and isinstance(rest[0].event, StepProgressed)
    assert not (is_told_more and isinstance(behind.event, StepProgressed))


@given(logs)
def test_a_log_without_deltas_replays_to_the_turn_that_it_was_but_for_what_was_cut_off(log: list[LoggedEvent]) -> None:
    before, after = project(replay(log)), project(replay(told(log)))
    cut_off = {step.started.step_id for step in replay(log).open_steps}
    assert [step for step in after.steps if step.step_id not in cut_off] == [
        step for step in before.steps if step.step_id not in cut_off
    ]
    if not cut_off:
        assert after == replace(before, last_event_id=after.last_event_id)


@given(logs)
def test_places_in_a_restored_log_are_unique_and_in_order(log: list[LoggedEvent]) -> None:
    ids = [each.id for each in told(log)]
    assert ids == sorted(set(ids))
    assert {each.id for each in dropped(log)} <= set(ids)


@given(logs, st.data())
def test_a_reader_with_any_cursor_gets_the_rest_and_no_text_twice(log: list[LoggedEvent], data: st.DataObject) -> None:
    seen = log[: data.draw(st.integers(1, len(log)))]
    rest = told(log, seen[-1].id)
    assert [each for each in rest if not isinstance(each.event, StepProgressed)] == dropped(log[len(seen) :])
    state = replay(seen)
    for each in rest:
        event = each.event
        if isinstance(event, StepCompleted) and isinstance(event.step_details, InferenceStep):
            step = state.steps[event.step_id]
            assert isinstance(step, OpenStep)
            answer, heard = event.step_details.model_response, message_of(step.assembly)
            has_heard_before = any(
                isinstance(e.event, StepProgressed) and e.event.step_id == event.step_id for e in seen
            )
            assert answer.content.startswith(heard.content)
            assert answer.reasoning.startswith(heard.reasoning)
            if not has_heard_before:
                assert (heard.content, heard.reasoning) == (answer.content, answer.reasoning)
                assert [c.arguments_json for c in heard.tool_calls] == [c.arguments_json for c in answer.tool_calls]
        state = evolve(state, each)
