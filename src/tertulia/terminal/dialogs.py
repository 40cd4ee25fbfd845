"""Small screens over the page: a yes or no, a line, arguments to change, and help."""

from typing import Any, ClassVar, TypeVar, cast

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tertulia.terminal.asking import edited
from tertulia.terminal.commands import COMMANDS

T = TypeVar("T")

KEYS = {
    "Enter": "send; Ctrl+J (or Shift+Enter, where the terminal tells it) begins a new line",
    "Esc": "stop the turn that runs",
    "↑": "in an empty line: what you said before",
    "PgUp PgDn": "move through the talk; above its beginning here there are earlier turns",
    "Tab": "to the steps, and to what waits for you; Enter opens a step",
    "Ctrl+T": "open or close all steps",
    "Ctrl+O": "sessions",
    "Ctrl+N": "new session",
    "Ctrl+C": "copy what is selected, else stop the turn",
    "Ctrl+Q": "leave; a turn that runs goes on, and is here when you come back",
}


async def ask(asker: Widget, screen: ModalScreen[T]) -> T:
    """Show a screen over the page, and return what it is left with."""
    # What an app returns is left open by the library.
    app = cast("App[object]", asker.app)  # pyright: ignore[reportUnknownMemberType] - as said above
    return await app.push_screen_wait(screen)


class Confirm(ModalScreen[bool]):
    """Asks for yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n,escape,enter", "dismiss(False)", "no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._question))
            yield Static("Y yes · N no", classes="hint")


class Line(ModalScreen[str | None]):
    """Asks for one line; None when the person leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, prompt: str, text: str) -> None:
        super().__init__()
        self._prompt = prompt
        self._text = text

    def compose(self) -> ComposeResult:
        """Lay out the prompt and the line."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._prompt))
            yield Input(self._text, compact=True)
            yield Static("Enter takes it · Esc leaves it", classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        event.stop()
        self.dismiss(event.value.strip() or None)


class Editor(ModalScreen[dict[str, Any] | None]):
    """Lets a person change the arguments of a call, as JSON."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "take", "approve with these"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """Lay out the arguments."""
        with Vertical(classes="dialog"):
            yield TextArea(self._text, compact=True, tab_behavior="focus", highlight_cursor_line=False)
            yield Static(classes="bad", id="wrong")
            yield Static("Ctrl+S approves the call with these arguments · Esc goes back", classes="hint")

    def action_take(self) -> None:
        """Take the arguments, if they are some."""
        try:
            self.dismiss(edited(self.query_one(TextArea).text))
        except ValueError as error:
            self.query_one("#wrong", Static).update(Content(str(error)))


class Help(ModalScreen[None]):
    """Says which keys and commands there are."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f1,enter", "dismiss", "back")]

    def compose(self) -> ComposeResult:
        """Lay out keys and commands."""
        rows = [*KEYS.items(), *((f"/{name}", text) for name, text in COMMANDS.items())]
        lines = [Content.assemble((name.ljust(10), "bold"), text) for name, text in rows]
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static(Content("\n").join(lines))
            yield Static("Esc goes back", classes="hint")
