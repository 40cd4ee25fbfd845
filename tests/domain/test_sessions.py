"""What lists show of a session: its beginning, however much was said."""

import time
from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from tertulia.domain.sessions import PREVIEW_CHARS, TITLE_CHARS, preview_of, title_of

words = st.text() | st.text(alphabet="ab \n\0\u3000,-", max_size=600)


@given(words)
@example("a " * PREVIEW_CHARS)
@example("a " * (PREVIEW_CHARS + 1))
@example(" " * 9_999 + "a")
def test_a_preview_is_the_beginning_of_all_words_on_one_line(text: str) -> None:
    line = " ".join(text.replace("\0", " ").split())
    cut = len(line) > PREVIEW_CHARS
    assert preview_of(text) == (line[: PREVIEW_CHARS - 1] + "…" if cut else line)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "New session"),
        (" \n", "New session"),
        ("Hello,\nworld", "Hello, world"),
        ("a " * 500, "a " * 28 + "a…"),
        ("x" * 500, "x" * (TITLE_CHARS - 1) + "…"),
    ],
)
def test_a_title_is_cut_between_words(text: str, title: str) -> None:
    assert title_of(text) == title


def test_what_is_not_shown_of_very_many_words_is_not_looked_at() -> None:
    text = "word " * 2_000_000
    assert min(spent(preview_of, text) for _ in range(3)) * 5 < spent(str.split, text)


def spent(work: Callable[[str], object], text: str) -> float:
    """How much of the processor's time it takes."""
    begun = time.thread_time()
    work(text)
    return time.thread_time() - begun
