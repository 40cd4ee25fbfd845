"""What models, tools and strangers have written, made fit for a terminal: nothing of it steers the terminal itself."""

import json
import re
import unicodedata
from typing import Any

# Everything below space but tab and line feed, delete, and the second set of control characters: what a model, a tool
# or a file's name says must not move the cursor, change the title or write to the clipboard.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What Python takes for the end of a line, and Markdown does not.
_OTHER_LINE_ENDS = re.compile("[\u2028\u2029]")

HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Kinds of characters (Unicode's general categories) that are not seen, or change how others are."""


def plain(text: str) -> str:
    """Return a text without the characters that a terminal takes for commands."""
    return _CONTROLS.sub("", text)


def markdown_of(text: str) -> str:
    """Return Markdown that can be shown while it grows: what ends a line for one of its readers ends it for all."""
    return _OTHER_LINE_ENDS.sub("\n", plain(text))


def line_of(text: str, width: int = 100) -> str:
    """Return a text as one line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def shown(arguments: dict[str, Any]) -> str:
    """Return arguments as JSON in which everything is seen."""
    return visible(json.dumps(arguments, indent=2, ensure_ascii=False), keeps="\n")


def visible(text: str, keeps: str = "") -> str:
    """Return a text with what is not seen, or changes how the rest is, as its code point."""
    return plain(
        "".join(
            f"\\u{ord(each):04x}" if each not in keeps and unicodedata.category(each) in HIDDEN else each
            for each in text
        )
    )


def size_of(count: int) -> str:
    """Return a number of bytes as people say it."""
    amount, units = float(count), ["B", "kB", "MB", "GB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "B" or amount >= 10 else f"{amount:.1f} {units[0]}"
