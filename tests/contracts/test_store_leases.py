"""What every store does with leases: a turn is one node's while that node lives, and anybody's after that.

Time is let pass by ending a lease (`renew` for no seconds), not by waiting.
"""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from tertulia.domain.errors import LeaseLost, StorageUnavailable
from tertulia.store.base import Store
from tertulia.store.turns import TurnRecord
from tests.store.values import (
    ANA,
    BEN,
    NODE,
    OTHER_NODE,
    agent,
    append,
    at,
    awaiting,
    cancelled,
    completed,
    new_turn,
    orphans,
    queued,
    resumed,
    running,
    said,
    session,
    to_stop,
)

LONG = 3600.0


def ids(records: Sequence[TurnRecord]) -> list[str]:
    return [record.turn_id for record in records]


async def claimed(store: Store, turn_id: str = "t1", *, node: str) -> TurnRecord:
    claim = await store.claim(ANA, turn_id, node=node)
    assert claim is not None
    return claim.record


# --- whose a turn is ---


async def test_a_turn_of_a_node_that_lives_is_not_for_others(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    record = await running(store)
    assert await orphans(store) == []
    assert await store.claim(ANA, "t1", node=OTHER_NODE) is None
    assert await store.append([append(record, said(["Hi"]))]) == await store.append([])


async def test_when_a_lease_is_out_another_node_takes_over_and_the_old_one_cannot_write(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    store.renew(OTHER_NODE, seconds=LONG)
    zombie = await running(store)
    store.renew(NODE, seconds=0)
    assert await orphans(store) == ["t1"]
    record = await claimed(store, node=OTHER_NODE)
    assert (record.epoch, record.status, record.attempts) == (2, "running", 1)
    assert await orphans(store, NODE) == []
    assert (await store.append([append(zombie, said(["Hi"]))])).lost == {"t1"}
    assert await store.claim(ANA, "t1", node=NODE) is None


async def test_a_lease_that_is_out_cannot_be_renewed(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    store.renew(NODE, seconds=0)
    await running(store)
    for _ in range(2):
        with pytest.raises(LeaseLost):
            store.renew(NODE, seconds=LONG)
    assert await orphans(store) == ["t1"]


async def test_a_node_that_has_let_go_may_begin_anew(store: Store) -> None:
    store.renew(NODE, seconds=0)
    await store.release(NODE)
    store.renew(NODE, seconds=LONG)
    await running(store)
    assert await orphans(store) == []


async def test_a_node_that_never_had_a_lease_holds_nothing(store: Store) -> None:
    await running(store)
    assert await orphans(store) == ["t1"]
    assert (await claimed(store, node=OTHER_NODE)).attempts == 1


async def test_a_node_does_not_find_its_own_turns_to_be_orphans(store: Store) -> None:
    await running(store)
    store.renew(NODE, seconds=0)
    assert await orphans(store, NODE) == []
    assert (await claimed(store, node=NODE)).attempts == 0


async def test_of_many_nodes_that_claim_a_lost_turn_one_has_it(store: Store) -> None:
    nodes = [f"node{i}" for i in range(8)]
    for node in nodes:
        store.renew(node, seconds=LONG)
    await running(store)
    claims = await asyncio.gather(*(store.claim(ANA, "t1", node=node) for node in nodes))
    assert [claim.record.epoch for claim in claims if claim] == [2]


async def test_a_turn_that_is_let_go_is_anybodys_without_an_attempt(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    await running(store)
    await store.release(NODE)
    assert await orphans(store) == ["t1"]
    assert await orphans(store, NODE) == ["t1"]
    assert (await claimed(store, node=OTHER_NODE)).attempts == 0


async def test_letting_go_leaves_other_nodes_alone(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    store.renew(NODE, seconds=LONG)
    store.renew(OTHER_NODE, seconds=LONG)
    await running(store)
    await store.accept_turn(ANA, new_turn("t2", session_id="s2"), node=OTHER_NODE)
    await store.release(NODE)
    await store.release("node that never was")
    assert await orphans(store, "third") == ["t1"]


async def test_attempts_count_until_a_step_completes(store: Store) -> None:
    await running(store)
    record = await claimed(store, node="b")
    record = await claimed(store, node="c")
    assert record.attempts == 2
    started, delta, complete = said(["Hi"])
    await store.append([append(record, [started, delta], seq=1)])
    assert (await claimed(store, node="c")).attempts == 2
    record = await claimed(store, node="c")
    await store.append([append(record, [started, complete], seq=1)])
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.attempts == 0
    assert (await claimed(store, node="d")).attempts == 1


async def test_a_turn_that_rests_is_nobodys(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    await store.append([awaiting(await running(store))])
    record = await claimed(store, node=OTHER_NODE)
    assert (record.status, record.attempts) == ("awaiting_input", 0)
    await store.append([resumed(record)])
    assert await orphans(store, NODE) == ["t1"]
    store.renew(OTHER_NODE, seconds=LONG)
    assert await orphans(store, NODE) == []


async def test_the_next_turn_is_leased_to_who_starts_it(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    store.renew(OTHER_NODE, seconds=LONG)
    record = await running(store)
    await queued(store, "t2")
    await store.append([completed(record)])
    assert await store.claim_next(ANA, "s1", at=at(30), node=OTHER_NODE) is not None
    assert await store.claim(ANA, "t2", node=NODE) is None
    store.renew(OTHER_NODE, seconds=0)
    assert (await claimed(store, "t2", node=NODE)).attempts == 1


# --- turns that should run and do not ---


async def test_a_queued_turn_is_an_orphan_once_nothing_is_ahead_of_it(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    first = await running(store)
    await queued(store, "t2")
    await queued(store, "t3")
    assert await orphans(store) == []
    await store.append([completed(first)])
    assert await orphans(store) == ["t2"]
    assert await orphans(store, NODE) == ["t2"]
    await store.claim_next(ANA, "s1", at=at(30), node=NODE)
    assert await orphans(store) == []


async def test_a_turn_that_awaits_input_is_an_orphan_only_if_it_should_stop(store: Store) -> None:
    await store.append([awaiting(await running(store))])
    await store.create_session(ANA, session("s2"))
    await store.append([awaiting(await running(store, "t2", session_id="s2"))])
    assert await orphans(store) == []
    await store.request_cancel(ANA, "t2")
    assert await orphans(store) == ["t2"]


async def test_who_has_taken_on_to_stop_a_turn_is_left_to_it(store: Store) -> None:
    store.renew(NODE, seconds=LONG)
    await store.append([awaiting(await running(store))])
    await store.request_cancel(ANA, "t1")
    record = await claimed(store, node=NODE)
    assert await orphans(store) == []
    assert await orphans(store, NODE) == []
    store.renew(NODE, seconds=0)
    assert await orphans(store) == ["t1"]
    await store.append([cancelled(record, seq=1)])
    assert await orphans(store) == []


async def test_orphans_are_all_owners_oldest_first_and_no_more_than_asked_for(store: Store) -> None:
    await store.create_agent(BEN, agent())
    for place, session_id in enumerate(["s5", "s4", "s3"]):
        owner = BEN if session_id == "s4" else ANA
        await store.create_session(owner, session(session_id))
        new = new_turn(f"t.{session_id}", session_id=session_id, at=at(20 + place // 2))
        await store.accept_turn(owner, new, node=f"dead{place}")
    await store.accept_turn(ANA, new_turn("t1", at=at(30)), node=NODE)
    await store.release(NODE)
    assert await orphans(store) == ["t.s4", "t.s5", "t.s3", "t1"]
    assert await orphans(store, limit=2) == ["t.s4", "t.s5"]
    assert await orphans(store, limit=0) == []


async def test_what_has_ended_or_was_deleted_is_no_orphan(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    await store.append([completed(await running(store))])
    await running(store, "t2", session_id="s2")
    await store.delete_session(ANA, "a1", "s2")
    assert await orphans(store) == []


# --- wishes to stop ---


async def test_a_node_hears_of_wishes_to_stop_what_it_holds(store: Store) -> None:
    for session_id in ("s2", "s3"):
        await store.create_session(ANA, session(session_id))
    await running(store, "t1")
    await running(store, "t2", session_id="s2")
    await store.accept_turn(ANA, new_turn("t3", session_id="s3"), node=OTHER_NODE)
    assert await to_stop(store, NODE) == []
    marked = [await store.request_cancel(ANA, turn_id) for turn_id in ("t1", "t3")]
    assert await to_stop(store, NODE) == marked[:1]
    assert await to_stop(store, OTHER_NODE) == marked[1:]
    await store.append([cancelled(marked[0])])
    assert await to_stop(store, NODE) == []
    await store.release(OTHER_NODE)
    assert await to_stop(store, OTHER_NODE) == []


async def test_who_takes_over_hears_of_earlier_wishes(store: Store) -> None:
    await running(store)
    await store.request_cancel(ANA, "t1")
    record = await claimed(store, node=OTHER_NODE)
    assert record.cancel_requested
    assert await to_stop(store, OTHER_NODE) == [record]


# --- how a lease is renewed ---


async def test_a_lease_is_renewed_from_any_thread_while_the_event_loop_is_blocked(store: Store) -> None:
    await running(store)
    thread = threading.Thread(target=store.renew, args=(NODE,), kwargs={"seconds": LONG})
    thread.start()
    thread.join(30)  # blocks the loop: whoever needed it would not come back
    assert not thread.is_alive()
    assert await orphans(store) == []


async def test_a_closed_store_renews_nothing(store: Store) -> None:
    await store.close()
    with pytest.raises(StorageUnavailable):
        store.renew(NODE, seconds=LONG)
