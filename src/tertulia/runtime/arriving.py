"""A session from elsewhere as the store takes it: its turns folded, its files with the first turn that uses them."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import astuple

from tertulia.domain.events import LoggedEvent
from tertulia.domain.steps import InferenceStep
from tertulia.domain.turns import Turn
from tertulia.engine.exporting import ended
from tertulia.engine.projection import project
from tertulia.engine.turn import IllegalEvent, replay
from tertulia.runtime.attached import file_ids_of
from tertulia.store import rules
from tertulia.store.files import StoredFile
from tertulia.store.importing import ImportedTurn

LARGEST_COUNT = 2**30
"""Of what is counted elsewhere: it is counted on here, and must fit the integers of every database even then."""

Brought = Mapping[str, StoredFile | None]
"""Files by their ids: those that are new, and None for those that are here."""


def arrived(session_id: str, logs: Sequence[Sequence[LoggedEvent]], files: Brought, *, at: str) -> list[ImportedTurn]:
    """Return turns; one that has not ended ends now. Raises IllegalEvent for what is no log, or not of the session."""
    coming = dict(files)
    turns = [_turn(ended(log, at=at), coming) for log in logs]
    line = InLine()
    for each in turns:
        line.add(each.turn, each.events)
        if each.turn.session_id != session_id or any(logged.id.n != each.turn.n for logged in each.events):
            raise IllegalEvent(f"turn number {each.turn.n} is one of another session, or has events of another turn")
    return turns


class InLine:
    """Turns that come one after the other, each behind one of those before it."""

    def __init__(self) -> None:
        self._n = 0
        self._known: set[str | None] = {None}

    def add(self, turn: Turn, log: Sequence[LoggedEvent]) -> None:
        """Take the next one, the fold of a log. Raises IllegalEvent."""
        if not self._n < turn.n <= LARGEST_COUNT:
            rise = f"the numbers of turns rise up to {LARGEST_COUNT}"
            raise IllegalEvent(f"{rise}, and {turn.n} comes after {self._n}")
        if turn.parent_turn_id not in self._known:
            raise IllegalEvent(f"turn number {turn.n} comes after a turn that is not before it")
        if not all(0 <= count <= LARGEST_COUNT for count in _counts(turn, log)):
            raise IllegalEvent(f"turn number {turn.n} has a count below 0, or above {LARGEST_COUNT}")
        self._n = turn.n
        self._known.add(turn.turn_id)


def _counts(turn: Turn, log: Sequence[LoggedEvent]) -> Iterator[int]:
    """Yield what is counted on here, or summed up."""
    for logged in log:
        yield from (logged.id.epoch, logged.id.seq)
    for step in turn.steps:
        if isinstance(step, InferenceStep) and step.usage is not None:
            yield from astuple(step.usage)
    yield rules.tokens_of(turn)


def _turn(log: list[LoggedEvent], coming: dict[str, StoredFile | None]) -> ImportedTurn:
    turn = project(replay(log))
    known = [file_id for file_id in file_ids_of(turn) if file_id in coming]
    new = [file for file_id in known if (file := coming[file_id]) is not None]
    used = [file_id for file_id in known if coming[file_id] is None]
    coming |= dict.fromkeys(known)  # whoever is next uses what this one has brought
    return ImportedTurn(turn=turn, events=log, new_files=new, used_files=used)
