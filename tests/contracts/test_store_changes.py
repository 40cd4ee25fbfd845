"""What every store tells of changes among an agent's sessions: each, once, in order, to its owner."""

import asyncio

import pytest

from tertulia.domain.changes import BEGINNING, ChangeId, LoggedChange
from tertulia.domain.errors import AgentNotFound
from tertulia.domain.sessions import SessionPatch
from tertulia.store.base import Store
from tests.store.values import (
    ANA,
    BEN,
    NODE,
    agent,
    append,
    at,
    awaiting,
    completed,
    queued,
    resumed,
    running,
    said,
    session,
)


async def told(store: Store, after: ChangeId = BEGINNING, *, agent_id: str = "a1") -> list[LoggedChange]:
    return await store.read_changes(ANA, agent_id, after=after, limit=99)


def kinds(changes: list[LoggedChange]) -> list[str]:
    return [each.change.event_type for each in changes]


async def test_what_people_do_with_sessions_is_told(store: Store) -> None:
    start = await store.last_change(ANA, "a1")
    await store.create_session(ANA, session("s2"), request_hash="h")
    await store.create_session(ANA, session("s2"), request_hash="h")
    await store.update_session(ANA, "a1", "s2", patch=SessionPatch(pinned=True), at=at(5))
    await store.update_session(ANA, "a1", "s2", patch=SessionPatch(session_name="Mine"), at=at(6))
    await store.name_session(ANA, "s2", name="Never", source="model")
    await store.name_session(ANA, "s1", name="Titled", source="model")
    await store.delete_session(ANA, "a1", "s2")
    changes = await told(store, start)
    assert kinds(changes) == [
        "session_created",
        "session_updated",
        "session_renamed",
        "session_renamed",
        "session_deleted",
    ]
    assert [each.change.session_id for each in changes] == ["s2", "s2", "s2", "s1", "s2"]
    assert changes[0].change.session is None, "it is told as it is now"
    assert changes[3].change.session == await store.get_session(ANA, "a1", "s1")


async def test_what_turns_do_is_told(store: Store) -> None:
    start = await store.last_change(ANA, "a1")
    record = await running(store)
    await queued(store, "t2")
    await store.append([append(record, said(["Hi"]))])
    await store.append([awaiting(record, seq=6)])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([resumed(claimed.record)])
    await store.append([completed(claimed.record, seq=2)])
    await store.claim_next(ANA, "s1", at=at(40), node=NODE)
    changes = await told(store, start)
    assert [(each.change.event_type, each.change.turn_id, each.change.turn_status) for each in changes] == [
        ("turn_started", "t1", "running"),
        ("turn_queued", "t2", "queued"),
        ("turn_at_rest", "t1", "awaiting_input"),
        ("turn_started", "t1", "running"),
        ("turn_at_rest", "t1", "completed"),
        ("turn_started", "t2", "running"),
    ]
    now = await store.get_session(ANA, "a1", "s1")
    assert all(each.change.session == now for each in changes)


async def test_an_append_that_is_lost_is_not_told(store: Store) -> None:
    record = await running(store)
    start = await store.last_change(ANA, "a1")
    await store.claim(ANA, "t1", node=NODE)
    assert (await store.append([completed(record)])).lost == {"t1"}
    assert await told(store, start) == []


async def test_reading_on_skips_and_repeats_nothing(store: Store) -> None:
    for n in range(2, 7):
        await store.create_session(ANA, session(f"s{n}"))
    everything = await told(store)
    assert [each.id for each in everything] == sorted({each.id for each in everything})
    seen, after = [], BEGINNING
    while page := await store.read_changes(ANA, "a1", after=after, limit=2):
        seen += page
        after = page[-1].id
    assert seen == everything
    assert after == await store.last_change(ANA, "a1")
    assert all([await store.has_change(ANA, "a1", each.id) for each in seen])


async def test_who_reads_while_many_write_misses_nothing(store: Store) -> None:
    start = await store.last_change(ANA, "a1")
    writing = asyncio.gather(*(store.create_session(ANA, session(f"many{n}")) for n in range(40)))
    seen: list[str | None] = []
    after = start
    while not writing.done() or (await store.last_change(ANA, "a1")) > after:
        for each in await store.read_changes(ANA, "a1", after=after, limit=7):
            seen.append(each.change.session_id)
            after = each.id
    await writing
    assert sorted(map(str, seen)) == sorted(f"many{n}" for n in range(40))


async def test_nothing_of_another_owner_or_agent_is_told(store: Store) -> None:
    await store.create_agent(ANA, agent("a2"))
    await store.create_agent(BEN, agent("a1"))
    [change] = await told(store)
    assert await told(store, agent_id="a2") == []
    assert await store.read_changes(BEN, "a1", after=BEGINNING, limit=9) == []
    assert await store.last_change(BEN, "a1") == BEGINNING
    assert not await store.has_change(BEN, "a1", change.id)
    with pytest.raises(AgentNotFound):
        await store.last_change("carl", "a1")


async def test_what_is_dropped_is_known_to_be_gone(store: Store) -> None:
    [change] = await told(store)
    assert await store.drop_changes(seconds=3600, limit=9) == 0
    assert await store.has_change(ANA, "a1", change.id)
    assert await store.drop_changes(seconds=-1, limit=9) == 1
    assert not await store.has_change(ANA, "a1", change.id)
    await store.create_session(ANA, session("s2"))
    [newer] = await told(store, change.id)
    assert newer.id > change.id


async def test_an_agents_changes_go_with_it(store: Store) -> None:
    await store.delete_agent(ANA, "a1")
    await store.create_agent(ANA, agent())
    assert await told(store) == []
