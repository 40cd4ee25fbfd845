"""A session from elsewhere as the store takes it: its turns folded, its files with the first turn that uses them."""

from collections.abc import Mapping, Sequence

from tertulia.domain.events import LoggedEvent
from tertulia.engine.exporting import ended
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.attached import file_ids_of
from tertulia.store.base import ImportedTurn, StoredFile

Brought = Mapping[str, StoredFile | None]
"""Files by their ids: those that are new, and None for those that are here."""


def arrived(logs: Sequence[Sequence[LoggedEvent]], files: Brought, *, at: str) -> list[ImportedTurn]:
    """Return turns; one that has not ended ends now. Raises IllegalEvent for what is no log."""
    coming = dict(files)
    return [_turn(ended(log, at=at), coming) for log in logs]


def _turn(log: list[LoggedEvent], coming: dict[str, StoredFile | None]) -> ImportedTurn:
    turn = project(replay(log))
    known = [file_id for file_id in file_ids_of(turn) if file_id in coming]
    new = [file for file_id in known if (file := coming[file_id]) is not None]
    used = [file_id for file_id in known if coming[file_id] is None]
    coming |= dict.fromkeys(known)  # whoever is next uses what this one has brought
    return ImportedTurn(turn=turn, events=log, new_files=new, used_files=used)
