"""What every store does when branches and sessions are deleted: what hangs on them goes, but for what forks have."""

import asyncio

import pytest

from tertulia.domain.errors import (
    Conflict,
    NotFound,
    SessionNotFound,
    StorageUnavailable,
    TurnNotFound,
)
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.store.base import Store
from tests.store.branches import fork, is_there, say, shown, siblings, switch
from tests.store.files import file, reserved
from tests.store.values import (
    ANA,
    NODE,
    at,
    completed,
    new_turn,
    queued,
    running,
    session,
)


async def test_a_deleted_branch_takes_along_what_comes_after_it(store: Store) -> None:
    for turn_id, parent in [("t1", None), ("t2", "t1"), ("t3", "t2"), ("t4", "t2"), ("t5", "t1")]:
        await say(store, turn_id, parent)
    await switch(store, "t4")
    await store.delete_branch(ANA, "a1", "s1", "t2")
    assert [turn_id for turn_id in ("t1", "t2", "t3", "t4", "t5") if await is_there(store, turn_id)] == ["t1", "t5"]
    assert await shown(store) == ["t1", "t5"]
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.active_turn_id, found.turn_count, found.preview) == ("t5", 2, "t5")
    assert await siblings(store) == {}
    assert (await say(store, "t6", "t1")).n == 6
    assert await shown(store) == ["t1", "t6"]


async def test_a_branch_that_is_not_shown_is_deleted_without_a_change_of_the_other(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2", None)
    await store.delete_branch(ANA, "a1", "s1", "t1")
    assert await shown(store) == ["t2"]
    await store.delete_branch(ANA, "a1", "s1", "t2")
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.turn_count, found.active_turn_id, found.last_turn_status, found.preview) == (0, None, None, "")
    assert (await say(store, "t3")).n == 3
    assert await shown(store) == ["t3"]


async def test_a_deleted_branch_with_a_turn_that_runs_lets_the_session_go_on(store: Store) -> None:
    await say(store, "t1")
    record = await running(store, "t2", idempotency_key="k")
    await queued(store, "t3", parent_turn_id="t1")
    await store.delete_branch(ANA, "a1", "s1", "t2")
    assert (await store.append([completed(record)])).lost == {"t2"}
    claimed = await store.claim_next(ANA, "s1", at=at(30), node=NODE)
    assert claimed is not None
    await store.append([completed(claimed.record, seq=2)])
    await store.delete_branch(ANA, "a1", "s1", "t3")
    assert (await store.get_session(ANA, "a1", "s1")).status == "idle"
    assert (await running(store, "t4", idempotency_key="k")).parent_turn_id == "t1"


async def test_a_deleted_branch_stays_with_the_forks_that_have_it(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id, idempotency_key=turn_id)
    await fork(store, "t2")
    await store.delete_branch(ANA, "a1", "s1", "t2")
    assert await shown(store) == ["t1"]
    assert await shown(store, "s2") == ["t1", "t2"]
    assert not await is_there(store, "t3")
    for refused in (
        store.get_turn(ANA, "a1", "s1", "t2"),
        store.delete_branch(ANA, "a1", "s1", "t2"),
        store.accept_turn(ANA, new_turn("t9", parent_turn_id="t2"), node=NODE),
        store.update_session(ANA, "a1", "s1", patch=SessionPatch(active_turn_id="t2"), at=at(30)),
    ):
        with pytest.raises(TurnNotFound):
            await refused
    await say(store, "t4", idempotency_key="t2")
    assert await shown(store) == ["t1", "t4"]
    assert await shown(store, "s2") == ["t1", "t2"]
    await store.delete_session(ANA, "a1", "s2")
    assert not await is_there(store, "t2")
    assert await shown(store) == ["t1", "t4"]


async def test_a_fork_cannot_delete_what_it_shares(store: Store) -> None:
    await say(store, "t1")
    await fork(store)
    with pytest.raises(Conflict):
        await store.delete_branch(ANA, "a1", "s2", "t1")


