"""What every store does with turns that are claimed: one at a time, in order, each claim under an epoch of its own."""

import asyncio

import msgspec
import pytest

from tertulia.domain.errors import (
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, TurnQueued, TurnStarted
from tertulia.store.base import Store
from tertulia.store.log import Appended
from tests.store.values import (
    ANA,
    NODE,
    append,
    at,
    awaiting,
    cancelled,
    completed,
    new_turn,
    queued,
    resumed,
    running,
    said,
    session_of,
    to_stop,
)


async def test_a_turn_does_not_start_before_it_was_taken_on_by_whichever_clock(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await store.append([completed(record)])
    claimed = await store.claim_next(ANA, "s1", at=at(0), node=NODE)
    assert claimed is not None
    taken_on, started = [logged.event for logged in await store.read_events(ANA, "t2")]
    assert [started] == [logged.event for logged in claimed.events]
    assert isinstance(taken_on, TurnQueued)
    assert isinstance(started, TurnStarted)
    assert started.at == taken_on.at > at(0)


async def test_the_next_turn_starts_when_the_one_before_has_ended(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await queued(store, "t3")
    assert await store.claim_next(ANA, "s1", at=at(15), node=NODE) is None
    await store.append([completed(record)])
    claimed = await store.claim_next(ANA, "s1", at=at(21), node=NODE)
    assert claimed is not None
    assert (claimed.record.turn_id, claimed.record.status, claimed.record.epoch) == ("t2", "running", 1)
    started = TurnStarted(turn_id="t2", session_id="s1", n=2, at=at(21))
    assert claimed.events == [LoggedEvent(id=EventId(n=2, epoch=1, seq=1), event=started)]
    assert (await store.read_events(ANA, "t2"))[1:] == claimed.events
    assert await store.claim_next(ANA, "s1", at=at(22), node=NODE) is None


async def test_nothing_is_next_in_a_session_without_queued_turns(store: Store) -> None:
    assert await store.claim_next(ANA, "s1", at=at(9), node=NODE) is None
    await store.append([completed(await running(store))])
    assert await store.claim_next(ANA, "s1", at=at(9), node=NODE) is None


async def test_a_turn_that_awaits_input_holds_the_queue(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await store.append([awaiting(record)])
    assert await store.claim_next(ANA, "s1", at=at(21), node=NODE) is None
    assert (await session_of(store))["status"] == "awaiting_input"


async def test_of_many_who_claim_the_next_turn_one_has_it(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await queued(store, "t3")
    await store.append([completed(record)])
    claims = await asyncio.gather(*(store.claim_next(ANA, "s1", at=at(21), node=NODE) for _ in range(8)))
    assert [claim.record.turn_id for claim in claims if claim] == ["t2"]


async def test_a_queued_turn_that_was_cancelled_is_passed_over(store: Store) -> None:
    first = await running(store)
    waiting = await queued(store, "t2")
    await queued(store, "t3")
    assert await store.append([cancelled(waiting, seq=2)]) == Appended()
    await store.append([completed(first)])
    claimed = await store.claim_next(ANA, "s1", at=at(21), node=NODE)
    assert claimed
    assert claimed.record.turn_id == "t3"


async def test_a_claim_takes_a_turn_over_and_changes_nothing_else(store: Store) -> None:
    record = await running(store)
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    assert claimed.events == []
    assert claimed.record == msgspec.structs.replace(record, epoch=2)
    assert len(await store.read_events(ANA, "t1")) == 2


async def test_every_claim_has_an_epoch_of_its_own(store: Store) -> None:
    await running(store)
    claims = await asyncio.gather(*(store.claim(ANA, "t1", node=NODE) for _ in range(5)))
    assert sorted(claim.record.epoch for claim in claims if claim) == [2, 3, 4, 5, 6]


async def test_a_turn_that_has_ended_cannot_be_claimed(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert await store.claim(ANA, "t1", node=NODE) is None
    assert await store.claim(ANA, "t9", node=NODE) is None


# --- who follows ---


async def test_who_lets_a_turn_end_is_told_that_another_waits_behind_it(store: Store) -> None:
    record = await running(store)
    assert await store.append([append(record, said(["Hi"]))]) == Appended()
    await queued(store, "t2")
    assert await store.append([completed(record, seq=6)]) == Appended(followed=frozenset({"t1"}))


async def test_a_turn_that_awaits_input_is_not_followed(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    assert await store.append([awaiting(record)]) == Appended()


async def test_the_end_of_a_turn_that_only_waited_starts_nothing(store: Store) -> None:
    await running(store)
    waiting = await queued(store, "t2")
    await queued(store, "t3")
    assert await store.append([cancelled(waiting, seq=2)]) == Appended()


async def test_what_counts_is_how_things_stand_when_all_is_added(store: Store) -> None:
    first = await running(store)
    waiting = await queued(store, "t2")
    assert await store.append([completed(first), cancelled(waiting, seq=2)]) == Appended()
    assert (await session_of(store))["status"] == "idle"


async def test_a_completed_turn_is_taken_up_again_while_it_is_the_last(store: Store) -> None:
    await store.append([completed(await running(store), second=20)])
    claimed = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claimed is not None
    assert (claimed.record.status, claimed.record.epoch) == ("completed", 2)
    only_resumed_opens_it = await store.append([append(claimed.record, said(["Hi"]), seq=1)])
    assert only_resumed_opens_it == Appended(lost=frozenset({"t1"}))
    assert await store.append([resumed(claimed.record, second=30)]) == Appended()
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "running"
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).turn is None
    assert await session_of(store) == {"status": "running", "last": "running", "turns": 1, "updated_at": at(30)}
    assert [record.turn_id for record in await store.list_held(NODE)] == ["t1"]
    assert (await store.accept_turn(ANA, new_turn("t2"), node=NODE)).record.status == "queued"
    await store.append([completed(claimed.record, seq=2, second=40)])
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "completed"


async def test_a_turn_that_another_follows_stays_completed(store: Store) -> None:
    await store.append([completed(await running(store))])
    claimed = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claimed is not None
    await running(store, "t2")
    assert await store.append([resumed(claimed.record, second=30)]) == Appended(lost=frozenset({"t1"}))
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "completed"


async def test_of_nodes_that_take_up_a_completed_turn_the_last_one_has_it(store: Store) -> None:
    store.renew(NODE, seconds=60)
    store.renew("n2", seconds=60)
    await store.append([completed(await running(store))])
    first = await store.claim(ANA, "t1", node=NODE, reopens=True)
    second = await store.claim(ANA, "t1", node="n2", reopens=True)
    assert first is not None
    assert second is not None
    assert [await store.list_held(node) for node in (NODE, "n2")] == [[], []]  # nothing of it should run yet
    assert await store.append([resumed(first.record, second=30)]) == Appended(lost=frozenset({"t1"}))
    assert await store.append([resumed(second.record, second=30)]) == Appended()
    assert await store.claim(ANA, "t1", node=NODE, reopens=True) is None
    assert [record.turn_id for record in await store.list_held("n2")] == ["t1"]


async def test_what_is_refused_in_between_keeps_no_turn_from_being_taken_up_again(store: Store) -> None:
    record = await running(store)
    told = [completed(record), awaiting(record, seq=4), resumed(record, seq=5)]
    await store.append(told)
    assert (await session_of(store))["status"] == "running"
    assert [each.id.seq for each in await store.read_events(ANA, "t1")] == [1, 2, 3, 5]


async def test_only_what_was_completed_is_taken_up_again(store: Store) -> None:
    await store.append([cancelled(await running(store), second=20)])
    assert await store.claim(ANA, "t1", node=NODE, reopens=True) is None


# --- cancelling ---


async def test_a_wish_to_cancel_is_remembered(store: Store) -> None:
    record = await running(store)
    marked = await store.request_cancel(ANA, "t1")
    assert marked == msgspec.structs.replace(record, cancel_requested=True)
    assert await to_stop(store, NODE) == [marked]
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed
    assert claimed.record.cancel_requested


async def test_a_turn_that_has_ended_is_not_marked_any_more(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert not (await store.request_cancel(ANA, "t1")).cancel_requested
    with pytest.raises(TurnNotFound):
        await store.request_cancel(ANA, "t9")
