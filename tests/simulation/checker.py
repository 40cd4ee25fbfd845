"""What must hold when all has come to rest: the invariants over logs, turns, readings and deeds."""

from tertulia.domain.events import (
    LoggedEvent,
    StepCompleted,
    StepProgressed,
    StepRestarted,
)
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import OpenStep, begin, evolve
from tests.simulation.ledger import Broken
from tests.simulation.partners import Deeds


def check_log(log: list[LoggedEvent], turn: Turn) -> None:
    """I3: the turn is the fold of its log, each answer its deltas. A tool's second run has a person's word."""
    state = begin(log[0])
    for logged in log[1:]:
        event = logged.event
        if isinstance(event, StepCompleted) and isinstance(event.step_details, InferenceStep):
            _check_answer(state.steps[event.step_id], event.step_details, whole=True)
        if isinstance(event, StepRestarted):
            step = state.steps[event.step_id]
            if isinstance(step, OpenStep) and step.tool_name not in {"", "keyed"} and not step.is_decided:
                raise Broken(f"I5: {step.started.step_id} runs again and nobody was asked")
        state = evolve(state, logged)
    if project(state) != turn:
        raise Broken(f"I3: {turn} is not the fold of its log, {project(state)}")


def _check_answer(step: object, details: InferenceStep, *, whole: bool) -> None:
    assert isinstance(step, OpenStep)
    said, told = details.model_response.content, step.assembly.text
    if said != told if whole else not said.startswith(told):
        raise Broken(f"I3: the deltas of {details.step_id} are {told!r}, its message is {said!r}")


def check_reading(seen: list[LoggedEvent], log: list[LoggedEvent], *, dropped: bool) -> None:
    """I6: a reader has seen all that is stored, once and in order, and of what is not only what was taken back."""
    stored = {logged.id: logged for logged in log}
    state = begin(seen[0])
    for logged in seen[1:]:
        event = logged.event
        there = stored.get(logged.id)
        if not isinstance(event, StepProgressed) and there != logged:
            raise Broken(f"I6: a reader saw {logged}, stored is {there}")
        if isinstance(event, StepCompleted) and isinstance(event.step_details, InferenceStep):
            _check_answer(state.steps[event.step_id], event.step_details, whole=not dropped)
        state = evolve(state, logged)
    told = {logged.id for logged in seen}
    missed = [
        logged for logged in log if logged.id not in told and not (dropped and isinstance(logged.event, StepProgressed))
    ]
    if missed:
        raise Broken(f"I6: a reader missed {missed[0]} and {len(missed) - 1} more")


def check_answers(turn: Turn, said: dict[str, str]) -> None:
    """I3: an answer is what the model said to one request, and all of it."""
    for step in turn.steps:
        if not isinstance(step, InferenceStep) or step.status != "completed":
            continue
        words = step.model_response.content
        if words and words != said[words.partition(".")[0]]:
            raise Broken(f"I3: the model never said {words!r} in {turn.turn_id}")


def check_stored(stored: list[LoggedEvent], log: list[LoggedEvent], *, dropped: bool) -> None:
    """I4: the store has what was written, each event once, but for deltas that were dropped."""
    kept = {logged.id for logged in stored}
    expected = [each for each in log if each.id in kept or not isinstance(each.event, StepProgressed)]
    if stored != (expected if dropped else log):
        raise Broken(f"I4: {[str(each.id) for each in stored]} is stored, {[str(each.id) for each in log]} was written")


def check_deeds(turn: Turn, deeds: Deeds) -> None:
    """I5: what is said to be done was done."""
    for step in turn.steps:
        if isinstance(step, ToolCallStep) and step.status == "completed" and step.tool_call.tool_name != "client":
            token = step.tool_call.arguments["token"]
            if not deeds.effects[token]:
                raise Broken(f"I5: {token} is said to be done, and was not")
