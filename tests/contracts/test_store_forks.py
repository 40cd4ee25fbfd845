"""What every store does with forks: they begin with turns of another session, and none is copied."""

import msgspec
import pytest

from tertulia.domain.errors import (
    Conflict,
    IdempotencyMismatch,
    NotFound,
    SessionBusy,
    SessionNotFound,
    TurnNotFound,
)
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tests.store.branches import fork, say, shown, siblings, switch
from tests.store.values import (
    ANA,
    at,
    awaiting,
    history,
    queued,
    running,
    session,
)


async def test_a_fork_begins_with_the_turns_of_another_session(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Mine", tags=["a"]), at=at(25))
    made = await store.fork_session(ANA, "s1", session("s2", updated_at=at(40)), turn_id="t2")
    assert made == await store.get_session(ANA, "a1", "s2")
    assert (made.forked_from, made.session_name, made.title_source) == ("s1", "Mine", "user")
    assert made.tags == ["a"]
    assert (made.turn_count, made.active_turn_id, made.preview, made.status) == (2, "t2", "t2", "idle")
    assert await shown(store, "s2") == ["t1", "t2"]
    record = await say(store, "f1", session_id="s2")
    assert (record.n, record.parent_turn_id) == (3, "t2")
    assert await shown(store, "s2") == ["t1", "t2", "f1"]
    assert await shown(store) == ["t1", "t2", "t3"]
    assert [turn.turn_id for turn in await history(store, "s2")] == ["t1", "t2", "f1"]
    listed = await store.list_sessions(ANA, SessionFilter(agent_id="a1"), order="desc", limit=9)
    assert [each.session_id for each in listed.items] == ["s2", "s1"]


async def test_a_fork_shows_the_turns_that_it_has_as_its_own(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2")
    await fork(store, "t1")
    (listed,) = (await store.list_turns(ANA, "s2", order="asc", limit=9)).items
    got = await store.get_turn(ANA, "a1", "s2", "t1")
    for stored in (listed, got):
        assert stored.turn is not None
        assert msgspec.json.decode(stored.turn, type=Turn).session_id == "s2"
    with pytest.raises(TurnNotFound):
        await store.get_turn(ANA, "a1", "s2", "t2")
    assert await shown(store, "s2", before="t1") == []
    with pytest.raises(TurnNotFound):
        await shown(store, "s2", before="t2")


async def test_a_fork_can_branch_off_from_what_it_has(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    await fork(store, "t3")
    await say(store, "f1", session_id="s2")
    assert (await say(store, "f2", "t1", session_id="s2")).n == 5
    assert await shown(store, "s2") == ["t1", "f2"]
    assert await siblings(store, "s2") == {"f2": ["t2", "f2"]}
    assert await siblings(store, "s1") == {}
    await say(store, "f3", None, session_id="s2")
    assert await siblings(store, "s2") == {"f3": ["t1", "f3"]}
    await switch(store, "t2", "s2")
    assert await shown(store, "s2") == ["t1", "t2", "t3", "f1"]


async def test_forks_can_be_forked(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    await say(store, "t4", "t1")
    await fork(store, "t4")
    await say(store, "f1", session_id="s2")
    await say(store, "f2", session_id="s2")
    await fork(store, "f1", of="s2", to="s3")
    await say(store, "g1", session_id="s3")
    assert await shown(store, "s3") == ["t1", "t4", "f1", "g1"]
    assert await shown(store, "s3", order="desc") == ["g1", "f1", "t4", "t1"]
    assert await shown(store, "s3", after="t1") == ["t4", "f1", "g1"]
    assert [turn.n for turn in await history(store, "s3")] == [1, 4, 5, 6]
    assert (await store.get_session(ANA, "a1", "s3")).forked_from == "s2"


async def test_a_fork_has_only_turns_that_have_ended(store: Store) -> None:
    await say(store, "t1")
    record = await running(store, "t2")
    await queued(store, "t3")
    for turn_id in ("t2", "t3"):
        with pytest.raises(SessionBusy) as refused:
            await fork(store, turn_id)
        assert refused.value.turn_id == "t2"
    await fork(store)
    assert await shown(store, "s2") == ["t1"]
    await store.append([awaiting(record)])
    with pytest.raises(SessionBusy):
        await fork(store, "t2", to="s3")


async def test_a_session_without_turns_can_be_forked(store: Store) -> None:
    await fork(store)
    assert (await say(store, "f1", session_id="s2")).n == 1
    assert await shown(store, "s2") == ["f1"]


@pytest.mark.parametrize(("origin", "turn_id"), [("s9", None), ("s1", "t9"), ("s1", "of another session")])
async def test_what_is_not_there_is_not_forked(store: Store, origin: str, turn_id: str | None) -> None:
    await store.create_session(ANA, session("s3"))
    await say(store, "of another session", session_id="s3")
    with pytest.raises(NotFound):
        await fork(store, turn_id, of=origin)
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a1", "s2")


async def test_a_fork_is_made_once_for_a_request(store: Store) -> None:
    await say(store, "t1")
    first = await store.fork_session(ANA, "s1", session("s2"), turn_id="t1", request_hash="x")
    await say(store, "t2")
    assert await store.fork_session(ANA, "s1", session("s2"), turn_id="t1", request_hash="x") == first
    with pytest.raises(IdempotencyMismatch):
        await store.fork_session(ANA, "s1", session("s2"), turn_id="t2", request_hash="y")
    with pytest.raises(Conflict):
        await store.fork_session(ANA, "s1", session("s2"), turn_id="t2")
