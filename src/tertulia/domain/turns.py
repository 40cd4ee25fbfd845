"""A turn as it is read: one exchange, with its input, its steps and its answer."""

from typing import Literal

from msgspec import field

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.feedback import Feedback
from tertulia.domain.messages import AssistantMessage, InputMessage
from tertulia.domain.steps import Problem, Step, Usage

Verdict = Literal["approve", "deny"]
"""What a person decides about a tool call."""
WaitReason = Literal["client_tools", "approval", "question", "unknown_outcome"]
TurnStatus = Literal["queued", "running", "awaiting_input", "completed", "failed", "cancelled"]

OnBusy = Literal["enqueue", "reject", "interrupt"]
"""What becomes of a turn that comes while another of its session runs."""

ENDED: frozenset[TurnStatus] = frozenset({"completed", "failed", "cancelled"})
"""Statuses in which a turn is done; only a completed one can be taken up again, by `TurnResumed`."""
AT_REST: frozenset[TurnStatus] = frozenset({"completed", "failed", "cancelled", "awaiting_input"})
"""Statuses in which nothing happens until someone acts."""


class Turn(Value):
    """The guide's `Turn`. `output_message` is always there: it is the text so far while the turn runs.

    `started_at` is when the server took the turn on; `completed_at` is null until it is completed, failed or cancelled.
    `wait_reason` says what it waits for while it awaits input. `last_event_id` is the newest event that this value
    holds: follow the turn from there. `feedback` is what its owner said of it once it had ended: no event says it.
    """

    turn_id: str
    session_id: str
    n: int
    status: TurnStatus
    input_messages: list[InputMessage]
    steps: list[Step]
    output_message: AssistantMessage
    started_at: str
    wait_reason: WaitReason | None = None
    output_attachments: list[FileAttachment] = field(default_factory=list[FileAttachment])
    completed_at: str | None = None
    error: Problem | None = None
    usage: Usage | None = None
    parent_turn_id: str | None = None
    last_event_id: str | None = None
    feedback: Feedback | None = None
