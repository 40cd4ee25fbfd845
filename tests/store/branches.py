"""Branches and forks to store: what tests do with them, and see of them."""

from tertulia.domain.errors import (
    TurnNotFound,
)
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionPatch
from tertulia.store.base import Store
from tertulia.store.turns import TurnRecord
from tests.store.values import (
    ANA,
    at,
    completed,
    running,
    session,
)


async def say(store: Store, turn_id: str, after: str | None = "", **changes: object) -> TurnRecord:
    """Take a turn on and let it end; it comes after the turn `after`, or goes on from the active branch."""
    parent = {} if after == "" else {"parent_turn_id": after}
    record = await running(store, turn_id, words=turn_id, **parent, **changes)
    await store.append([completed(record)])
    return record


async def shown(store: Store, session_id: str = "s1", order: Order = "asc", **span: object) -> list[str]:
    """The turns that a session shows, read three at a time."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.list_turns(ANA, session_id, order=order, limit=3, cursor=cursor, **span)  # type: ignore[arg-type] - parts of a span
        found += [each.record.turn_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def siblings(store: Store, session_id: str = "s1", tip: str | None = None) -> dict[str, list[str]]:
    """The turns of a branch that are not the only ones where they stand."""
    page = await store.list_turns(ANA, session_id, order="asc", limit=99, tip=tip)
    return {each.record.turn_id: each.siblings for each in page.items if each.siblings}


async def fork(store: Store, turn_id: str | None = None, *, of: str = "s1", to: str = "s2", **changes: object) -> None:
    await store.fork_session(ANA, of, session(to, **changes), turn_id=turn_id)


async def switch(store: Store, turn_id: str, session_id: str = "s1") -> None:
    await store.update_session(ANA, "a1", session_id, patch=SessionPatch(active_turn_id=turn_id), at=at(50))


async def is_there(store: Store, turn_id: str) -> bool:
    """Whether anything of a turn is left."""
    try:
        await store.read_events(ANA, turn_id)
    except TurnNotFound:
        return False
    return True
