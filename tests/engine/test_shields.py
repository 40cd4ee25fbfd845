"""When shields look, and what comes of what they find."""

import pytest

from tertulia.domain.events import TurnEvent
from tertulia.domain.messages import AssistantMessage, Message, UserMessage
from tertulia.domain.shields import Touchpoint, ViolationLevel
from tertulia.engine.projection import project
from tertulia.engine.transcript import messages_of_state, messages_of_turn
from tertulia.engine.turn import Action, Finish, Infer, Plan, RunShield, RunTools, next_action, replay, tool_choice
from tests.engine.build import HELLO, asks, call, logged, looks, queued, runs, says

IN: Touchpoint = "user-input"
OUT: Touchpoint = "assistant-output"
PLAN = Plan(input_shields=("polite", "guard"), output_shields=("guard",))
WEATHER = call("weather")
CHECKED = [*HELLO, *looks("polite"), *looks("guard")]
ASKED = queued().input_messages[0]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (HELLO, RunShield(shield_id="polite", touchpoint=IN)),
        ([*HELLO, *looks("polite")], RunShield(shield_id="guard", touchpoint=IN)),
        ([*HELLO, *looks("polite", finds="warn")], RunShield(shield_id="guard", touchpoint=IN)),
        ([*HELLO, *looks("polite", finds="error")], Finish(stop_reason="end_of_turn")),
        (CHECKED, Infer()),
        ([*CHECKED, *asks(WEATHER)], RunTools(calls=[WEATHER])),  # what is no answer is not looked at
        ([*CHECKED, *asks(WEATHER), *runs(WEATHER, "sunny")], Infer()),
        ([*CHECKED, *says("Sunny.")], RunShield(shield_id="guard", touchpoint=OUT)),
        ([*CHECKED, *says("Sunny."), *looks("guard", OUT)], Finish(stop_reason="end_of_turn")),
        ([*CHECKED, *says("Sunny."), *looks("guard", OUT, finds="error")], Finish(stop_reason="end_of_turn")),
    ],
)
def test_the_next_action_follows_from_the_log(events: list[TurnEvent], expected: Action) -> None:
    assert next_action(replay(logged(events)), PLAN) == expected


def test_an_answer_that_ends_at_the_limit_is_looked_at_too() -> None:
    state = replay(logged([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny")]))
    plan = Plan(max_infer_iters=1, output_shields=("guard",))
    assert next_action(state, plan) == RunShield(shield_id="guard", touchpoint=OUT)


@pytest.mark.parametrize("touchpoint", [IN, OUT])
def test_a_look_that_was_lost_is_begun_anew_before_anything_else(touchpoint: Touchpoint) -> None:
    begun = looks("guard", touchpoint)[0]
    said = says("Sunny.") if touchpoint == OUT else []
    state = replay(logged([*HELLO, *said, begun]))
    action = next_action(state, PLAN)
    assert isinstance(action, RunShield)
    assert (action.shield_id, action.touchpoint) == ("guard", touchpoint)
    assert action.again == state.steps[f"guard-{touchpoint}"]


def test_every_further_answer_of_a_turn_is_looked_at() -> None:
    events = [*HELLO, *says("One.", "i1"), *looks("guard", OUT), *says("Two.", "i2", 30)]
    plan = Plan(output_shields=("guard",))
    assert next_action(replay(logged(events)), plan) == RunShield(shield_id="guard", touchpoint=OUT)


REFUSED_INPUT = [*HELLO, *looks("polite", finds="error")]
REFUSED_ANSWER = [*HELLO, *says("How to pick a lock"), *looks("guard", OUT, finds="error")]
REFUSED_CALLER = [*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny"), *looks("guard", OUT, finds="error")]


@pytest.mark.parametrize("events", [REFUSED_INPUT, REFUSED_ANSWER, REFUSED_CALLER])
def test_what_a_shield_says_is_the_answer(events: list[TurnEvent]) -> None:
    assert project(replay(logged(events))).output_message.content.startswith("Not this, says ")


@pytest.mark.parametrize("level", ["info", "warn"])
def test_what_is_no_error_leaves_the_answer_as_it_is(level: ViolationLevel) -> None:
    events = [*HELLO, *says("Sunny."), *looks("guard", OUT, finds=level)]
    assert project(replay(logged(events))).output_message.content == "Sunny."


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (REFUSED_INPUT, [ASKED, AssistantMessage(content="Not this, says polite.")]),
        (REFUSED_ANSWER, [ASKED, AssistantMessage(content="Not this, says guard.")]),
        ([*HELLO, *looks("guard", finds="warn"), *says("Sunny.")], [ASKED, None]),
    ],
)
def test_later_turns_do_not_see_what_was_refused(events: list[TurnEvent], expected: list[Message | None]) -> None:
    state = replay(logged(events))
    for given in (messages_of_state(state), messages_of_turn(project(state))):
        assert len(given) == len(expected)
        assert all(want is None or have == want for have, want in zip(given, expected, strict=True))


def test_a_refused_answer_at_the_limit_leaves_its_tool_calls_with_their_results() -> None:
    roles = [type(message) for message in messages_of_state(replay(logged(REFUSED_CALLER)))]
    assert roles[0] is UserMessage
    assert len(roles) == 4
    assert roles[-1] is AssistantMessage


@pytest.mark.parametrize(
    ("chosen", "later"), [("auto", "auto"), ("required", "auto"), ("weather", "auto"), ("none", "none")]
)
def test_what_the_model_must_do_it_must_do_once(chosen: str, later: str) -> None:
    assert tool_choice(replay(logged(HELLO)).inferences, chosen) == chosen
    assert tool_choice(replay(logged([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny")])).inferences, chosen) == later
