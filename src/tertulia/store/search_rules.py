"""What every storage backend decides alike about searching: the terms of a row, its place in the order, its hit.

A row is a turn that has rested, or the name of a session. Its terms begin with marks, which no query can spell: whose
it is, with which agent, and whether there are files; so that an index finds those of one owner by itself. Between two
passages stands a gap, over which no phrase reaches.

Names come first, then turns, the newest first: `place` is when it was begun, and the names' are above all others.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import lru_cache

from tertulia.domain.errors import InvalidCursor
from tertulia.domain.paging import decode_cursor, encode_cursor
from tertulia.domain.passages import Passage, has_files, passages_of, snippets_of
from tertulia.domain.search import Phrase, Query, SearchFilter, SearchHit
from tertulia.domain.sessions import DEFAULT_NAME, Session, TitleSource
from tertulia.domain.turns import Turn
from tertulia.domain.words import terms_of

GAP = "¶"
WITH_FILES = "§f"
MOST_TERMS = 16_000
"""Of a turn; what is beyond is not found. PostgreSQL counts places in a text up to 16,383."""
NAMES = 2**62
"""The places of names are above this."""
SLOTS = 2**10
"""Places in a microsecond."""
BESIDE = 2**22
"""Among how many places one is found for what has the time of another: those of four milliseconds."""
LARGEST_PLACE = 2**63 - 1
LATEST = (NAMES - 2 * BESIDE) // SLOTS
"""The last microsecond that has places: in the year 2112."""


def is_named(name: str, source: TitleSource) -> bool:
    """Tell whether a session has a name that somebody might look for."""
    return name != DEFAULT_NAME or source != "default"


def owner_mark(owner: str) -> str:
    """Return the term that all of an owner's rows have."""
    return f"§o{_hash(owner)}"


def agent_mark(agent_id: str) -> str:
    """Return the term that all rows of an agent's sessions have."""
    return f"§a{_hash(agent_id)}"


@lru_cache(4096)
def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def terms_of_name(owner: str, agent_id: str, name: str) -> list[str]:
    """Return the terms of a session's name."""
    return [owner_mark(owner), agent_mark(agent_id), GAP, *terms_of(name)]


def terms_of_turn(owner: str, agent_id: str, turn: Turn) -> list[str]:
    """Return the terms of a turn that rests."""
    terms = [owner_mark(owner), agent_mark(agent_id), *([WITH_FILES] if has_files(turn) else [])]
    for passage in passages_of(turn):
        if len(terms) >= MOST_TERMS:
            break
        terms += [GAP, *terms_of(passage.text)]
    return terms[:MOST_TERMS]


def needed(owner: str, which: SearchFilter) -> tuple[list[Phrase], list[Phrase]]:
    """Return what the terms of a row must have, and must not have, to be found: marks among them."""
    marks = [owner_mark(owner), *([agent_mark(which.agent_id)] if which.agent_id is not None else [])]
    has_file = which.query.has_file
    files = [Phrase(terms=[WITH_FILES])]
    wanted = [*(Phrase(terms=[mark]) for mark in marks), *(files if has_file else []), *which.query.wanted]
    return wanted, [*(files if has_file is False else []), *which.query.unwanted]


def place_of_turn(started_at: str) -> int:
    """Return where a turn stands that was taken on at a time."""
    return _microseconds(started_at) * SLOTS


def place_of_name(started_at: str) -> int:
    """Return where the name of a session stands that was begun at a time."""
    return NAMES + place_of_turn(started_at)


def time_bounds(which: SearchFilter) -> tuple[int, int]:
    """Return from which place up to (without) which turns are of the time, and names above NAMES."""
    since = 0 if which.since is None else place_of_turn(which.since)
    until = NAMES - 1 if which.until is None else place_of_turn(which.until)
    return since, until


def ranges(which: SearchFilter) -> list[tuple[int, int]]:
    """Return the ranges of places, in order, that hold what is of the time: names, then turns; or all in one."""
    if which.since is None and which.until is None:
        return [(0, LARGEST_PLACE)]
    since, until = time_bounds(which)
    return [(NAMES + since, NAMES + until), (since, until)]


def _microseconds(at: str) -> int:
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:  # of what came from elsewhere, nobody knows how it writes times
        return 0
    since = moment.replace(tzinfo=moment.tzinfo or dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return min(max(0, since // dt.timedelta(microseconds=1)), LATEST)


Key = tuple[int, str, str]
"""How hits are sorted, downwards: by place, then by session and turn."""
FIRST: Key = (LARGEST_PLACE, "", "")
"""What all hits come after."""


def position(cursor: str | None) -> Key:
    """Read the cursor of a list of hits. Raises InvalidCursor."""
    if cursor is None:
        return FIRST
    place, session_id, turn_id = decode_cursor(cursor, int, str, str)
    if not isinstance(place, int) or not 0 <= place <= LARGEST_PLACE:
        raise InvalidCursor
    return place, str(session_id), str(turn_id)


def cursor_after(key: Key) -> str:
    """Make the cursor that leads to what comes after a hit."""
    return encode_cursor(*key)


def hit_of_name(session: Session, query: Query) -> SearchHit:
    """Show that a session's name was found."""
    return SearchHit(
        session_id=session.session_id,
        session_name=session.session_name,
        agent_id=session.agent_id,
        at=session.started_at,
        pinned=session.pinned,
        archived=session.archived,
        snippets=snippets_of([Passage(source="name", text=session.session_name)], query.wanted),
    )


def hit_of_turn(session: Session, query: Query, found: tuple[str, int, str], turn: Turn | None) -> SearchHit:
    """Show that a turn was found (its id, its number, when it was taken on)."""
    turn_id, n, at = found
    return SearchHit(
        session_id=session.session_id,
        session_name=session.session_name,
        agent_id=session.agent_id,
        at=at,
        turn_id=turn_id,
        n=n,
        pinned=session.pinned,
        archived=session.archived,
        snippets=[] if turn is None else snippets_of(passages_of(turn), query.wanted),
    )


def is_found(terms: Sequence[str], wanted: Sequence[Phrase], unwanted: Sequence[Phrase]) -> bool:
    """Tell whether a row is found by its terms."""
    return all(phrase.is_in(terms) for phrase in wanted) and not any(phrase.is_in(terms) for phrase in unwanted)
