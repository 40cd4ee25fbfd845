"""What is searched for, where, and what was found.

A query is what people type: words, all of which must be there; "words in a row"; the beginning of a word*; -what must
not be there; has:file. Whatever else stands in it is text: no query is wrong.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.words import is_unspaced, tokens_of

MOST_PHRASES = 32
"""Of a query; what is beyond is not looked for."""
MOST_BEGINNINGS = 4
"""Of those; each costs as many words as begin so."""
SHORTEST_BEGINNING = 2
"""Letters before a `*`; fewer are a whole word."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_SAID = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"(?P<star>\*?)|$)|(?P<word>[^\s"]+))')

SnippetSource = Literal["name", "user", "assistant", "tool", "file"]
"""Where words were found: in a session's name, in what the user or the agent said, in what a tool answered, in the name
of a file."""


class Phrase(Value):
    """Terms that stand in a row; with `is_prefix` the last is the beginning of one."""

    terms: list[str]
    is_prefix: bool = False

    def ends_at(self, terms: Sequence[str], end: int) -> bool:
        """Tell whether it stands in a list of terms, up to a place in it."""
        start = end - len(self.terms)
        if start < 0 or list(terms[start : end - 1]) != self.terms[:-1]:
            return False
        last = terms[end - 1]
        return last.startswith(self.terms[-1]) if self.is_prefix else last == self.terms[-1]

    def is_in(self, terms: Sequence[str]) -> bool:
        """Tell whether it stands anywhere in a list of terms."""
        return any(self.ends_at(terms, end) for end in range(1, len(terms) + 1))


class Query(Value):
    """What must be there and what must not; `has_file` None means either."""

    wanted: list[Phrase] = field(default_factory=list[Phrase])
    unwanted: list[Phrase] = field(default_factory=list[Phrase])
    has_file: bool | None = None

    @property
    def asks_nothing(self) -> bool:
        """There is not a word in it."""
        return not self.wanted and not self.unwanted and self.has_file is None


class SearchFilter(Value):
    """What to look for, and where. `None` means anywhere, or either.

    `since` and `until` (RFC 3339, the latter is not within) are about when a turn was taken on, and of a session's name
    when the session was begun.
    """

    query: Query
    agent_id: str | None = None
    session_id: str | None = None
    but_session: str | None = None
    archived: bool | None = False
    pinned: bool | None = None
    since: str | None = None
    until: str | None = None


class SnippetPart(Value):
    """A piece of text, and whether it is what was searched for. It is text and nothing else: no markup is in it."""

    text: str
    is_match: bool = False


class Snippet(Value):
    """Some text around words that were found, in parts. `step_id` is the step that it is of, if it is of one."""

    source: SnippetSource
    parts: list[SnippetPart]
    step_id: str | None = None

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(part.text for part in self.parts)


class SearchHit(Value):
    """A turn in which everything was found, or a session (then `turn_id` is null) in whose name it was.

    `at` is when the turn was taken on, or the session begun. A turn that was taken up again has no snippets until it
    rests.
    """

    session_id: str
    session_name: str
    agent_id: str
    at: str
    turn_id: str | None = None
    n: int | None = None
    pinned: bool = False
    archived: bool = False
    snippets: list[Snippet] = field(default_factory=list[Snippet])


def parse_query(text: str) -> Query:
    """Read what somebody has typed."""
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    has_file: bool | None = None
    for said in _SAID.finditer(text.translate(_QUOTES)):
        is_wanted = not said["minus"]
        if said["word"] is not None and said["word"].lower() == "has:file":
            has_file = is_wanted
            continue
        phrase = _phrase(said["word"] if said["word"] is not None else said["phrase"] + (said["star"] or ""))
        if phrase is not None and _has_room((*wanted, *unwanted), phrase):
            (wanted if is_wanted else unwanted).append(phrase)
    return Query(wanted=wanted, unwanted=unwanted, has_file=has_file)


def _has_room(phrases: Sequence[Phrase], one: Phrase) -> bool:
    beginnings = sum(each.is_prefix for each in phrases)
    return len(phrases) < MOST_PHRASES and not (one.is_prefix and beginnings >= MOST_BEGINNINGS)


def _phrase(text: str) -> Phrase | None:
    tokens = list(tokens_of(text))
    if not tokens:
        return None
    terms = [token.term for token in tokens]
    is_of_run = len(tokens) > 1 and tokens[-2].end == tokens[-1].end and tokens[-2].start < tokens[-1].start
    if is_of_run:  # the last pair says it: in a longer run it goes on
        return Phrase(terms=terms[:-1])
    is_letter = len(terms[-1]) == 1 and is_unspaced(terms[-1])
    is_beginning = text.rstrip().endswith("*") and len(terms[-1]) >= SHORTEST_BEGINNING
    return Phrase(terms=terms, is_prefix=is_letter or is_beginning)


def places_in(text: str, phrases: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Yield where phrases stand in a text, by their ends; reads no further than it is asked to."""
    if _has_none(text, phrases):
        return
    lasts = {phrase.terms[-1] for phrase in phrases}
    beginnings = tuple(phrase.terms[-1] for phrase in phrases if phrase.is_prefix)
    terms: list[str] = []
    starts: list[int] = []
    for token in tokens_of(text):
        terms.append(token.term)
        starts.append(token.start)
        if token.term in lasts or token.term.startswith(beginnings):
            matching = [len(phrase.terms) for phrase in phrases if phrase.ends_at(terms, len(terms))]
            if matching:
                yield starts[-max(matching)], token.end


def _has_none(text: str, phrases: Sequence[Phrase]) -> bool:
    """Tell at a glance, of most texts without any of the phrases, that they have none."""
    if not text.isascii():
        return not phrases
    lowered = text.lower()
    return not any(phrase.terms[0] in lowered for phrase in phrases)
