"""A session from elsewhere as the store takes it: its turns folded, its files with the first turn that uses them."""

from collections.abc import Collection, Mapping, Sequence

from tertulia.domain.events import LoggedEvent
from tertulia.domain.turns import Turn
from tertulia.engine.exporting import ended
from tertulia.engine.projection import project
from tertulia.engine.turn import IllegalEvent, replay
from tertulia.runtime.attached import file_ids_of
from tertulia.store import rules
from tertulia.store.base import ImportedTurn, StoredFile

Brought = Mapping[str, StoredFile | None]
"""Files by their ids: those that are new, and None for those that are here."""


def arrived(session_id: str, logs: Sequence[Sequence[LoggedEvent]], files: Brought, *, at: str) -> list[ImportedTurn]:
    """Return turns; one that has not ended ends now. Raises IllegalEvent for what is no log, or not of the session."""
    coming = dict(files)
    turns = [_turn(ended(log, at=at), coming) for log in logs]
    n, known = 0, {None}
    for each in turns:
        refuse_unless_after(each.turn, n, known)
        if each.turn.session_id != session_id or any(logged.id.n != each.turn.n for logged in each.events):
            raise IllegalEvent(f"turn number {each.turn.n} is one of another session, or has events of another turn")
        n, known = each.turn.n, {*known, each.turn.turn_id}
    return turns


def refuse_unless_after(turn: Turn, n: int, known: Collection[str | None]) -> None:
    """Raise IllegalEvent unless a turn can come after number `n`, and after one of the turns that are known."""
    if not n < turn.n <= rules.LARGEST_N:
        raise IllegalEvent(f"the numbers of turns rise, and {turn.n} comes after {n}")
    if turn.parent_turn_id not in known:
        raise IllegalEvent(f"turn number {turn.n} comes after a turn that is not before it")


def _turn(log: list[LoggedEvent], coming: dict[str, StoredFile | None]) -> ImportedTurn:
    turn = project(replay(log))
    known = [file_id for file_id in file_ids_of(turn) if file_id in coming]
    new = [file for file_id in known if (file := coming[file_id]) is not None]
    used = [file_id for file_id in known if coming[file_id] is None]
    coming |= dict.fromkeys(known)  # whoever is next uses what this one has brought
    return ImportedTurn(turn=turn, events=log, new_files=new, used_files=used)
