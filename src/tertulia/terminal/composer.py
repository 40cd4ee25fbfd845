"""Where a person writes: Enter sends, and what is dropped on it or named after a slash is more than words."""

from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tertulia.terminal.commands import complete
from tertulia.terminal.files import pasted_files

NEW_LINE = {"ctrl+j", "shift+enter", "alt+enter"}


class Composer(TextArea):
    """The line, or lines, of the next message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "app.page(-1)", "", show=False),
        Binding("pagedown", "app.page(1)", "", show=False),
    ]

    class Sent(Message):
        """The person has sent what they wrote."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Dropped(Message):
        """The person has dropped files."""

        def __init__(self, paths: list[Path]) -> None:
            super().__init__()
            self.paths = paths

    class Emptied(Message):
        """The person goes on deleting where there is no text any more."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="Say something, or /help", highlight_cursor_line=False, compact=True, tab_behavior="focus"
        )
        self._before: list[str] = []
        self._place = 0

    def on_key(self, event: events.Key) -> None:
        """Take what means more here than in other texts."""
        match event.key:
            case "enter":
                self.post_message(self.Sent(self.text))
            case key if key in NEW_LINE:
                self.insert("\n")
            case "tab" if self.text.startswith("/"):
                self.put(complete(self.text))
            case "backspace" if not self.text:
                self.post_message(self.Emptied())
            case "up" if self._can_recall():
                self._recall(self._place - 1)
            case "down" if self.cursor_at_last_line and self._place < 0:
                self._recall(self._place + 1)
            case _:
                return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take files that were dropped as files."""
        if paths := pasted_files(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(self.Dropped(paths))

    def put(self, text: str) -> None:
        """Have this text, to be gone on with."""
        self.load_text(text)
        self.move_cursor(self.document.end)

    def clear_sent(self) -> None:
        """Be empty for the next message; arrow up brings this one back."""
        if self.text.strip():
            self._before.append(self.text)
        self._place = 0
        self.load_text("")

    def _can_recall(self) -> bool:
        return (not self.text or self._place < 0) and self.cursor_at_first_line and self._place > -len(self._before)

    def _recall(self, place: int) -> None:
        self._place = place
        self.put(self._before[place] if place else "")
