"""A turn that has cost what it may ends between two steps, and nothing of what it has said is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain.events import LoggedEvent, TurnCompleted, TurnEvent
from tertulia.domain.steps import Usage
from tertulia.engine.projection import project
from tertulia.engine.turn import (
    Action,
    AwaitInput,
    Finish,
    Infer,
    Plan,
    RunTools,
    TurnState,
    evolve,
    next_action,
    replay,
)
from tests.engine.build import HELLO, asks, at, call, completes, inference, logged, runs, says, starts, tool_step

WEATHER = call("weather")
COST = 15
"""What an inference of the builders costs."""


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (None, Infer()),
        (COST + 1, Infer()),
        (COST, Finish(stop_reason="budget_reached")),
        (1, Finish(stop_reason="budget_reached")),
    ],
)
def test_what_has_cost_its_budget_asks_the_model_nothing_more(most: int | None, expected: Action) -> None:
    state = replay(logged([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny")]))
    assert next_action(state, Plan(max_tokens=most)) == expected


def test_the_calls_that_the_model_has_made_are_answered_first() -> None:
    assert next_action(replay(logged([*HELLO, *asks(WEATHER)])), Plan(max_tokens=1)) == RunTools(calls=[WEATHER])


def test_an_answer_that_goes_beyond_the_budget_is_an_answer() -> None:
    state = replay(logged([*HELLO, *says("It is sunny.")]))
    assert next_action(state, Plan(max_tokens=1)) == Finish(stop_reason="end_of_turn")


def test_without_anything_left_the_model_is_not_asked_at_all() -> None:
    assert next_action(replay(logged(HELLO)), Plan(max_tokens=0)) == Finish(stop_reason="budget_reached")


def test_what_was_said_before_the_budget_was_reached_is_the_answer() -> None:
    said = [starts("i1", 2), completes(inference("i1", 2, said="Let me see.", calls=[WEATHER]))]
    ended = TurnCompleted(stop_reason="budget_reached", at=at(20))
    turn = project(replay(logged([*HELLO, *said, *runs(WEATHER, "sunny"), ended])))
    assert (turn.status, turn.output_message.content) == ("completed", "Let me see.")
    assert turn.output_message.stop_reason == "budget_reached"


costs = st.builds(
    Usage,
    input_tokens=st.integers(0, 40),
    output_tokens=st.integers(0, 40),
    cached_input_tokens=st.integers(0, 40),  # they are among the input's: they do not count again
)


@given(st.lists(st.tuples(costs | st.none(), st.booleans()), max_size=8), st.integers(0, 200))
def test_a_turn_ends_at_the_first_step_after_which_nothing_is_left(
    answers: list[tuple[Usage | None, bool]], most: int
) -> None:
    plan = Plan(max_tokens=most, max_infer_iters=100)
    state, spent, asked = replay(logged(HELLO)), 0, 0
    while not isinstance(action := next_action(state, plan), Finish):
        if isinstance(action, Infer):
            assert spent < most
            usage, wants_more = answers[asked] if asked < len(answers) else (None, False)
            spent += 0 if usage is None else usage.input_tokens + usage.output_tokens
            asked += 1
            state = after(state, answered(asked, usage, wants_more=wants_more))
        else:
            assert isinstance(action, RunTools)
            state = after(state, ran(asked))
        assert not isinstance(action, AwaitInput)
    assert state.tokens == spent
    wanted_more = asked == 0 or (asked <= len(answers) and answers[asked - 1][1])
    assert (action.stop_reason == "budget_reached") == wanted_more
    assert spent >= most or action.stop_reason == "end_of_turn"
    evolve(state, placed(state, TurnCompleted(stop_reason=action.stop_reason, at=at(59))))


def answered(number: int, usage: Usage | None, *, wants_more: bool) -> list[TurnEvent]:
    step_id = f"i{number}"
    calls = [call("weather", f"c{number}")] if wants_more else []
    said = replace(inference(step_id, 2, said="Words.", calls=calls), usage=usage)
    return [starts(step_id, 2), completes(said)]


def ran(number: int) -> list[TurnEvent]:
    tool_call, step_id = call("weather", f"c{number}"), f"t{number}"
    return [starts(step_id, 10, tool_call), completes(tool_step(step_id, 10, tool_call, "sunny"))]


def after(state: TurnState, events: list[TurnEvent]) -> TurnState:
    for event in events:
        state = evolve(state, placed(state, event))
    return state


def placed(state: TurnState, event: TurnEvent) -> LoggedEvent:
    assert state.last_event_id is not None
    return LoggedEvent(id=replace(state.last_event_id, seq=state.last_event_id.seq + 1), event=event)
