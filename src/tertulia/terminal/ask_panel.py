"""What a person is asked about a call: shown whole, with no character that hides another, and answered by one key.

It takes the keyboard only from somebody who is not writing, and heeds no key in its first moment: no letter that was
meant for a message approves anything.
"""

import json
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.terminal.asking import Field, Said, can_be_edited, can_be_remembered, denied, fields_of
from tertulia.terminal.text import plain, shown, visible

MOMENT = 0.4
"""Seconds in which a panel that has just come heeds no key."""


class AskPanel(Vertical, can_focus=True):
    """Asks about one call at a time."""

    class Answered(Message):
        """The person has decided."""

        def __init__(self, turn: Turn, step: ToolCallStep, said: Said) -> None:
            super().__init__()
            self.turn = turn
            self.step = step
            self.said = said

    class WantsEditor(Message):
        """The person wants to change the arguments of the call."""

        def __init__(self, arguments: str) -> None:
            super().__init__()
            self.arguments = arguments

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = False
        self._turn: Turn | None = None
        self._step: ToolCallStep | None = None
        self._fields: list[Field] = []
        self._answer: dict[str, Any] = {}
        self._take: Callable[[str], None] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the question, what it is about, the keys, and a line to answer in."""
        yield Static(id="question")
        with VerticalScroll(id="about", can_focus=False):
            yield Static(id="arguments")
        yield Input(id="line", compact=True)
        yield Static(id="problem", classes="bad")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Be out of sight until there is a question."""
        self.display = False

    def ask(self, turn: Turn, step: ToolCallStep, problem: str = "") -> None:
        """Ask about a call, and say why its last answer was not taken."""
        self._turn, self._step, self._take = turn, step, None
        self._fields, self._answer = fields_of(step.question) if step.question else [], {}
        self.query_one("#question", Static).update(Content(_question(step)))
        arguments = "" if step.question else shown(step.tool_call.arguments)
        self.query_one("#arguments", Static).update(Content(arguments))
        self.query_one("#about").display = bool(arguments)
        self._show_keys(problem)
        self.is_ready, self.display = False, True
        self.screen.add_class("asking")
        self.set_timer(MOMENT, self._be_ready)

    def close(self) -> None:
        """Ask nothing any more."""
        self.display, self._turn, self._step = False, None, None
        self.screen.remove_class("asking")

    @property
    def asks_about(self) -> ToolCallStep | None:
        """The call that is asked about."""
        return self._step

    def approve_with(self, arguments: dict[str, Any]) -> None:
        """Approve the call with other arguments."""
        self._say(Said(verdict="approve", options={"arguments": arguments}))

    def on_key(self, event: events.Key) -> None:
        """Take a decision, once the panel has been seen."""
        if self._step is None or self._take is not None or not self.is_ready:
            return
        match event.key.lower():
            case "a" | "y":
                self._approve()
            case "d" | "n":
                self._deny()
            case "w" if can_be_remembered(self._step):
                self._say(Said(verdict="approve", options={"remember": True}))
            case "e" if can_be_edited(self._step):
                text = json.dumps(self._step.tool_call.arguments, indent=2, ensure_ascii=False)
                self.post_message(self.WantsEditor(text))
            case "up" | "down":
                self.query_one("#about").scroll_relative(y=1 if event.key == "down" else -1, animate=False)
            case _:
                return
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a line that was typed."""
        event.stop()
        if self._take is not None:
            self._take(event.value.strip())

    def _be_ready(self) -> None:
        self.is_ready = True

    def _approve(self) -> None:
        if self._step is not None and self._step.question is not None:
            self._next_field()
        else:
            self._say(Said(verdict="approve", options={}))

    def _deny(self) -> None:
        if self._step is not None and self._step.question is not None:
            self._say(Said(verdict="deny", options={}))
        else:
            self._read("Why? The model is told; Enter for no reason", lambda reason: self._say(denied(reason)))

    def _next_field(self) -> None:
        left = [field for field in self._fields if field.name not in self._answer]
        if not left:
            answer = {name: value for name, value in self._answer.items() if value is not None}
            self._say(Said(verdict="approve", options={"answer": answer}))
            return
        field = left[0]
        hint = f" ({field.hint})" if field.hint else ""
        self._read(
            f"{field.title}{hint}{'' if field.is_required else '; Enter leaves it out'}",
            lambda text: self._fill(field, text),
        )

    def _fill(self, field: Field, text: str) -> None:
        try:
            self._answer[field.name] = field.read(text)
        except ValueError as error:
            self._complain(str(error))
            return
        self._next_field()

    def _read(self, prompt: str, take: Callable[[str], None]) -> None:
        self._take = take
        line = self.query_one("#line", Input)
        line.value, line.display = "", True
        self._complain("")
        self.query_one("#keys", Static).update(Content(prompt))
        line.focus()

    def _show_keys(self, problem: str) -> None:
        self.query_one("#line", Input).display = False
        self._complain(problem)
        self.query_one("#keys", Static).update(Content(" · ".join(_keys(self._step, self._fields))))

    def _complain(self, problem: str) -> None:
        line = self.query_one("#problem", Static)
        line.update(Content(plain(problem)))
        line.set_class(bool(problem), "there")

    def _say(self, said: Said) -> None:
        if self._turn is not None and self._step is not None:
            self.post_message(self.Answered(self._turn, self._step, said))
            self.close()


def _question(step: ToolCallStep) -> str:
    name = visible(step.tool_call.tool_name)
    if step.question is not None:
        return f"{name} asks: {visible(step.question.message)}"
    if step.attempt:
        return f"The server stopped while {name} ran: it may have had its effect. Run it again?"
    return f"The agent asks whether it may run {name}:"


def _keys(step: ToolCallStep | None, fields: list[Field]) -> list[str]:
    if step is None:
        return []
    if step.question is not None:
        return ["A answer" if fields else "A agree", "D decline", "Esc stop the turn"]
    more = [*(["W always in this session"] if can_be_remembered(step) else [])]
    more += ["E edit"] if can_be_edited(step) else []
    return ["A approve", "D deny", *more, "Esc stop the turn"]
