"""One turn on the terminal's page: what was said, its steps, the answer, and how it ended; told by its events.

It shows a stored turn and one that runs in the same way. A step that begins anew loses what came of it.
"""

from datetime import datetime
from typing import assert_never

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolOutputDelta
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepAsked,
    StepCompleted,
    StepDecided,
    StepProgressed,
    StepRestarted,
    StepStarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnFailed,
    TurnQueued,
    TurnResumed,
    TurnStarted,
)
from tertulia.domain.messages import InputMessage, UserMessage, files_of, text_of
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep
from tertulia.domain.turns import Turn, TurnStatus
from tertulia.terminal.answer_text import AnswerText
from tertulia.terminal.folds import CallFold, OtherFold, ThoughtFold
from tertulia.terminal.text import plain

CUT_SHORT = {
    "out_of_tokens": "The answer ends here because it reached the limit of tokens.",
    "max_infer_iters": "The turn ends here because it reached the limit of steps.",
    "budget_reached": "The turn ends here because it reached its budget of tokens.",
}


class TurnView(Vertical):
    """A turn. `turn_id` is None until the server has taken it on; `status` is as the events have told so far."""

    def __init__(self, messages: list[InputMessage], turn_id: str | None = None) -> None:
        super().__init__()
        self.messages = messages
        self.turn_id = turn_id
        self.turn: Turn | None = None
        """The turn, where it has come to rest."""
        self.status: TurnStatus = "queued"
        self.last_event_id: EventId | None = None
        self.follower: Worker[None] | None = None
        """Shows its events; ends before this does, which nothing can be added to any more then."""
        self._answers: dict[str, AnswerText] = {}
        self._thoughts: dict[str, ThoughtFold] = {}
        self._calls: dict[str, CallFold] = {}
        self._end = Static("", classes="end")

    def compose(self) -> ComposeResult:
        """Lay out what was said; what comes of it is added."""
        yield Static(_said(self.messages), classes="said")
        yield self._end

    async def restore(self, turn: Turn) -> None:
        """Show a turn that has ended, as it is stored."""
        for step in turn.steps:
            await self._completed(step)
        self.rest(turn)

    async def show(self, logged: LoggedEvent) -> None:
        """Show the next event."""
        self.last_event_id = logged.id
        event = logged.event
        match event:
            case TurnQueued():
                self.turn_id, self.status = event.turn_id, "queued"
                self._say("waiting for its turn…")
            case TurnStarted() | TurnResumed():
                self.status, self.turn = "running", None
                self._say("")
            case StepProgressed():
                await self._progress(event.step_id, event.delta)
            case StepStarted() | StepRestarted() | StepAsked() | StepDecided() | StepCompleted():
                await self._step(event)
            case TurnAwaitingInput() | TurnCompleted() | TurnFailed() | TurnCancelled():
                pass  # what follows the turn says how it rests
            case _:
                assert_never(event)

    async def _step(self, event: StepStarted | StepRestarted | StepAsked | StepDecided | StepCompleted) -> None:
        match event:
            case StepStarted(tool_call=call):
                if call is not None:
                    fold = self._calls[event.step_id] = CallFold(call)
                    await self._add(fold)
                    if event.approval == "pending":
                        fold.say("?", "waits for you")
            case StepRestarted():
                await self._begin_anew(event.step_id)
            case StepAsked() | StepDecided():
                if fold := self._calls.get(event.step_id):
                    fold.say("?" if isinstance(event, StepAsked) else "◌", _word(event))
            case StepCompleted():
                await self._completed(event.step_details)
            case _:
                assert_never(event)

    def rest(self, turn: Turn) -> None:
        """Show how the turn has come to rest."""
        self.turn, self.turn_id, self.status = turn, turn.turn_id, turn.status
        self._say(_ending(turn), is_bad=turn.status == "failed")

    def fail(self, sentence: str) -> None:
        """Say that it cannot be followed."""
        self._say(sentence, is_bad=True)

    @property
    def answer(self) -> str:
        """What was answered so far."""
        return "\n\n".join(each.said for each in self._answers.values() if each.said)

    def _say(self, sentence: str, *, is_bad: bool = False) -> None:
        self._end.set_class(is_bad, "bad")
        self._end.update(Content(plain(sentence)))
        self._end.display = bool(sentence)

    async def _add(self, widget: Widget) -> None:
        await self.mount(widget, before=self._end)

    async def _progress(self, step_id: str, delta: Delta) -> None:
        match delta:
            case TextDelta(text=text):
                (await self._answer(step_id)).write(text)
            case ReasoningDelta(text=text):
                (await self._thought(step_id)).add(text)
            case ToolOutputDelta(text=text):
                if fold := self._calls.get(step_id):
                    fold.add(text)
            case ToolCallDelta():
                pass  # The call is shown whole when its step starts.
            case _:
                assert_never(delta)

    async def _answer(self, step_id: str) -> AnswerText:
        if step_id not in self._answers:
            if thoughts := self._thoughts.get(step_id):
                thoughts.end()
            self._answers[step_id] = AnswerText()
            await self._add(self._answers[step_id])
        return self._answers[step_id]

    async def _thought(self, step_id: str) -> ThoughtFold:
        if step_id not in self._thoughts:
            self._thoughts[step_id] = ThoughtFold()
            await self._add(self._thoughts[step_id])
        return self._thoughts[step_id]

    async def _begin_anew(self, step_id: str) -> None:
        if answer := self._answers.pop(step_id, None):
            await answer.remove()
        if thoughts := self._thoughts.pop(step_id, None):
            await thoughts.remove()
        if fold := self._calls.get(step_id):
            fold.begin_anew()

    async def _completed(self, step: Step) -> None:
        match step:
            case InferenceStep(model_response=said):
                if said.reasoning:
                    (await self._thought(step.step_id)).end(said.reasoning)
                if said.content and (answer := await self._answer(step.step_id)).said != said.content:
                    await answer.replace(said.content)
            case ToolCallStep():
                if step.step_id not in self._calls:
                    self._calls[step.step_id] = CallFold(step.tool_call)
                    await self._add(self._calls[step.step_id])
                self._calls[step.step_id].end(step)
            case OtherStep():
                await self._add(OtherFold(step))
                if step.refusal:
                    (await self._answer(step.step_id)).write(step.refusal)
            case _:
                assert_never(step)


