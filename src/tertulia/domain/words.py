"""The terms of a text: what a search compares, the same in every store.

No database cuts texts into words here: each is handed terms, and finds them as they are. So all find alike, and what a
term may hold (letters, digits and their marks, nothing else) can mean nothing to a database's own query language.

- Case, accents and forms of the same letter (NFKC) do not count.
- Scripts that put no spaces between words (Chinese, Japanese, Korean, Thai, …) are cut into pairs that overlap, and the
  last letter of a run by itself: every letter begins one term, so that one letter is found as the beginning of a term,
  and a longer run as its pairs in a row. No dictionary is needed, and none is wrong.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

LONGEST_TERM = 64
"""Characters of a word that count."""

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u3131-\u318f"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Accents of Latin, Greek and Cyrillic; points and lengthening of Hebrew and Arabic, which most people leave out.
_NOT_COUNTED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]+")
_LETTER = re.compile(".[\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
"""A letter of a run, with the marks that make another letter of it."""
_MARKED_PLANES = (range(0x0300, 0x1E00), range(0x20D0, 0x2100), range(0x302A, 0x309B), range(0xA66F, 0xAC00))


class Token(NamedTuple):
    """A term, and the part of the text that it was made of."""

    term: str
    start: int
    end: int


def terms_of(text: str) -> list[str]:
    """Return the terms of a text, in order."""
    if text.isascii():
        return [word[:LONGEST_TERM] for word in _ASCII_WORD.findall(text.lower())]
    return [token.term for token in tokens_of(text)]


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the terms of a text, in order, with their places."""
    for found in _parts().finditer(text):
        if found.lastgroup == "run":
            yield from _pairs(found[0], found.start())
        else:
            for word in _words(found[0]):
                yield Token(word[:LONGEST_TERM], found.start(), found.end())


def is_unspaced(char: str) -> bool:
    """Tell whether a letter is of a script that puts no spaces between words."""
    found = _parts().match(char)
    return found is not None and found.lastgroup == "run"


def _words(word: str) -> list[str]:
    """Fold a word; there are signs that stand for several."""
    if word.isascii():
        return [word.lower()]
    return [each[0] for each in _parts().finditer(_folded(word))]


def _pairs(run: str, at: int) -> Iterator[Token]:
    found = [(_folded_letter(each[0]), at + each.start(), at + each.end()) for each in _LETTER.finditer(run)]
    letters = [letter for letter in found if letter[0]]  # there are letters that are no more than a filler
    for (one, start, end), after in zip(letters, [*letters[1:], None], strict=True):
        yield Token(one, start, end) if after is None else Token(one + after[0], start, after[2])


def _folded_letter(letter: str) -> str:
    is_plain = len(letter) == 1 and ("\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3")
    return letter if is_plain else "".join(char for char in _folded(letter) if char.isalnum() or _is_mark(char))


def _folded(text: str) -> str:
    bare = _NOT_COUNTED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


@cache
def _parts() -> re.Pattern[str]:
    """Runs of letters without spaces between words, and words; marks belong to the letter before them."""
    marks = "".join(chr(code) for plane in _MARKED_PLANES for code in plane if _is_mark(chr(code)))
    letter = "[^\\W_]"
    run = f"(?={letter})[{_WITHOUT_SPACES}]"
    word = f"(?![{_WITHOUT_SPACES}]){letter}"
    return re.compile(f"(?P<run>{run}(?:{run}|[{marks}])*)|(?P<word>{word}(?:{word}|[{marks}])*)")
