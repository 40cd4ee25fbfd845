"""Statements and operations on the tree of turns: how one is reached, what comes after it, and who else has it.

A branch is read run by run (see `store.branches`): each is a range of one index, so that a page costs what it has.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, bindparam, false, or_, select, union_all

from tertulia.domain.errors import TurnNotFound
from tertulia.store import branches, rules
from tertulia.store.branches import Run, Stand
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.tables import borrowed, sessions, shares, turns

_first = turns.alias("first")
_begins = and_(_first.c.session_id == turns.c.session_id, _first.c.shard == turns.c.shard, _first.c.n == turns.c.branch)
_run = [turns.c.session_id, turns.c.branch, turns.c.n, _first.c.lineage]
_is_turn = and_(turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"))


_this_session = and_(sessions.c.session_id == bindparam("of_session"), sessions.c.shard == bindparam("in_shard"))
is_there = select(sessions.c.session_id).where(_this_session, sessions.c.deleted_at.is_(None)).exists()
"""Session `of_session` is not in the trash."""


def is_shown(of: Any) -> ColumnElement[bool]:
    """A turn is one that session `of_session` shows: its own, or one that it has as a fork; none in the trash."""
    has = and_(
        borrowed.c.session_id == bindparam("of_session"),
        borrowed.c.shard == bindparam("in_shard"),
        borrowed.c.from_session_id == of.c.session_id,
        borrowed.c.branch == of.c.branch,
        borrowed.c.last_n >= of.c.n,
    )
    is_own = and_(of.c.session_id == bindparam("of_session"), of.c.is_gone == false())
    return and_(is_there, or_(is_own, select(borrowed.c.last_n).where(has).exists()))


_own, _fork_there = sessions.alias("own"), sessions.alias("fork_there")
_lent = (
    select(borrowed.c.last_n)
    .join(
        _fork_there,
        and_(_fork_there.c.session_id == borrowed.c.session_id, _fork_there.c.shard == borrowed.c.shard),
    )
    .where(
        borrowed.c.from_session_id == turns.c.session_id,
        borrowed.c.branch == turns.c.branch,
        borrowed.c.last_n >= turns.c.n,
        _fork_there.c.deleted_at.is_(None),
    )
    .exists()
)
_of_own = (
    select(_own.c.session_id)
    .where(
        _own.c.session_id == turns.c.session_id,
        _own.c.shard == turns.c.shard,
        _own.c.deleted_at.is_(None),
        turns.c.is_gone == false(),
    )
    .exists()
)
is_seen = or_(_of_own, _lent)
"""A turn is one that some session shows which is not in the trash."""


SHOWS_OF = union_all(
    select(sessions.c.session_id).where(_this_session),
    select(borrowed.c.from_session_id).where(
        borrowed.c.session_id == bindparam("of_session"), borrowed.c.shard == bindparam("in_shard")
    ),
)
"""The sessions whose turns a session shows some of."""

PATH_OF_TURN = select(*_run).select_from(turns).join(_first, _begins).where(_is_turn, is_seen)
PATH_OF_SESSION = (
    select(*_run, turns.c.depth, sessions.c.last_n)
    .select_from(sessions)
    .join(turns, and_(turns.c.turn_id == sessions.c.active_turn_id, turns.c.owner == sessions.c.owner))
    .join(_first, _begins)
    .where(_this_session, sessions.c.owner == bindparam("of"), sessions.c.deleted_at.is_(None))
)
RUNS_OF_FORK = select(borrowed.c.from_session_id, borrowed.c.branch, borrowed.c.last_n).where(
    borrowed.c.session_id == bindparam("of_session"), borrowed.c.shard == bindparam("in_shard"), is_there
)
FIND_LINEAGE = select(turns.c.lineage).where(
    turns.c.session_id == bindparam("of_session"),
    turns.c.shard == bindparam("in_shard"),
    turns.c.n == bindparam("first"),
)
FIND_PARENT = select(turns.c.session_id, turns.c.branch, turns.c.n, turns.c.depth, turns.c.parent_turn_id).where(
    _is_turn, is_shown(turns)
)
FIND_LATER = (
    select(turns.c.n)
    .where(
        turns.c.session_id == bindparam("of_session"),
        turns.c.branch == bindparam("in_branch"),
        turns.c.n > bindparam("low"),
    )
    .limit(1)
)


_is_tip = select(shares.c.share_id).where(
    shares.c.session_id == bindparam("of_session"),
    shares.c.shard == turns.c.shard,
    shares.c.tip == bindparam("this"),
    shares.c.revoked_at.is_(None),
)
_child, _fork, _other = turns.alias("child"), borrowed.alias("fork"), turns.alias("other")
FIND_FOLLOWER = union_all(
    select(_child.c.n).where(_child.c.parent_turn_id == bindparam("this")),
    select(_fork.c.last_n).where(
        _fork.c.from_session_id == bindparam("of_session"),
        _fork.c.branch == bindparam("in_branch"),
        _fork.c.last_n >= bindparam("last"),
    ),
    select(turns.c.n).where(turns.c.turn_id == bindparam("this"), _is_tip.exists()),
    select(_other.c.n).where(
        _other.c.session_id == bindparam("of_session"),
        _other.c.turn_id != bindparam("this"),
        _other.c.completed_at.is_(None),
        _other.c.is_gone == false(),
    ),
).limit(1)


def _after() -> CTE:
    """A turn and those that come after it, as far as a session shows them."""
    found = (
        select(turns.c.turn_id, turns.c.shard, turns.c.n).where(_is_turn, is_shown(turns)).cte("after", recursive=True)
    )
    later = turns.alias("later")
    return found.union_all(
        select(later.c.turn_id, later.c.shard, later.c.n)
        .join(found, later.c.parent_turn_id == found.c.turn_id)
        .where(is_shown(later))
    )


_found_after = _after()
LIST_AFTER = select(_found_after.c.turn_id)
NEWEST_AFTER = select(_found_after.c.turn_id).order_by(_found_after.c.n.desc()).limit(1)


def path_of_turn(db: Connection, owner: str, turn_id: str) -> list[Run]:
    """Return the runs of the branch that ends with a turn, oldest first; none of a turn that is not there."""
    return _path(db, db.row(PATH_OF_TURN, this=turn_id, of=owner))


def runs_of_fork(db: Connection, place: dict[str, object]) -> list[Run]:
    """Return the runs that a session has of others, oldest first."""
    rows = sorted(db.rows(RUNS_OF_FORK, **place), key=lambda row: row["last_n"])
    return [Run(row["from_session_id"], row["branch"], row["last_n"]) for row in rows]


def path_of_session(db: Connection, place: dict[str, object]) -> tuple[list[Run], bool]:
    """Return the runs of the active branch of a session, oldest first, and whether all its turns are on it."""
    row = db.row(PATH_OF_SESSION, **place)
    return _path(db, row), row is not None and row["depth"] == row["last_n"]


def _path(db: Connection, row: Row | None) -> list[Run]:
    if row is None:
        return []
    named = branches.decoded(row["lineage"])
    path = [*named, Run(row["session_id"], row["branch"], row["n"])]
    while named:
        named = branches.decoded(_lineage_of(db, named[0]))
        path = [*named, *path]
    return path


def _lineage_of(db: Connection, run: Run) -> bytes | None:
    place = {"of_session": run.session_id, "in_shard": rules.shard_of(run.session_id), "first": run.branch}
    row = db.row(FIND_LINEAGE, **place)
    return row["lineage"] if row else None


def stand_after(db: Connection, parent: str | None, place: dict[str, object], n: int) -> Stand:
    """Return where turn `n` of a session stands, after a turn that it shows. Raises TurnNotFound."""
    if parent is None:
        return branches.at_the_root(n)
    row = db.row(FIND_PARENT, this=parent, **place)
    if row is None:
        raise TurnNotFound
    if row["session_id"] == place["of_session"] and not _has_later(db, row, n):
        return branches.going_on(row["branch"], row["depth"])
    return branches.branching_off(path_of_turn(db, str(place["of"]), parent), n, row["depth"])


def _has_later(db: Connection, row: Row, n: int) -> bool:
    """Tell whether a turn is followed in its run; the newest one of a session is not."""
    if row["n"] == n - 1:
        return False
    return db.row(FIND_LATER, of_session=row["session_id"], in_branch=row["branch"], low=row["n"]) is not None


def has_followers(db: Connection, row: Row) -> bool:
    """Tell whether a turn comes after this one or is under way, or a fork or a link has it as it is."""
    place = {"this": row["turn_id"], "of_session": row["session_id"], "in_branch": row["branch"], "last": row["n"]}
    return db.row(FIND_FOLLOWER, **place) is not None


def newest_after(db: Connection, turn_id: str, place: dict[str, object]) -> str:
    """Return the newest turn that a session shows of those after a turn, or that one. Raises TurnNotFound."""
    row = db.row(NEWEST_AFTER, this=turn_id, **place)
    if row is None:
        raise TurnNotFound
    return row["turn_id"]