def _said(messages: list[InputMessage]) -> Content:
    lines: list[Content] = []
    for message in messages:
        lines += [Content(plain(text_of(message.content)))] if text_of(message.content) else []
        if isinstance(message, UserMessage):
            lines += [Content(f"▪ {plain(file.name)}").stylize("dim") for file in files_of(message)]
    return Content("\n").join(lines)


def _word(event: StepAsked | StepDecided) -> str:
    if isinstance(event, StepAsked):
        return "asks you"
    return "approved" if event.decision == "approve" else "denied"


def _ending(turn: Turn) -> str:
    match turn.status:
        case "completed":
            cut = CUT_SHORT.get(turn.output_message.stop_reason or "", "")
            return " · ".join(part for part in (cut, *_cost(turn)) if part)
        case "failed":
            return f"The turn failed: {turn.error.message} ({turn.error.code})" if turn.error else "The turn failed."
        case "cancelled":
            return "stopped"
        case "awaiting_input" if turn.wait_reason == "client_tools":
            return "The turn waits for an answer that only the program that started it can give. Esc stops it."
        case "awaiting_input" | "queued" | "running":
            return ""
        case _:
            assert_never(turn.status)


def _cost(turn: Turn) -> list[str]:
    parts: list[str] = []
    if turn.completed_at:
        taken = datetime.fromisoformat(turn.completed_at) - datetime.fromisoformat(turn.started_at)
        parts.append(f"{taken.total_seconds():.1f} s")
    if turn.usage and turn.usage.output_tokens:
        parts.append(f"{turn.usage.input_tokens} → {turn.usage.output_tokens} tokens")
    models = [step.model for step in turn.steps if isinstance(step, InferenceStep) and step.model]
    return [*parts, *models[-1:]]