async def test_a_deleted_session_stays_as_far_as_its_forks_have_it(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    await fork(store, "t1")
    await fork(store, "t2", to="s3")
    await say(store, "f1", session_id="s2")
    await store.delete_session(ANA, "a1", "s1")
    for refused in (
        store.get_session(ANA, "a1", "s1"),
        store.delete_session(ANA, "a1", "s1"),
        store.accept_turn(ANA, new_turn("t9"), node=NODE),
        store.fork_session(ANA, "s1", session("s9"), turn_id=None),
        store.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=True), at=at(30)),
    ):
        with pytest.raises(SessionNotFound):
            await refused
    assert not await store.name_session(ANA, "s1", name="Mine", source="model")
    listed = await store.list_sessions(ANA, SessionFilter(agent_id="a1", archived=None), order="asc", limit=9)
    assert {each.session_id for each in listed.items} == {"s2", "s3"}
    assert await shown(store, "s1") == []
    assert await shown(store, "s2") == ["t1", "f1"]
    assert await shown(store, "s3") == ["t1", "t2"]
    assert not await is_there(store, "t3")
    await store.delete_session(ANA, "a1", "s3")
    assert [await is_there(store, turn_id) for turn_id in ("t1", "t2")] == [True, False]
    await store.delete_session(ANA, "a1", "s2")
    assert not await is_there(store, "t1")
    await store.create_session(ANA, session("s1"))
    assert (await say(store, "t1")).n == 1


async def test_a_deleted_fork_that_was_forked_stays_as_far_as_it_is_needed(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2")
    await fork(store)
    await say(store, "f1", session_id="s2")
    await say(store, "f2", session_id="s2")
    await fork(store, "f1", of="s2", to="s3")
    await store.delete_session(ANA, "a1", "s2")
    await store.delete_session(ANA, "a1", "s1")
    assert await shown(store, "s3") == ["t1", "t2", "f1"]
    assert not await is_there(store, "f2")
    await store.delete_session(ANA, "a1", "s3")
    assert [await is_there(store, turn_id) for turn_id in ("t1", "t2", "f1")] == [False] * 3


async def test_an_agent_takes_its_sessions_and_their_forks_along(store: Store) -> None:
    await say(store, "t1")
    await fork(store)
    await store.delete_session(ANA, "a1", "s1")
    await store.delete_agent(ANA, "a1")
    assert not await is_there(store, "t1")


async def test_files_stay_as_long_as_a_fork_has_the_turn_that_uses_them(store: Store) -> None:
    for name in ("f1", "f2"):
        await say(store, f"t{name}", new_files=[await reserved(store, file(name, name, is_listed=False))])
    await fork(store, "tf1")
    await store.delete_session(ANA, "a1", "s1")
    while await store.drop_unused_files(uploaded_before=at(99), limit=9):
        pass
    await store.get_file(ANA, "f1")
    with pytest.raises(NotFound):
        await store.get_file(ANA, "f2")
    await store.delete_session(ANA, "a1", "s2")
    while await store.drop_unused_files(uploaded_before=at(99), limit=9):
        pass
    with pytest.raises(NotFound):
        await store.get_file(ANA, "f1")


async def test_forking_and_deleting_at_once_leave_nothing_half_done(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    forks = [fork(store, f"t{i % 3 + 1}", to=f"f{i}") for i in range(6)]
    outcomes = await asyncio.gather(
        *forks[:3], store.delete_session(ANA, "a1", "s1"), *forks[3:], return_exceptions=True
    )
    assert all(outcome is None or isinstance(outcome, SessionNotFound | StorageUnavailable) for outcome in outcomes)
    for i, outcome in enumerate([*outcomes[:3], *outcomes[4:]]):
        if outcome is None:
            assert await shown(store, f"f{i}") == [f"t{k}" for k in range(1, i % 3 + 2)]
            await store.delete_session(ANA, "a1", f"f{i}")
    assert [await is_there(store, turn_id) for turn_id in ("t1", "t2", "t3")] == [False] * 3
