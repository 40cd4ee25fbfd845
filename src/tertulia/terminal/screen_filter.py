"""The last thing before the terminal: whatever reaches the screen, no character of it is a command to the terminal.

What is shown is made plain where it comes in (`text.py`); this is the second lock, for what gets past that, such as
Markdown's own ways to write a character by its number.
"""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tertulia.terminal.text import plain


class PlainText(LineFilter):
    """Takes what steers a terminal out of every line of the screen; its styles are values."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [each if each.text.isprintable() else _plain(each) for each in segments]


def _plain(segment: Segment) -> Segment:
    # These characters have no width: the line has as many columns as before.
    return Segment(plain(segment.text).replace("\n", ""), segment.style, segment.control)
