"""What can happen to a turn. A turn is the fold of these, in order.

The tag of each class is its name on the wire; the stored log and the wire have the same fields, except that events at
which a turn rests carry the whole `turn` on the wire. `at` is RFC 3339 UTC.
"""

from typing import Any

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.deltas import Delta
from tertulia.domain.messages import InputMessage, StopReason, ToolCall
from tertulia.domain.questions import Answer, Question
from tertulia.domain.steps import Approval, OtherKind, Problem, Step, StepType
from tertulia.domain.tools import Grant
from tertulia.domain.turns import Verdict, WaitReason


class Event(Value, tag_field="event_type"):
    """The base of all events."""


class TurnQueued(Event, tag="turn_queued"):
    """The server took the turn on. Always the first event of a log."""

    turn_id: str
    session_id: str
    agent_id: str
    n: int
    input_messages: list[InputMessage]
    at: str
    parent_turn_id: str | None = None


class TurnStarted(Event, tag="turn_start"):
    """The turn's time has come: no earlier turn of its session runs."""

    turn_id: str
    session_id: str
    n: int
    at: str


class StepStarted(Event, tag="step_start"):
    """A step began. `model` is there for inferences, `tool_call` for tool calls, `kind` for other steps.

    A call that a person must approve begins with `approval` "pending" and `attempt` 0: it has not been made yet. Its
    `metadata` has the `approval_rule`, whether it `is_editable`, and the `definition_hash` of the tool that is meant.
    """

    step_id: str
    step_type: StepType
    at: str
    attempt: int = 1
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    model: str = ""
    tool_call: ToolCall | None = None
    kind: OtherKind | None = None
    approval: Approval = "none"


class StepProgressed(Event, tag="step_progress"):
    """A piece of a running step came."""

    step_id: str
    step_type: StepType
    delta: Delta


class StepRestarted(Event, tag="step_restart"):
    """The step begins under this epoch: after a person's decision, or anew, and then what came of it does not count."""

    step_id: str
    epoch: int
    at: str


class StepAsked(Event, tag="step_asked"):
    """A tool asks a person something: its call was given up, and is made again once there is an answer."""

    step_id: str
    question: Question
    at: str


class StepDecided(Event, tag="step_decided"):
    """A person has decided about a call. One that is denied gets an error for its result.

    `tool_call` is the call as the person has changed it, `answer` what a tool's question was answered with, and `grant`
    what was allowed, too, for the rest of the session.
    """

    step_id: str
    decision: Verdict
    at: str
    reason: str = ""
    tool_call: ToolCall | None = None
    answer: Answer | None = None
    grant: Grant | None = None


class StepCompleted(Event, tag="step_complete"):
    """A step ended, well or not: `step_details` is the whole of it."""

    step_id: str
    step_type: StepType
    step_details: Step
    at: str


class TurnAwaitingInput(Event, tag="turn_awaiting_input"):
    """The turn rests until someone answers: client tools, an approval, a question, or what to do about a lost tool."""

    reason: WaitReason
    at: str


class TurnResumed(Event, tag="turn_resume"):
    """The answers came; the turn goes on."""

    at: str


class TurnCompleted(Event, tag="turn_complete"):
    """The turn ended with an answer."""

    stop_reason: StopReason
    at: str


class TurnFailed(Event, tag="turn_failed"):
    """The turn ended without an answer; what came of it is kept."""

    error: Problem
    at: str


class TurnCancelled(Event, tag="turn_cancelled"):
    """A person stopped the turn; what came of it is kept."""

    at: str


RestEvent = TurnAwaitingInput | TurnCompleted | TurnFailed | TurnCancelled
TurnEvent = (
    TurnQueued
    | TurnStarted
    | StepStarted
    | StepProgressed
    | StepRestarted
    | StepAsked
    | StepDecided
    | StepCompleted
    | TurnResumed
    | RestEvent
)


class EventId(Value, order=True):
    """A place in a session's events, `n.epoch.seq` on the wire: turn, epoch (fence), count in the epoch from 1."""

    n: int
    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.n}.{self.epoch}.{self.seq}"

    @property
    def before(self) -> "EventId":
        """The place before it in its epoch; what comes after that begins with this one."""
        return EventId(n=self.n, epoch=self.epoch, seq=max(self.seq - 1, 0))

    @classmethod
    def parse(cls, text: str) -> "EventId":
        """Read `n.epoch.seq`; anything else is a ValueError."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
            raise ValueError(f"an event id is three numbers, n.epoch.seq, not {text[:60]!r}")
        n, epoch, seq = map(int, parts)
        return cls(n=n, epoch=epoch, seq=seq)


class LoggedEvent(Value):
    """An event with its place in the log."""

    id: EventId
    event: TurnEvent


class EventBody(Value):
    """What happened. Where the turn comes to rest, the payload has the turn as it is then, too."""

    payload: TurnEvent


class EventEnvelope(Value):
    """The `data` of one event of a stream; its `id` is `n.epoch.seq`, and rises."""

    event: EventBody
