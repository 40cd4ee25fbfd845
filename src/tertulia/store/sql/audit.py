"""Statements and operations on what was done, by whom, and to what: rows are added, and dropped when they are old.

Each database refuses anything else of itself, by triggers: see `audit_schema`.

Operations do what `AuditStore` says; what they raise is said there.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, and_, bindparam, delete, insert, select, tuple_

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.paging import Page, encode_cursor
from tertulia.store import rules
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import Key, audit

FIRST, LAST = "", "~"
"""Before and behind all times, as texts sort."""

INSERT = insert(audit)
OLD = (
    select(audit.c.entry_id)
    .where(audit.c.at < bindparam("before"))
    .order_by(audit.c.at, audit.c.entry_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
DROP = delete(audit).where(is_one_of(audit.c.entry_id, "ids"))

_subject = msgspec.json.Decoder(dict[str, str])


def _list(*, by_actor: bool, by_action: bool) -> Select[Any]:
    place = tuple_(audit.c.at, audit.c.entry_id)
    which = and_(
        audit.c.at >= bindparam("since"),
        audit.c.at < bindparam("until"),
        place < tuple_(bindparam("below_at", type_=Key), bindparam("below_id", type_=Key)),
        *([audit.c.actor == bindparam("by")] if by_actor else []),
        *([audit.c.action == bindparam("did")] if by_action else []),
    )
    return select(*audit.c).where(which).order_by(audit.c.at.desc(), audit.c.entry_id.desc()).limit(bindparam("limit"))


LIST = {
    (by_actor, by_action): _list(by_actor=by_actor, by_action=by_action)
    for by_actor in (False, True)
    for by_action in (False, True)
}


def add(db: Connection, entries: Sequence[AuditEntry]) -> None:
    """Add entries."""
    db.run_many(INSERT, [_row(entry) for entry in entries])


def list_page(db: Connection, which: AuditFilter, *, limit: int, cursor: str | None = None) -> Page[AuditEntry]:
    """Return a page of entries, the newest first."""
    below_at, below_id = rules.time_position(cursor) if cursor else (LAST, LAST)
    asked = {"by": which.actor, "did": which.action}
    rows = db.rows(
        LIST[which.actor is not None, which.action is not None],
        since=which.since or FIRST,
        until=which.until or LAST,
        below_at=below_at,
        below_id=below_id,
        limit=limit + 1,
        **{name: value for name, value in asked.items() if value is not None},
    )
    items = [_entry(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].at, items[-1].entry_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def drop(db: Connection, *, before: str, limit: int) -> int:
    """Delete some entries that were made before a time; return how many."""
    ids = [row["entry_id"] for row in db.rows(OLD, before=before, limit=limit)]
    return db.run(DROP, ids=array(ids)) if ids else 0


def _row(entry: AuditEntry) -> dict[str, object]:
    said = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return {**said, "subject": msgspec.json.encode(entry.subject)}


def _entry(row: Row) -> AuditEntry:
    said: dict[str, Any] = {name: row[name] for name in AuditEntry.__struct_fields__}
    said["subject"] = _subject.decode(row["subject"])
    return AuditEntry(**said)
