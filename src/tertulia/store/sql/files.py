"""Statements and operations on files, the blobs that they are, and the turns that use them.

What may be without a use is marked (`files.loose_since`, `blobs.look_at`), and an index holds the marked rows only. A
mark is a suspicion: whoever acts on it locks the row first and looks for uses then, in a statement of its own, so that
it sees what was committed while it waited for the lock. Whoever uses a row takes its mark away under the same lock.

Operations do what `FileStore` says; what they raise is said there.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    false,
    insert,
    null,
    select,
    text,
    true,
    tuple_,
    update,
)

from tertulia.domain.errors import FileNotFound, TurnNotFound
from tertulia.domain.files import FileInfo, url_of
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.store import rules
from tertulia.store.files import StoredFile
from tertulia.store.sql import limits
from tertulia.store.sql.database import Connection, Row, Statement
from tertulia.store.sql.dialects import DatabaseNow, InsertUnlessThere, array, is_one_of
from tertulia.store.sql.tables import blobs, file_uses, files, sessions, turns
from tertulia.store.turns import NewTurn

_is_blob = blobs.c.sha256 == bindparam("this")
_is_file = and_(files.c.owner == bindparam("of"), files.c.file_id == bindparam("this"))
_later = DatabaseNow() + cast(bindparam("milliseconds"), BigInteger)
_is_due = blobs.c.look_at <= DatabaseNow()

# --- blobs ---

RESERVE_NEW = InsertUnlessThere(blobs).values(
    sha256=bindparam("this"), size=bindparam("bytes"), is_condemned=false(), look_at=_later
)
LOCK_BLOB = select(blobs.c.sha256).where(_is_blob, (blobs.c.is_condemned == false()) | _is_due).with_for_update()
RESERVE = update(blobs).where(_is_blob).values(is_condemned=false(), look_at=_later)
ADOPT = update(blobs).where(_is_blob, blobs.c.is_condemned == false()).values(look_at=null())
LET_GO = update(blobs).where(_is_blob).values(look_at=0)
LOCK_SUSPECTS = (
    select(blobs.c.sha256)
    .where(text("look_at IS NOT NULL"), _is_due)
    .order_by(blobs.c.look_at, blobs.c.sha256)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
NAMED = select(blobs.c.sha256).where(
    is_one_of(blobs.c.sha256, "ids"), select(files.c.file_id).where(files.c.sha256 == blobs.c.sha256).exists()
)
CLEAR = update(blobs).where(is_one_of(blobs.c.sha256, "ids")).values(look_at=null())
CONDEMN = update(blobs).where(is_one_of(blobs.c.sha256, "ids")).values(is_condemned=true(), look_at=_later)
FORGET = delete(blobs).where(is_one_of(blobs.c.sha256, "ids"), blobs.c.is_condemned == true())

# --- files ---

GET = select(files).where(_is_file)
LOCK = select(files.c.sha256).where(_is_file).with_for_update()
INSERT = insert(files)
USE = update(files).where(_is_file).values(loose_since=null())
INSERT_USE = insert(file_uses)
IS_USED = (
    select(file_uses.c.turn_id)
    .where(file_uses.c.owner == bindparam("of"), file_uses.c.file_id == bindparam("this"))
    .limit(1)
)
UNLIST = update(files).where(_is_file).values(is_listed=false())
DELETE = delete(files).where(_is_file)
LOCK_LOOSE = (
    select(files.c.owner, files.c.file_id, files.c.sha256)
    .where(text("loose_since IS NOT NULL"), files.c.loose_since < bindparam("before"))
    .order_by(files.c.loose_since, files.c.owner, files.c.file_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
FIND_TURN = (
    select(turns.c.shard)
    .join(sessions, and_(sessions.c.session_id == turns.c.session_id, sessions.c.shard == turns.c.shard))
    .where(turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"), sessions.c.deleted_at.is_(None))
    .with_for_update(read=True, key_share=True, of=sessions)  # it is not deleted meanwhile, see `clearing`
)


def _used_in(which: ColumnElement[bool]) -> Select[Any, Any]:
    """The files that turns of some sessions use."""
    of_session = and_(turns.c.session_id == sessions.c.session_id, turns.c.shard == sessions.c.shard)
    of_turn = and_(file_uses.c.turn_id == turns.c.turn_id, file_uses.c.shard == turns.c.shard)
    found = select(file_uses.c.owner, file_uses.c.file_id).select_from(sessions)
    return found.join(turns, of_session).join(file_uses, of_turn).where(which)


_of_agent = and_(sessions.c.owner == bindparam("of"), sessions.c.agent_id == bindparam("of_agent"))
LOCK_SESSIONS = select(sessions.c.session_id).where(_of_agent).order_by(sessions.c.session_id).with_for_update()
USED_BY_TURNS = select(file_uses.c.owner, file_uses.c.file_id).where(is_one_of(file_uses.c.turn_id, "ids"))
USED_BY_AGENT = _used_in(_of_agent)
LOOSEN = update(files).where(_is_file).values(loose_since="")


@cache
def list_statement(order: Order, *, by_purpose: bool, is_next: bool) -> Statement:
    """Build the list's select."""
    found = select(files).where(files.c.owner == bindparam("of"), files.c.is_listed == true())
    if by_purpose:
        found = found.where(files.c.purpose == bindparam("purpose"))
    if is_next:
        key, last = tuple_(files.c.created_at, files.c.file_id), tuple_(bindparam("last_at"), bindparam("last_id"))
        found = found.where(key > last if order == "asc" else key < last)
    by_age = [files.c.created_at, files.c.file_id]
    return found.order_by(*(by_age if order == "asc" else [each.desc() for each in by_age])).limit(bindparam("limit"))


