"""A log as the turn that people read."""

import msgspec
import pytest
from hypothesis import given

from tertulia.domain.events import LoggedEvent, TurnAwaitingInput, TurnCancelled, TurnCompleted, TurnFailed
from tertulia.domain.steps import InferenceStep, Problem
from tertulia.domain.turns import ENDED, Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tests.engine.build import HELLO, asks, at, call, legal_logs, logged, queued, runs, says, starts, text

WEATHER = call("weather")
GONE = Problem(code="model_unavailable", message="gone")


def test_a_turn_that_only_waits_has_its_input_and_an_empty_answer() -> None:
    turn = project(replay(logged([queued("hi")])))
    assert (turn.status, turn.output_message.content, turn.completed_at) == ("queued", "", None)
    assert turn.started_at == at(0)


def test_the_text_so_far_is_the_output_of_a_running_turn_without_a_stop_reason() -> None:
    turn = project(replay(logged([*HELLO, starts("i1", 2), text("i1", "Sun"), text("i1", "ny")])))
    assert (turn.status, turn.output_message.content, turn.output_message.stop_reason) == ("running", "Sunny", None)
    assert [(step.status, step.completed_at) for step in turn.steps] == [("running", None)]
    assert turn.last_event_id == "1.1.5"


def test_a_completed_turn_has_its_answer_the_time_of_its_end_and_the_sum_of_its_usage() -> None:
    events = [*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny"), *says("Sunny.")]
    turn = project(replay(logged([*events, TurnCompleted(stop_reason="end_of_turn", at=at(30))])))
    assert (turn.output_message.content, turn.output_message.stop_reason) == ("Sunny.", "end_of_turn")
    assert [step.step_id for step in turn.steps] == ["i1", "step-call-weather", "i9"]
    assert turn.completed_at == at(30)
    assert turn.usage is not None
    assert (turn.usage.input_tokens, turn.usage.output_tokens) == (20, 10)


def test_a_turn_that_awaits_input_shows_its_calls_and_is_not_completed() -> None:
    turn = project(replay(logged([*HELLO, *asks(WEATHER), TurnAwaitingInput(reason="client_tools", at=at(9))])))
    assert (turn.status, turn.output_message.stop_reason) == ("awaiting_input", "end_of_message")
    assert turn.output_message.tool_calls == [WEATHER]
    assert turn.completed_at is None


@pytest.mark.parametrize(
    ("end", "status", "stop_reason"),
    [(TurnFailed(error=GONE, at=at(9)), "failed", None), (TurnCancelled(at=at(9)), "cancelled", "cancelled")],
)
def test_what_came_before_an_early_end_is_kept(end: TurnFailed, status: str, stop_reason: str | None) -> None:
    turn = project(replay(logged([*HELLO, starts("i1", 2), text("i1", "Half an ans"), end])))
    assert (turn.status, turn.output_message.content) == (status, "Half an ans")
    assert turn.output_message.stop_reason == stop_reason
    [step] = turn.steps
    assert isinstance(step, InferenceStep)
    assert (step.status, step.completed_at, step.model_response.content) == (status, at(9), "Half an ans")
    assert turn.error == (GONE if status == "failed" else None)


@given(legal_logs())
def test_every_prefix_of_a_log_projects_to_a_turn_that_survives_the_wire(log: list[LoggedEvent]) -> None:
    for length in range(1, len(log) + 1):
        turn = project(replay(log[:length]))
        assert msgspec.json.decode(msgspec.json.encode(turn), type=Turn) == turn
        assert (turn.completed_at is not None) == (turn.status in ENDED)
        assert turn.last_event_id == str(log[length - 1].id)
        if turn.status in ENDED:
            assert all(step.completed_at and step.status != "running" for step in turn.steps)
