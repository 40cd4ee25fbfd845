"""A step that has not ended, and what may happen to it. Pure.

One that waits for a person goes on by that person's decision alone: every other event is refused.
"""

from typing import Any, assert_never

import msgspec
from msgspec import field
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.domain.events import StepAsked, StepCompleted, StepDecided, StepProgressed, StepRestarted, StepStarted
from tertulia.domain.questions import Answer, Question
from tertulia.domain.steps import Approval, Step
from tertulia.domain.turns import WaitReason
from tertulia.engine.assembly import NOTHING, Assembly, add


class IllegalEvent(Exception):
    """This event cannot happen to a turn in this state: a bug of ours, never of a client's."""


class OpenStep(Value):
    """A step that has started and not ended. Its `tool_call` and `metadata` are those of now, not of its start.

    `is_decided`: a person has decided about the call, and nothing has come of that yet.
    """

    started: StepStarted
    assembly: Assembly = NOTHING
    attempt: int = 1
    approval: Approval = "none"
    question: Question | None = None
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    is_decided: bool = False

    @property
    def tool_name(self) -> str:
        """The tool that a tool step runs; nothing for other steps."""
        return self.started.tool_call.tool_name if self.started.tool_call else ""

    @property
    def call_id(self) -> str:
        """The call that a tool step runs; nothing for other steps."""
        return self.started.tool_call.call_id if self.started.tool_call else ""

    @property
    def awaits(self) -> WaitReason | None:
        """What a person is asked about it: whether it may run, or runs again, or what its tool wants to know."""
        if self.question is not None:
            return "question"
        if self.approval != "pending":
            return None
        return "unknown_outcome" if self.attempt else "approval"

    @property
    def is_at_work(self) -> bool:
        """Whether it runs; where nothing runs, it ran when its node was lost."""
        return self.awaits is None and not self.is_decided


def after(
    step: OpenStep, event: StepProgressed | StepRestarted | StepAsked | StepDecided | StepCompleted
) -> Step | OpenStep:
    """Return a step after an event of its own. What waits for a person goes on by that person's decision alone."""
    if isinstance(event, StepDecided):
        return _decided(step, event)
    # A lost tool that was decided on by an older version goes on without an event that says so.
    if step.awaits in {"approval", "question"}:
        raise IllegalEvent(f"step {step.started.step_id} waits for a person's decision")
    match event:
        case StepProgressed(delta=delta):
            return replace(step, assembly=add(step.assembly, delta))
        case StepRestarted():
            return _begun(step, event)
        case StepAsked(question=question):
            return replace(step, question=question, assembly=NOTHING)
        case StepCompleted(step_details=details):
            return details
        case _:
            assert_never(event)


def _decided(step: OpenStep, event: StepDecided) -> OpenStep:
    if step.awaits is None:
        raise IllegalEvent(f"step {step.started.step_id} waits for nobody's decision")
    said: dict[str, Any] = {"decided_at": event.at, **({"reason": event.reason} if event.reason else {})}
    step = replace(step, started=_without_beginning(step.started))
    if step.question is not None:
        answers = {**step.answers, step.question.key: event.answer or Answer(action="decline")}
        started = _noted(step.started, **said, answers=msgspec.to_builtins(answers))
        return replace(step, started=started, question=None, answers=answers, is_decided=True)
    call = step.started.tool_call
    if event.tool_call is not None and call is not None:
        started = replace(_noted(step.started, asked_arguments=call.arguments), tool_call=event.tool_call)
    else:
        started = step.started
    approval: Approval = "approved" if event.decision == "approve" else "denied"
    return replace(step, started=_noted(started, **said), approval=approval, is_decided=True)


def _begun(step: OpenStep, event: StepRestarted) -> OpenStep:
    return OpenStep(
        started=_noted(step.started, begun_at=event.at) if step.is_decided else step.started,
        attempt=step.attempt + 1,
        approval="approved" if step.approval == "pending" else step.approval,
        answers=step.answers,
    )


def _noted(started: StepStarted, **notes: Any) -> StepStarted:
    return replace(started, metadata={**started.metadata, **notes})


def _without_beginning(started: StepStarted) -> StepStarted:
    return replace(started, metadata={name: v for name, v in started.metadata.items() if name != "begun_at"})


def asked_about(step: Step | OpenStep) -> Step | OpenStep:
    """A tool that is open while its turn rests, and waits for nothing else, was lost: a person is asked about it."""
    return replace(step, approval="pending") if isinstance(step, OpenStep) and step.is_at_work else step
