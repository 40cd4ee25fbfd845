"""What every store does with branches: turns form a tree, one branch of it is shown, and forks share what they have."""

import asyncio

import msgspec
import pytest

from tertulia.domain.errors import (
    Conflict,
    IdempotencyMismatch,
    NotFound,
    SessionBusy,
    SessionNotFound,
    StorageUnavailable,
    TurnNotFound,
)
from tertulia.domain.events import TurnQueued
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tertulia.store.branches import LONGEST_LINEAGE
from tertulia.store.turns import TurnRecord
from tests.store.files import file, reserved
from tests.store.values import (
    ANA,
    NODE,
    at,
    awaiting,
    cancelled,
    completed,
    history,
    new_turn,
    queued,
    resumed,
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


# --- branches ---


async def test_a_turn_comes_after_the_last_one_of_the_active_branch(store: Store) -> None:
    assert (await say(store, "t1")).parent_turn_id is None
    record = await say(store, "t2")
    assert record.parent_turn_id == "t1"
    begun = (await store.read_events(ANA, "t2"))[0].event
    assert isinstance(begun, TurnQueued)
    assert begun.parent_turn_id == "t1"
    assert (await store.get_turn(ANA, "a1", "s1", "t2")).record.parent_turn_id == "t1"


async def test_a_turn_with_a_parent_begins_another_branch_which_is_shown_then(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    record = await say(store, "t4", "t1")
    assert (record.n, record.parent_turn_id) == (4, "t1")
    assert await shown(store) == ["t1", "t4"]
    await say(store, "t5")
    assert await shown(store) == ["t1", "t4", "t5"]
    assert await shown(store, order="desc") == ["t5", "t4", "t1"]
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.active_turn_id, found.turn_count, found.preview) == ("t5", 3, "t5")


async def test_the_first_turn_can_have_siblings_too(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2", None)
    assert await shown(store) == ["t2"]
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1
    assert await history(store) == [completed(await _record(store, "t2")).turn]


async def _record(store: Store, turn_id: str, session_id: str = "s1") -> TurnRecord:
    return (await store.get_turn(ANA, "a1", session_id, turn_id)).record


async def test_history_is_the_branch_that_a_turn_stands_on(store: Store) -> None:
    for turn_id, parent in [("t1", None), ("t2", "t1"), ("t3", "t2"), ("t4", "t1"), ("t5", "t4"), ("t6", "t2")]:
        await say(store, turn_id, parent)
    for tip, expected in {"t3": ["t3", "t2", "t1"], "t5": ["t5", "t4", "t1"], "t6": ["t6", "t2", "t1"]}.items():
        assert [turn.turn_id for turn in await store.list_history(ANA, tip, limit=9)] == expected
    assert [turn.turn_id for turn in await store.list_history(ANA, "t6", limit=1, before_n=6)] == ["t2"]


async def test_a_branch_is_listed_in_pages_between_turns_and_up_to_a_turn(store: Store) -> None:
    for turn_id, parent in [("t1", None), ("t2", "t1"), ("t3", "t2"), ("t4", "t1"), ("t5", "t4"), ("t6", "t4")]:
        await say(store, turn_id, parent)
    assert await shown(store) == ["t1", "t4", "t6"]
    assert await shown(store, tip="t3") == ["t1", "t2", "t3"]
    assert await shown(store, after="t1") == ["t4", "t6"]
    assert await shown(store, before="t6", order="desc") == ["t4", "t1"]
    assert await shown(store, before="t5", tip="t3") == ["t1", "t2", "t3"]
    whole = await store.list_turns(ANA, "s1", order="asc", limit=None)
    assert [each.record.n for each in whole.items] == [1, 4, 6]
    with pytest.raises(TurnNotFound):
        await shown(store, tip="t9")


async def test_a_branch_of_many_branches_is_listed_like_any_other(store: Store) -> None:
    count, parent = 2 * LONGEST_LINEAGE + 5, None
    for i in range(count):  # each turn is tried twice, and the second one gone on with
        await say(store, f"a{i}", parent)
        await say(store, f"b{i}", parent)
        parent = f"b{i}"
    expected = [f"b{i}" for i in range(count)]
    assert await shown(store, after=f"b{count - 10}") == expected[-9:]
    assert await shown(store, order="desc", after="b60", before="b70") == expected[61:70][::-1]
    whole = await store.list_turns(ANA, "s1", order="asc", limit=None)
    assert [each.record.turn_id for each in whole.items] == expected
    await fork(store, "b70")
    assert await shown(store, "s2", order="desc", after="b60") == expected[61:71][::-1]
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == count


async def test_siblings_are_told_in_order(store: Store) -> None:
    for turn_id, parent in [("t1", None), ("t2", "t1"), ("t3", "t1"), ("t4", None), ("t5", "t4")]:
        await say(store, turn_id, parent)
    assert await siblings(store) == {"t4": ["t1", "t4"]}
    assert await siblings(store, tip="t2") == {"t1": ["t1", "t4"], "t2": ["t2", "t3"]}


@pytest.mark.parametrize("parent", ["t9", "of another session"])
async def test_a_parent_must_be_of_the_session(store: Store, parent: str) -> None:
    await store.create_session(ANA, session("s2"))
    await say(store, "of another session", session_id="s2")
    with pytest.raises(TurnNotFound):
        await store.accept_turn(ANA, new_turn("t1", parent_turn_id=parent), node=NODE)
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 0


async def test_turns_of_all_branches_run_one_after_the_other(store: Store) -> None:
    await say(store, "t1")
    first = await running(store, "t2")
    await queued(store, "t3", parent_turn_id="t1")
    assert [record.turn_id for record in await store.list_unfinished(ANA, "s1")] == ["t3", "t2"]
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.active_turn_id, found.status, found.last_turn_status) == ("t3", "running", "queued")
    assert (await store.append([completed(first)])).followed == {"t2"}
    assert (await store.get_session(ANA, "a1", "s1")).last_turn_status == "queued"
    claimed = await store.claim_next(ANA, "s1", at=at(30), node=NODE)
    assert claimed is not None
    assert (claimed.record.turn_id, claimed.record.parent_turn_id) == ("t3", "t1")


# --- switching ---


async def test_switching_shows_the_branch_through_a_turn_to_its_newest_end(store: Store) -> None:
    for turn_id, parent in [("t1", None), ("t2", "t1"), ("t3", "t2"), ("t4", "t2"), ("t5", "t1")]:
        await say(store, turn_id, parent)
    await switch(store, "t2")
    assert await shown(store) == ["t1", "t2", "t4"]
    await switch(store, "t3")
    assert await shown(store) == ["t1", "t2", "t3"]
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.active_turn_id, found.turn_count, found.preview) == ("t3", 3, "t3")
    assert (found.revision, found.updated_at) == (3, at(20))
    assert (await say(store, "t6")).parent_turn_id == "t3"
    await switch(store, "t1")
    assert await shown(store) == ["t1", "t2", "t3", "t6"]


