"""The times of a turn rise, whichever clocks they were read from."""

import pytest

from tertulia.domain.events import LoggedEvent, StepCompleted, TurnCancelled
from tertulia.domain.steps import InferenceStep
from tertulia.engine.times import just_after, rising
from tertulia.engine.turn import TurnState, replay
from tests.engine.build import HELLO, at, completes, inference, logged, starts, text

JUST_AFTER_9 = "2026-11-22T10:00:09.000001Z"
BEGUN_AT_9 = [*HELLO, starts("i1", 9)]


def state() -> TurnState:
    return replay(logged(BEGUN_AT_9))


def test_the_next_time_may_be_in_the_next_year() -> None:
    assert just_after("2026-12-31T23:59:59.999999Z") == "2027-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(("told", "kept"), [(at(10), at(10)), (at(9), JUST_AFTER_9), (at(2), JUST_AFTER_9)])
def test_what_comes_later_is_said_to_have_come_later(told: str, kept: str) -> None:
    assert rising(TurnCancelled(at=told), state(), at(9)) == TurnCancelled(at=kept)


def test_a_piece_of_an_answer_has_no_time() -> None:
    assert rising(text("i1", "Hi"), state(), at(9)) == text("i1", "Hi")


def test_a_step_that_ends_by_a_slow_clock_ends_after_its_begin_and_the_turn_has_its_times() -> None:
    ended = rising(completes(inference("i1", 3, said="Hi")), state(), at(9))
    assert isinstance(ended, StepCompleted)
    step = ended.step_details
    assert isinstance(step, InferenceStep)
    assert (step.started_at, step.first_token_at) == (at(9), at(9))
    assert ended.at == step.completed_at == JUST_AFTER_9


def test_a_step_that_began_by_a_slow_clock_has_the_begin_that_the_log_has() -> None:
    ended = rising(completes(inference("i1", 20)), state(), at(9))
    assert isinstance(ended, StepCompleted)
    assert (ended.step_details.started_at, ended.step_details.completed_at, ended.at) == (at(9), at(21), at(21))


def test_what_rises_is_left_as_it_is() -> None:
    log: list[LoggedEvent] = logged([*BEGUN_AT_9, completes(inference("i1", 9))])
    assert rising(log[-1].event, replay(log[:-1]), at(9)) is log[-1].event