def reserve(db: Connection, sha256: str, *, size: int, seconds: float) -> bool:
    """Keep a blob for a time, unless it is being deleted."""
    milliseconds = round(seconds * 1000)
    if db.run(RESERVE_NEW, this=sha256, bytes=size, milliseconds=milliseconds):
        return True
    if db.row(LOCK_BLOB, this=sha256) is None:
        return False
    return bool(db.run(RESERVE, this=sha256, milliseconds=milliseconds))


def add(db: Connection, owner: str, file: StoredFile, *, reservation: str | None = None) -> None:
    """Add a file that nobody uses yet, in the place of its reservation."""
    _insert(db, owner, file, loose_since=file.info.created_at)
    if reservation is not None:
        limits.release(db, owner, reservation)


def add_of_turn(db: Connection, owner: str, turn_id: str, made: Sequence[StoredFile]) -> None:
    """Add files that a turn uses from the start."""
    turn = db.row(FIND_TURN, of=owner, this=turn_id)
    if turn is None:
        raise TurnNotFound
    for file in _in_order(made):
        _insert(db, owner, file, loose_since=None)
    _note_uses(db, owner, (turn_id, turn["shard"]), [file.info.file_id for file in made])


def take_along(db: Connection, owner: str, new: NewTurn) -> None:
    """Add the files that a new turn brings, and note which it uses. Its own row is there."""
    take_all_along(db, owner, new.session_id, {new.turn_id: (new.new_files, new.used_files)})


def take_all_along(
    db: Connection, owner: str, session_id: str, of_turns: Mapping[str, tuple[Sequence[StoredFile], Sequence[str]]]
) -> None:
    """Add the files that turns bring, then note which each of them uses, of those, too. Their own rows are there."""
    brought = {file.info.file_id for new, _ in of_turns.values() for file in new}
    for file_id in sorted({file_id for _, used in of_turns.values() for file_id in used} - brought):
        if not db.run(USE, of=owner, this=file_id):
            raise rules.no_such_file(file_id)
    for file in _in_order([file for new, _ in of_turns.values() for file in new]):
        _insert(db, owner, file, loose_since=None)
    for turn_id, (new, used) in of_turns.items():
        ids = {*used, *(file.info.file_id for file in new)}
        _note_uses(db, owner, (turn_id, rules.shard_of(session_id)), sorted(ids))


def _in_order(made: Sequence[StoredFile]) -> list[StoredFile]:
    """Rows of blobs are locked in one order by everybody."""
    return sorted(made, key=lambda file: file.info.sha256)


def _insert(db: Connection, owner: str, file: StoredFile, *, loose_since: str | None) -> None:
    if not db.run(ADOPT, this=file.info.sha256):
        raise rules.too_late()
    db.run(
        INSERT,
        owner=owner,
        file_id=file.info.file_id,
        sha256=file.info.sha256,
        size=file.info.size,
        name=file.info.name,
        type=file.info.type,
        purpose=file.purpose,
        created_at=file.info.created_at,
        is_listed=file.is_listed,
        loose_since=loose_since,
    )


