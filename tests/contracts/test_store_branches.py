"""What every store does with branches: turns form a tree, and one branch of it is shown."""

import pytest

from tertulia.domain.errors import (
    TurnNotFound,
)
from tertulia.domain.events import TurnQueued
from tertulia.store.base import Store
from tertulia.store.branches import LONGEST_LINEAGE
from tertulia.store.turns import TurnRecord
from tests.store.branches import fork, say, shown, siblings, switch
from tests.store.values import (
    ANA,
    NODE,
    at,
    cancelled,
    completed,
    history,
    new_turn,
    queued,
    resumed,
    running,
    session,
)


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
    whole = await store.list_turns(ANA, "s1", order="asc", limit=999)
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
    whole = await store.list_turns(ANA, "s1", order="asc", limit=999)
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
