"""A turn's events as they look in a terminal.

The answer goes to stdout, so that it can be piped; what is beside the answer (reasoning, tool calls, times, errors)
goes to stderr, dimmed. Nothing of either can steer the terminal.
"""

from datetime import datetime
from typing import assert_never

import click

from tertulia.cli.console import dim
from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolOutputDelta
from tertulia.domain.events import (
    LoggedEvent,
    RestEvent,
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
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep, Usage
from tertulia.terminal.text import line_of, plain

CUT_SHORT = {
    "out_of_tokens": "The answer ends here because it reached the limit of tokens.",
    "max_infer_iters": "The turn ends here because it reached the limit of steps.",
    "budget_reached": "The turn ends here because it reached its budget of tokens.",
}


class TurnPrinter:
    """Shows one turn. `end` is the event at which it rested, once it has."""

    def __init__(self) -> None:
        self.end: RestEvent | None = None
        self._at_line_start = True
        self._is_aside = False
        self._started_at: str | None = None
        self._usage = Usage()
        self._model = ""
        self._decided: set[str] = set()
        """Steps that begin next because a person has decided so, and not because they were interrupted."""

    def show(self, logged: LoggedEvent) -> None:
        """Show the next event."""
        event = logged.event
        match event:
            case TurnQueued() | TurnResumed():
                pass
            case TurnStarted(at=at):
                self._started_at = at
            case StepProgressed(delta=delta):
                self._progress(delta)
            case StepStarted() | StepRestarted() | StepAsked() | StepDecided() | StepCompleted():
                self._step(event)
            case TurnCompleted() | TurnFailed() | TurnCancelled() | TurnAwaitingInput():
                self.end = event
                self._rest(event)
            case _:
                assert_never(event)

    def _progress(self, delta: Delta) -> None:
        match delta:
            case TextDelta(text=text):
                self._write(plain(text), err=False)
            case ReasoningDelta(text=text) | ToolOutputDelta(text=text):
                self._write(dim(text), err=True)
            case ToolCallDelta():
                pass  # The call is shown whole when its step starts.
            case _:
                assert_never(delta)

    def _step(self, event: StepStarted | StepRestarted | StepAsked | StepDecided | StepCompleted) -> None:
        match event:
            case StepStarted(tool_call=call):
                if call is not None:
                    self._aside(f"→ {call.tool_name} {line_of(call.arguments_json)}")
            case StepRestarted():
                if event.step_id not in self._decided:
                    self._aside("(interrupted; this step begins anew)")
                self._decided.discard(event.step_id)
            case StepAsked(question=question):
                self._aside(f"? {line_of(question.message)}")
            case StepDecided():
                self._decided.add(event.step_id)
                self._aside(f"({'approved' if event.decision == 'approve' else 'denied'})")
            case StepCompleted(step_details=step):
                self._ended(step)
            case _:
                assert_never(event)

    def _ended(self, step: Step) -> None:
        match step:
            case InferenceStep():
                self._usage = self._usage.plus(step.usage or Usage())
                self._model = step.model or self._model
            case ToolCallStep():
                if response := step.tool_response:
                    self._aside(f"← {'error: ' if response.is_error else ''}{line_of(response.content)}")
            case OtherStep():
                self._aside(f"· {step.kind.replace('_', ' ')}")
            case _:
                assert_never(step)

    def _rest(self, event: RestEvent) -> None:
        match event:
            case TurnCompleted():
                if sentence := CUT_SHORT.get(event.stop_reason):
                    self._aside(sentence)
                self._aside(self._cost(event.at))
            case TurnFailed(error=error):
                self._aside(f"The turn failed: {error.message} ({error.code})")
            case TurnCancelled():
                self._aside("(stopped)")
            case TurnAwaitingInput(reason="client_tools"):
                self._aside(
                    "The turn waits for an answer that this terminal cannot give; the page can, or can stop it."
                )
            case TurnAwaitingInput():
                self._end_line()  # whoever shows the turn asks the person
            case _:
                assert_never(event)

    def _cost(self, ended_at: str) -> str:
        parts: list[str] = []
        if self._started_at:
            taken = datetime.fromisoformat(ended_at) - datetime.fromisoformat(self._started_at)
            parts.append(f"{taken.total_seconds():.1f} s")
        if self._usage.output_tokens:
            parts.append(f"{self._usage.input_tokens} → {self._usage.output_tokens} tokens")
        return " · ".join([*parts, self._model] if self._model else parts)

    def _aside(self, text: str) -> None:
        """Write a line of its own that is not part of the answer."""
        self._end_line()
        self._write(dim(text) + "\n", err=True)

    def _write(self, text: str, *, err: bool) -> None:
        if err != self._is_aside:
            self._end_line()
        click.echo(text, nl=False, err=err)
        self._is_aside = err
        if text:
            self._at_line_start = click.unstyle(text).endswith("\n")

    def _end_line(self) -> None:
        if not self._at_line_start:
            click.echo(err=self._is_aside)
            self._at_line_start = True
