"""The last thing before the terminal: whatever reaches the screen, no character of it is a command to the terminal.

What is shown is made plain where it comes in (`text.py`); this is the second lock, for what gets past that, such as
Markdown's own ways to write a character by its number.
"""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tertulia.terminal.text import plain

_TO_SPACE = str.maketrans("\t\n", "  ")


class PlainText(LineFilter):
    """Takes what steers a terminal out of every line of the screen. (Styles are written by the library, from values.)"""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [each if each.text.isprintable() else _plain(each) for each in segments]


def _plain(segment: Segment) -> Segment:
    # A line has as many columns after this as before: what was taken out is a space.
    text = segment.text.translate(_TO_SPACE)
    cleaned = "".join(char if plain(char) else " " for char in text)
    return Segment(cleaned, segment.style, segment.control)
