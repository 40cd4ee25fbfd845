"""Turns of Llama Stack as the events that their logs would have had here.

Llama Stack stores a turn when it ends, or when it begins to wait for the client. Here a turn that waits would keep its
session waiting with it, most likely for ever, since the client that had the answer is gone: it ends as failed, and
says why.
"""

from collections.abc import Sequence

from tertulia.domain.base import Value
from tertulia.domain.events import (
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import InputMessage, UserMessage
from tertulia.domain.steps import Problem
from tertulia.sources.llama_stack.content import content_of
from tertulia.sources.llama_stack.records import (
    StoredAnswer,
    StoredResponse,
    StoredToolExecution,
    StoredToolMessage,
    StoredTurn,
    StoredUser,
)
from tertulia.sources.llama_stack.steps import StepReader
from tertulia.sources.logs import events_of_step
from tertulia.sources.times import time_of

WAITED = Problem(
    code="left_unfinished",
    message="This turn waited for the client's tools when it came over from Llama Stack. Send the message again.",
)
UNFINISHED = Problem(
    code="left_unfinished", message="Llama Stack did not bring this turn to an end. Send the message again."
)


class Place(Value):
    """Where a turn stands."""

    agent_id: str
    session_id: str
    turn_id: str
    n: int
    model: str = ""


def events_of(stored: StoredTurn, place: Place, later: Sequence[StoredToolMessage] = ()) -> list[TurnEvent]:
    """Return the log of a turn. `later` are the answers to its calls that came as the input of the next turn."""
    at = time_of(stored.started_at)
    reader = StepReader(place.turn_id, model=place.model, started_at=stored.started_at)
    kept = [*stored.steps, StoredToolExecution(tool_responses=_as_responses(later))] if later else stored.steps
    steps = [step for each in kept for step in reader.read(each)]
    queued = TurnQueued(
        turn_id=place.turn_id,
        session_id=place.session_id,
        agent_id=place.agent_id,
        n=place.n,
        input_messages=input_of(stored),
        at=at,
    )
    started = TurnStarted(turn_id=place.turn_id, session_id=place.session_id, n=place.n, at=at)
    told = [event for step in steps for event in events_of_step(step)]
    return [queued, started, *told, _end_of(stored.output_message, is_answered=bool(later), at=_end(stored, reader))]


def _as_responses(messages: Sequence[StoredToolMessage]) -> list[StoredResponse]:
    return [StoredResponse(call_id=message.call_id, content=message.content) for message in messages]


def _end(stored: StoredTurn, reader: StepReader) -> str:
    return reader.times.next(stored.completed_at)


def input_of(stored: StoredTurn) -> list[InputMessage]:
    """Return what the user said. Documents are part of it: Llama Stack adds their text to the message."""
    return [
        UserMessage(content=content_of(message.content))
        for message in stored.input_messages
        if isinstance(message, StoredUser)
    ]


def _end_of(output: StoredAnswer | None, *, is_answered: bool, at: str) -> TurnEvent:
    """The end of a turn, as its last message tells it."""
    if output is None:
        return TurnFailed(error=UNFINISHED, at=at)
    if output.stop_reason == "out_of_tokens":
        return TurnCompleted(stop_reason="out_of_tokens", at=at)
    if not output.tool_calls:
        return TurnCompleted(stop_reason="end_of_turn", at=at)
    if is_answered:
        return TurnCompleted(stop_reason="end_of_message", at=at)
    # It marks the calls that it leaves to the client; calls without the mark are those that it would not make any more.
    if output.stop_reason == "end_of_message":
        return TurnFailed(error=WAITED, at=at)
    return TurnCompleted(stop_reason="max_infer_iters", at=at)
