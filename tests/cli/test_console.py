"""Texts of others in a terminal."""

import pytest

from tertulia.cli.console import dim
from tertulia.terminal.text import line_of, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("¿Sí? 🙂 東京", "¿Sí? 🙂 東京"),
        ("\x1b[2Jcleared", "[2Jcleared"),
        ("\x1b]52;c;c3RvbGVu\x07", "]52;c;c3RvbGVu"),
        ("over\rwritten\x08", "overwritten"),
        ("\x9b31mred\x7f\x00", "31mred"),
    ],
)
def test_plain_text_keeps_words_and_loses_commands(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_dimmed_text_carries_no_command_but_its_own() -> None:
    assert dim("a\x1b[2Jb") == "\x1b[2ma[2Jb\x1b[0m"


def test_a_long_text_is_one_line_with_an_ellipsis() -> None:
    assert line_of("a  b\nc", 10) == "a b c"
    assert line_of("x" * 11, 10) == "x" * 9 + "…"
