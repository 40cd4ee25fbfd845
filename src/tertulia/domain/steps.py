"""What an agent does within a turn, one step after the other.

The guide knows three step types, and so does the domain: shield and retrieval steps are `other` with a `kind`.
To add a step type: a class here and its name in `Step`; then follow the type checker, which stops at every
`match` that does not know it yet.
"""

from typing import Any, Literal

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.messages import AssistantMessage, ToolCall, ToolResponse
from tertulia.domain.questions import Question
from tertulia.domain.shields import DEFAULT_MESSAGE, ViolationLevel

StepStatus = Literal["running", "completed", "failed", "cancelled"]
StepType = Literal["inference", "tool_call", "other"]
OtherKind = Literal["shield_call", "memory_retrieval"]
Approval = Literal["none", "pending", "approved", "denied"]


class Usage(Value):
    """Tokens of an inference, or of all inferences of a turn."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def tokens(self) -> int:
        """What counts against budgets and limits: all that went in and came out (the others are parts of these)."""
        return self.input_tokens + self.output_tokens

    def plus(self, other: "Usage") -> "Usage":
        """Return the sum of both."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )


class Problem(Value):
    """Why a turn or a step failed: a stable `code` for programs and a `message` for people."""

    code: str
    message: str


class StepBase(Value, tag_field="step_type"):
    """What every step has. `attempt` counts the tries, from 1; `completed_at` is null while the step runs."""

    turn_id: str
    step_id: str
    started_at: str
    completed_at: str | None = None
    status: StepStatus = "running"
    attempt: int = 1
    error: Problem | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class InferenceStep(StepBase, tag="inference"):
    """The model was asked once; `model_response` is its answer, or the part of it that came."""

    model_response: AssistantMessage = field(default_factory=AssistantMessage)
    model: str = ""
    usage: Usage | None = None
    first_token_at: str | None = None


class ToolCallStep(StepBase, tag="tool_call"):
    """One tool was run; `tool_response` answers `tool_call` by its `call_id`.

    While `approval` is "pending" a person is asked whether the call is made as it stands here (`attempt` 0: for the
    first time; else again, since nobody knows whether it had its effect); while there is a `question`, that is what a
    person is asked. The `metadata` of a call that was decided on has `decided_at`, and, where there are such,
    `begun_at`, `reason`, the `asked_arguments` of the model that a person has changed, and the `answers` by their keys.
    """

    tool_call: ToolCall
    tool_response: ToolResponse | None = None
    approval: Approval = "none"
    question: Question | None = None


class Violation(Value):
    """What a shield found. One of level `error` ends the turn, with `user_message` as its answer."""

    violation_level: ViolationLevel
    user_message: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class OtherStep(StepBase, tag="other"):
    """A shield looked at a message (`violation` is null when it let it pass), or context was retrieved.

    The `metadata` of a shield's step has its `shield_id`, and its `touchpoint`: where it looked.
    """

    kind: OtherKind
    violation: Violation | None = None
    inserted_context: str | None = None

    @property
    def refusal(self) -> str | None:
        """The answer with which a shield ended the turn, if it did."""
        violation = self.violation
        if self.kind != "shield_call" or violation is None or violation.violation_level != "error":
            return None
        return violation.user_message or DEFAULT_MESSAGE


Step = InferenceStep | ToolCallStep | OtherStep
