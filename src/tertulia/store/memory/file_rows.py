"""The rows of files in a store in memory: which turns use them, and which blobs are reserved or condemned."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tertulia.domain.errors import Conflict, FileNotFound
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.store import rules
from tertulia.store.files import StoredFile
from tertulia.store.importing import ImportedTurn
from tertulia.store.turns import NewTurn

Key = tuple[str, str]
"""An owner, and the id of a file."""


@dataclass(slots=True, eq=False)
class FileRow:
    """A file, the turns that use it, and since when it has been without one ("" once a turn has let go of it)."""

    file: StoredFile
    turns: set[str]
    loose_since: str | None = None


@dataclass(slots=True, eq=False)
class BlobRow:
    """A blob that is known: until when it is reserved, or condemned."""

    until: float = 0.0
    is_condemned: bool = False


class FileRows:
    """Files and blobs as long as this object lives; `now` is the clock of reservations, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._files: dict[Key, FileRow] = {}
        self._blobs: dict[str, BlobRow] = {}

    # --- blobs ---

    def reserve(self, sha256: str, *, seconds: float) -> bool:
        row = self._blobs.setdefault(sha256, BlobRow())
        if row.is_condemned and row.until > self._now():
            return False
        row.is_condemned, row.until = False, max(row.until, self._now() + seconds)
        return True

    def condemn(self, *, seconds: float, limit: int) -> list[str]:
        named = {row.file.info.sha256 for row in self._files.values()}
        due = [sha256 for sha256, row in self._blobs.items() if sha256 not in named and row.until <= self._now()]
        for sha256 in due[:limit]:
            self._blobs[sha256] = BlobRow(self._now() + seconds, is_condemned=True)
        return due[:limit]

    def forget(self, sha256s: Sequence[str]) -> None:
        for sha256 in sha256s:
            if sha256 in self._blobs and self._blobs[sha256].is_condemned:
                del self._blobs[sha256]

    # --- files ---

    def bytes_of(self, owner: str) -> int:
        """How many bytes an owner's files have."""
        return sum(row.file.info.size for (of, _), row in self._files.items() if of == owner)

    def check(self, owner: str, new: NewTurn) -> None:
        """Raise unless a turn can use what it says, and bring what it brings."""
        for file_id in sorted(new.used_files):
            if (owner, file_id) not in self._files:
                raise rules.no_such_file(file_id)
        self.check_blobs(new.new_files)

    def check_blobs(self, files: Sequence[StoredFile]) -> None:
        """Raise unless the blobs of new files are kept for them."""
        for file in files:
            row = self._blobs.get(file.info.sha256)
            if row is None or row.is_condemned:
                raise rules.too_late()

    def take_along(self, owner: str, new: NewTurn) -> None:
        """Note what a turn uses, and add what it brings."""
        self.use(owner, new.used_files, turn_id=new.turn_id)
        self.add(owner, new.new_files, turn_id=new.turn_id)

    def check_imported(self, owner: str, turns: Sequence[ImportedTurn]) -> None:
        """Raise unless turns from elsewhere can bring and use what they say."""
        new = [file for each in turns for file in each.new_files]
        ids = [file.info.file_id for file in new]
        if len({(owner, file_id) for file_id in ids} - self._files.keys()) < len(ids):
            raise Conflict("Something with this id is there already.")
        for file_id in sorted({file_id for each in turns for file_id in each.used_files}):
            if file_id not in ids and (owner, file_id) not in self._files:
                raise rules.no_such_file(file_id)
        self.check_blobs(new)

    def use(self, owner: str, file_ids: Sequence[str], *, turn_id: str) -> None:
        """Note what a turn uses."""
        for file_id in file_ids:
            row = self._files[owner, file_id]
            row.turns.add(turn_id)
            row.loose_since = None

    def add(self, owner: str, files: Sequence[StoredFile], *, turn_id: str | None = None) -> None:
        """Add files, whose blobs have been checked: of a turn, or of nobody yet."""
        for file in files:
            turns, since = (set[str](), file.info.created_at) if turn_id is None else ({turn_id}, None)
            self._files[owner, file.info.file_id] = FileRow(file, turns, since)
            self._blobs[file.info.sha256].until = 0.0

    def get(self, owner: str, file_id: str) -> StoredFile:
        return self._row(owner, file_id).file

    def list_page(
        self, owner: str, *, order: Order, limit: int, cursor: str | None, purpose: str | None
    ) -> Page[StoredFile]:
        after = rules.time_position(cursor) if cursor else None
        found = [row.file for (of, _), row in self._files.items() if of == owner and row.file.is_listed]
        found = [file for file in found if purpose in (None, file.purpose)]
        found.sort(key=_age, reverse=order == "desc")
        if after is not None:
            found = [file for file in found if (_age(file) > after if order == "asc" else _age(file) < after)]
        items = found[:limit]
        return Page(items=items, next_cursor=encode_cursor(*_age(items[-1])) if len(found) > limit else None)

    def delete(self, owner: str, file_id: str) -> None:
        row = self._row(owner, file_id)
        if row.turns:
            row.file = StoredFile(info=row.file.info, is_listed=False, purpose=row.file.purpose)
        else:
            self._drop((owner, file_id))

    def drop_unused(self, *, uploaded_before: str, limit: int) -> int:
        loose = [(key, row) for key, row in self._files.items() if _is_loose(row, uploaded_before)][:limit]
        for key, row in loose:
            if row.turns:
                row.loose_since = None
            else:
                self._drop(key)
        return len(loose)

    def let_go(self, turn_ids: Collection[str]) -> None:
        """Note that turns are gone."""
        for row in self._files.values():
            if not row.turns.isdisjoint(turn_ids):
                row.turns.difference_update(turn_ids)
                row.loose_since = ""

    def _drop(self, key: Key) -> None:
        del self._files[key]

    def _row(self, owner: str, file_id: str) -> FileRow:
        try:
            return self._files[owner, file_id]
        except KeyError:
            raise FileNotFound from None


def _age(file: StoredFile) -> tuple[str, str]:
    return file.info.created_at, file.info.file_id


def _is_loose(row: FileRow, before: str) -> bool:
    return row.loose_since is not None and row.loose_since < before
