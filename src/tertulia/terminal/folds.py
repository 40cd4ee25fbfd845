"""What is beside the answer, one line each, until somebody wants to see more: steps, and what a model thinks."""

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tertulia.domain.messages import ToolCall
from tertulia.domain.steps import OtherStep, ToolCallStep
from tertulia.terminal.text import line_of, plain, shown

MOST_CHARS = 20_000
"""How much of a step is shown when it is open; an export has all of it."""


class Fold(Widget, can_focus=True):
    """A line that opens by Enter, Space or a click."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open_or_close", "open or close", show=False)]

    is_open = reactive(False, layout=True)
    head = reactive("", layout=True)
    mark = reactive("·")

    def render(self) -> RenderResult:
        """Draw the line, and what is in it while it is open."""
        lines = [Content.assemble(f"{self.mark} ", (plain(self.head), "dim"), (" ▾" if self.is_open else " ▸", "dim"))]
        if self.is_open:
            lines += [Content("  " + line).stylize("dim") for line in self._shown_body()]
        return Content("\n").join(lines)

    @property
    def body(self) -> str:
        """What is to be seen when it is open."""
        return ""

    def action_open_or_close(self) -> None:
        """Open it, or close it."""
        self.is_open = not self.is_open

    def on_click(self) -> None:
        """The same, by the mouse."""
        self.action_open_or_close()

    def _shown_body(self) -> list[str]:
        text = plain(self.body)
        more = len(text) - MOST_CHARS
        lines = text[:MOST_CHARS].splitlines() or ["(nothing)"]
        return [*lines, f"… {more:,} more characters; /export has them all."] if more > 0 else lines


class ThoughtFold(Fold):
    """What a model thinks before it answers."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.head = "thinking…"

    @property
    def body(self) -> str:
        """All thoughts so far."""
        return self._text

    def add(self, text: str) -> None:
        """Take what comes next."""
        self._text += text
        if self.is_open:
            self.refresh(layout=True)

    def end(self, text: str | None = None) -> None:
        """Hear that the model answers now, with its thoughts in full where they are known."""
        self._text = self._text if text is None else text
        self.head = f"thought: {line_of(self._text, 60)}"


class CallFold(Fold):
    """A call of a tool: its arguments, and what it puts out."""

    def __init__(self, call: ToolCall) -> None:
        super().__init__()
        self._call = call
        self._output = ""
        self.say("◌")

    @property
    def body(self) -> str:
        """What the tool was called with, and what it said."""
        arguments = shown(self._call.arguments) if self._call.arguments else self._call.arguments_json
        return f"{arguments}\n→ {self._output}" if self._output else arguments

    def say(self, mark: str, word: str = "") -> None:
        """Say how the call is."""
        self.mark = mark
        arguments = line_of(self._call.arguments_json, 60)
        parts = [self._call.tool_name, *([arguments] if arguments != "{}" else []), *(["·", word] if word else [])]
        self.head = " ".join(parts)

    def add(self, text: str) -> None:
        """Take what the tool puts out while it runs."""
        self._output += text
        self.say("◌", line_of(self._output, 60))

    def begin_anew(self) -> None:
        """Drop what came of it."""
        self._output = ""
        self.say("◌")

    def end(self, step: ToolCallStep) -> None:
        """Show how the call has ended."""
        self._call = step.tool_call
        response = step.tool_response
        self._output = response.content if response else (step.error.message if step.error else "")
        failed = step.status != "completed" or (response is not None and response.is_error)
        word = "denied" if step.approval == "denied" else line_of(self._output, 60)
        self.say("✗" if failed else "✓", word)


class OtherFold(Fold):
    """A shield that looked, or what was looked up."""

    def __init__(self, step: OtherStep) -> None:
        super().__init__()
        self._step = step
        self.head = step.kind.replace("_", " ")
        self.mark = "✗" if step.refusal else "✓"

    @property
    def body(self) -> str:
        """What was found."""
        return self._step.refusal or self._step.inserted_context or ""