async def test_one_can_switch_while_a_turn_runs(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2", None)
    record = await running(store, "t3")
    await switch(store, "t1")
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.status, found.last_turn_status) == ("running", "completed")
    await store.append([cancelled(record)])
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.status, found.last_turn_status) == ("idle", "completed")


async def test_there_is_no_switching_to_what_is_not_there(store: Store) -> None:
    await say(store, "t1")
    with pytest.raises(TurnNotFound):
        await switch(store, "t9")
    assert (await store.get_session(ANA, "a1", "s1")).revision == 1


async def test_only_a_turn_that_nothing_follows_is_taken_up_again(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2", None)
    for turn_id, is_taken in {"t1": False, "t2": True}.items():
        claim = await store.claim(ANA, turn_id, node=NODE, reopens=True)
        assert claim is not None
        lost = (await store.append([resumed(claim.record)])).lost
        assert lost == (frozenset() if is_taken else {turn_id})
        if is_taken:
            await store.append([completed(claim.record, seq=2)])
    await switch(store, "t1")
    claim = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claim is not None
    assert (await store.append([resumed(claim.record)])).lost == frozenset()


async def test_none_is_taken_up_again_that_a_fork_goes_on_from_or_beside_one_that_runs(store: Store) -> None:
    await say(store, "t1")
    await say(store, "t2", None)
    await running(store, "t3")
    await switch(store, "t1")
    claim = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claim is not None
    assert (await store.append([resumed(claim.record)])).lost == {"t1"}
    await store.create_session(ANA, session("s3"))
    await say(store, "f1", session_id="s3")
    await fork(store, of="s3", to="s4")
    claim = await store.claim(ANA, "f1", node=NODE, reopens=True)
    assert claim is not None
    assert (await store.append([resumed(claim.record)])).lost == {"f1"}


# --- forks ---


async def test_a_fork_begins_with_the_turns_of_another_session(store: Store) -> None:
    for turn_id in ("t1", "t2", "t3"):
        await say(store, turn_id)
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Mine"), at=at(25))
    made = await store.fork_session(ANA, "s1", session("s2", updated_at=at(40)), turn_id="t2")
    assert made == await store.get_session(ANA, "a1", "s2")
    assert (made.forked_from, made.session_name, made.title_source) == ("s1", "Mine", "user")
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


# --- deleting ---


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
