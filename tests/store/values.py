"""Agents, sessions, turns and events to store: small, and alike but for what a test says."""

from collections.abc import Sequence
from typing import Any

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.deltas import TextDelta
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepCompleted,
    StepProgressed,
    StepStarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnResumed,
)
from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.sessions import Session
from tertulia.domain.shares import Share
from tertulia.domain.steps import InferenceStep
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tertulia.store.log import Append
from tertulia.store.turns import Accepted, NewTurn, TurnRecord

ANA = "ana"
BEN = "ben"
NODE = "node-a"
OTHER_NODE = "node-b"


def at(second: int) -> str:
    """A time, as the wire writes it."""
    return f"2026-01-02T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000000Z"


def agent(agent_id: str = "a1", **changes: Any) -> Agent:
    return Agent(
        **{
            "agent_id": agent_id,
            "agent_config": AgentConfig(model="demo/script"),
            "version": 1,
            "created_at": at(0),
            "updated_at": at(0),
            **changes,
        }
    )


def session(session_id: str = "s1", **changes: Any) -> Session:
    return Session(
        **{
            "session_id": session_id,
            "session_name": "New session",
            "agent_id": "a1",
            "started_at": at(0),
            "updated_at": at(0),
            **changes,
        }
    )


def share(share_id: str = "l1", **changes: Any) -> Share:
    return Share(
        **{
            "share_id": share_id,
            "agent_id": "a1",
            "session_id": "s1",
            "session_name": "",
            "created_at": at(30),
            **changes,
        }
    )


def new_turn(turn_id: str, words: str = "Hello", **changes: Any) -> NewTurn:
    return NewTurn(
        **{
            "turn_id": turn_id,
            "session_id": "s1",
            "agent_id": "a1",
            "input_messages": [UserMessage(content=words)],
            "at": at(10),
            **changes,
        }
    )


def logged(record: TurnRecord, events: Sequence[TurnEvent], *, seq: int = 3) -> list[LoggedEvent]:
    """Give events their places in a log, from `seq` on (3 is the first after an accepted turn's own two)."""
    return [
        LoggedEvent(id=EventId(n=record.n, epoch=record.epoch, seq=place), event=event)
        for place, event in enumerate(events, start=seq)
    ]


def said(words: Sequence[str], step_id: str = "step") -> list[TurnEvent]:
    """An inference that says some words, one delta each."""
    step = InferenceStep(
        turn_id="t",
        step_id=step_id,
        started_at=at(11),
        completed_at=at(12),
        status="completed",
        model_response=AssistantMessage(content="".join(words), stop_reason="end_of_turn"),
        model="demo/script",
    )
    deltas = [StepProgressed(step_id=step_id, step_type="inference", delta=TextDelta(text=word)) for word in words]
    return [
        StepStarted(step_id=step_id, step_type="inference", at=at(11), model="demo/script"),
        *deltas,
        StepCompleted(step_id=step_id, step_type="inference", step_details=step, at=at(12)),
    ]


def turn_of(record: TurnRecord, **changes: Any) -> Turn:
    return Turn(
        **{
            "turn_id": record.turn_id,
            "session_id": record.session_id,
            "n": record.n,
            "status": record.status,
            "input_messages": [UserMessage(content="Hello")],
            "steps": [],
            "output_message": AssistantMessage(content="Hi", stop_reason="end_of_turn"),
            "started_at": record.created_at,
            **changes,
        }
    )


def append(record: TurnRecord, events: Sequence[TurnEvent], *, seq: int = 3, turn: Turn | None = None) -> Append:
    return Append(
        owner=record.owner,
        turn_id=record.turn_id,
        epoch=record.epoch,
        events=logged(record, events, seq=seq),
        turn=turn,
    )


def completed(record: TurnRecord, *, seq: int = 3, second: int = 20, before: Sequence[TurnEvent] = ()) -> Append:
    """Let a turn end well, after the events `before`."""
    turn = turn_of(record, status="completed", completed_at=at(second))
    return append(record, [*before, TurnCompleted(stop_reason="end_of_turn", at=at(second))], seq=seq, turn=turn)


def cancelled(record: TurnRecord, *, seq: int = 3, second: int = 20) -> Append:
    turn = turn_of(record, status="cancelled", completed_at=at(second))
    return append(record, [TurnCancelled(at=at(second))], seq=seq, turn=turn)


def awaiting(record: TurnRecord, *, seq: int = 3, second: int = 20) -> Append:
    """Let a turn rest until its client tools are answered."""
    turn = turn_of(record, status="awaiting_input")
    return append(record, [TurnAwaitingInput(reason="client_tools", at=at(second))], seq=seq, turn=turn)


def resumed(record: TurnRecord, *, seq: int = 1, second: int = 30) -> Append:
    return append(record, [TurnResumed(at=at(second))], seq=seq)


async def running(store: Store, turn_id: str = "t1", **changes: Any) -> TurnRecord:
    """Take a turn on that starts at once."""
    accepted: Accepted = await store.accept_turn(ANA, new_turn(turn_id, **changes), node=NODE)
    assert accepted.record.status == "running"
    return accepted.record


async def queued(store: Store, turn_id: str, **changes: Any) -> TurnRecord:
    """Take a turn on that has to wait."""
    accepted = await store.accept_turn(ANA, new_turn(turn_id, **changes), node=NODE)
    assert accepted.record.status == "queued"
    return accepted.record


async def orphans(store: Store, node: str = OTHER_NODE, limit: int = 99) -> list[str]:
    """The turns that a node finds to be nobody's, those of all the nodes without a lease among them."""
    return [record.turn_id for record in await store.list_orphans(node, limit=limit)]


async def to_stop(store: Store, node: str) -> list[TurnRecord]:
    """What a node holds and somebody wants it to stop."""
    return [record for record in await store.list_held(node) if record.cancel_requested]


async def history(store: Store, session_id: str = "s1", owner: str = ANA) -> list[Turn]:
    """What a transcript of the active branch would be made of, in order."""
    page = await store.list_turns(owner, session_id, order="desc", limit=1)
    return (await store.list_history(owner, page.items[0].record.turn_id, limit=9_999))[::-1] if page.items else []


async def session_of(store: Store) -> dict[str, Any]:
    """How session s1 stands, as a list shows it."""
    found = await store.get_session(ANA, "a1", "s1")
    return {
        "status": found.status,
        "last": found.last_turn_status,
        "turns": found.turn_count,
        "updated_at": found.updated_at,
    }