def _note_uses(db: Connection, owner: str, turn: tuple[str, int], file_ids: Sequence[str]) -> None:
    turn_id, shard = turn
    uses = [{"turn_id": turn_id, "shard": shard, "owner": owner, "file_id": file_id} for file_id in file_ids]
    if uses:
        db.run_many(INSERT_USE, uses)


def get(db: Connection, owner: str, file_id: str) -> StoredFile:
    """Return a file."""
    row = db.row(GET, of=owner, this=file_id)
    if row is None:
        raise FileNotFound
    return _file(row)


def list_page(
    db: Connection, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
) -> Page[StoredFile]:
    """Return a page of the files that are listed."""
    last_at, last_id = rules.time_position(cursor) if cursor else (None, None)
    rows = db.rows(
        list_statement(order, by_purpose=purpose is not None, is_next=cursor is not None),
        of=owner,
        purpose=purpose,
        last_at=last_at,
        last_id=last_id,
        limit=limit + 1,
    )
    items = [_file(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].info.created_at, items[-1].info.file_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def delete_one(db: Connection, owner: str, file_id: str) -> None:
    """Delete a file, or take it off the list."""
    row = db.row(LOCK, of=owner, this=file_id)
    if row is None:
        raise FileNotFound
    if db.row(IS_USED, of=owner, this=file_id) is not None:
        db.run(UNLIST, of=owner, this=file_id)
    else:
        _drop(db, [(owner, file_id, row["sha256"])])


def drop_unused(db: Connection, *, uploaded_before: str, limit: int) -> int:
    """Delete what is loose and not in use; what is in use is not loose any more."""
    loose = db.rows(LOCK_LOOSE, before=uploaded_before, limit=limit)
    unused: list[tuple[str, str, str]] = []
    for row in loose:
        owner, file_id = row["owner"], row["file_id"]
        if db.row(IS_USED, of=owner, this=file_id) is None:
            unused.append((owner, file_id, row["sha256"]))
        else:
            db.run(USE, of=owner, this=file_id)
    _drop(db, unused)
    return len(loose)


def _drop(db: Connection, rows: Sequence[tuple[str, str, str]]) -> None:
    for owner, file_id, _ in rows:
        db.run(DELETE, of=owner, this=file_id)
    for sha256 in sorted({sha256 for _, _, sha256 in rows}):
        db.run(LET_GO, this=sha256)


def loosen(db: Connection, turn_ids: Sequence[str]) -> None:
    """Mark what some turns use, before they are deleted; their session is locked."""
    _loosen(db, db.rows(USED_BY_TURNS, ids=array(turn_ids)))


def loosen_agent(db: Connection, owner: str, agent_id: str) -> None:
    """Mark what the turns of all sessions of an agent's use, before it is deleted."""
    if db.rows(LOCK_SESSIONS, of=owner, of_agent=agent_id):
        _loosen(db, db.rows(USED_BY_AGENT, of=owner, of_agent=agent_id))


def _loosen(db: Connection, used: Sequence[Row]) -> None:
    keys = sorted({(row["owner"], row["file_id"]) for row in used})
    if keys:
        db.run_many(LOOSEN, [{"of": owner, "this": file_id} for owner, file_id in keys])


def condemn(db: Connection, *, seconds: float, limit: int) -> list[str]:
    """Condemn blobs that no file is of; what a file is of is not suspected any more."""
    suspects = [row["sha256"] for row in db.rows(LOCK_SUSPECTS, limit=limit)]
    if not suspects:
        return []
    named = {row["sha256"] for row in db.rows(NAMED, ids=array(suspects))}
    if named:
        db.run(CLEAR, ids=array(sorted(named)))
    condemned = [sha256 for sha256 in suspects if sha256 not in named]
    if condemned:
        db.run(CONDEMN, ids=array(condemned), milliseconds=round(seconds * 1000))
    return condemned


def forget(db: Connection, sha256s: Sequence[str]) -> None:
    """Forget condemned blobs."""
    db.run(FORGET, ids=array(sha256s))


def _file(row: Row) -> StoredFile:
    info = FileInfo(
        file_id=row["file_id"],
        name=row["name"],
        type=row["type"],
        size=row["size"],
        sha256=row["sha256"],
        created_at=row["created_at"],
        url=url_of(row["file_id"]),
    )
    return StoredFile(info=info, is_listed=bool(row["is_listed"]), purpose=row["purpose"])
