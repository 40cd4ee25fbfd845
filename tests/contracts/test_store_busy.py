"""What every store does with a turn that comes while another one has not ended."""

import asyncio

import msgspec
import pytest

from tertulia.domain.errors import (
    QueueFull,
    SessionBusy,
    TurnAwaitingInput,
)
from tertulia.store.base import Store
from tertulia.store.turns import Accepted
from tests.store.values import (
    ANA,
    NODE,
    awaiting,
    completed,
    new_turn,
    queued,
    running,
    session_of,
    to_stop,
)


async def test_reject_refuses_while_a_turn_runs(store: Store) -> None:
    await running(store)
    with pytest.raises(SessionBusy) as refused:
        await store.accept_turn(ANA, new_turn("t2", on_busy="reject"), node=NODE)
    assert refused.value.turn_id == "t1"


async def test_reject_takes_a_turn_on_when_nothing_runs(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert (await running(store, "t2", on_busy="reject")).n == 2


@pytest.mark.parametrize("on_busy", ["enqueue", "reject"])
async def test_nothing_is_taken_on_behind_a_turn_that_awaits_input(store: Store, on_busy: str) -> None:
    await store.append([awaiting(await running(store))])
    with pytest.raises(TurnAwaitingInput) as refused:
        await store.accept_turn(ANA, new_turn("t2", on_busy=on_busy), node=NODE)
    assert refused.value.turn_id == "t1"


async def test_a_full_queue_says_when_to_come_back(store: Store) -> None:
    await running(store)
    await queued(store, "t2", max_queued=1)
    with pytest.raises(QueueFull) as refused:
        await store.accept_turn(ANA, new_turn("t3", max_queued=1), node=NODE)
    assert refused.value.retry_after


async def test_fifty_turns_at_once_are_queued_in_order_and_bounded(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.accept_turn(ANA, new_turn(f"t{i}"), node=NODE) for i in range(50)), return_exceptions=True
    )
    taken = sorted(
        (outcome.record for outcome in outcomes if isinstance(outcome, Accepted)), key=lambda record: record.n
    )
    assert [(record.n, record.status) for record in taken] == [(1, "running")] + [(n, "queued") for n in range(2, 10)]
    assert sum(isinstance(outcome, QueueFull) for outcome in outcomes) == 41


async def test_of_fifty_turns_at_once_reject_takes_one(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.accept_turn(ANA, new_turn(f"t{i}", on_busy="reject"), node=NODE) for i in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SessionBusy) for outcome in outcomes) == 49
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


async def test_interrupt_asks_the_running_turn_to_stop_and_waits_for_its_end(store: Store) -> None:
    record = await running(store)
    accepted = await store.accept_turn(ANA, new_turn("t2", on_busy="interrupt"), node=NODE)
    assert (accepted.record.status, accepted.record.n) == ("queued", 2)
    assert accepted.interrupts == msgspec.structs.replace(record, cancel_requested=True)
    assert await to_stop(store, NODE) == [accepted.interrupts]


async def test_interrupt_asks_a_turn_that_awaits_input_to_stop(store: Store) -> None:
    await store.append([awaiting(await running(store))])
    accepted = await store.accept_turn(ANA, new_turn("t2", on_busy="interrupt"), node=NODE)
    assert accepted.interrupts is not None
    assert (accepted.interrupts.turn_id, accepted.interrupts.status) == ("t1", "awaiting_input")
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.cancel_requested
    assert (await session_of(store))["status"] == "awaiting_input"


async def test_interrupt_stops_what_is_first_and_waits_behind_the_others(store: Store) -> None:
    await running(store)
    await queued(store, "t2")
    accepted = await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt"), node=NODE)
    assert accepted.interrupts is not None
    assert accepted.interrupts.turn_id == "t1"
    assert not (await store.get_turn(ANA, "a1", "s1", "t2")).record.cancel_requested


async def test_interrupt_with_nothing_to_interrupt_is_a_turn_like_any_other(store: Store) -> None:
    record = await running(store, on_busy="interrupt")
    await queued(store, "t2")
    await store.append([completed(record)])
    accepted = await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt"), node=NODE)
    assert (accepted.record.status, accepted.interrupts) == ("queued", None)
    assert not (await store.get_turn(ANA, "a1", "s1", "t2")).record.cancel_requested


async def test_interrupt_does_not_pass_a_full_queue(store: Store) -> None:
    await running(store)
    await queued(store, "t2", max_queued=1)
    with pytest.raises(QueueFull):
        await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt", max_queued=1), node=NODE)
    assert await to_stop(store, NODE) == []


async def test_a_repeated_interrupt_interrupts_nothing_more(store: Store) -> None:
    await store.append([completed(await running(store, idempotency_key="k", request_hash="h"))])
    await running(store, "t2")
    new = new_turn("t3", on_busy="interrupt", idempotency_key="k", request_hash="h")
    repeated = await store.accept_turn(ANA, new, node=NODE)
    assert (repeated.is_repeat, repeated.interrupts) == (True, None)
    assert await to_stop(store, NODE) == []
