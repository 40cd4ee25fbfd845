"""Deltas of turns that ended long ago go, a batch at a time, and readers notice nothing but fewer pieces."""

import asyncio
import datetime as dt

from tertulia.domain.deltas import TextDelta
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed
from tertulia.models.scripted import Reply
from tertulia.runtime.retention import Retention
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World, until, within
from tests.runtime.frail_store import FrailStore


def in_hours(hours: float) -> str:
    return f"{dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours):%Y-%m-%dT%H:%M:%S.%fZ}"


def keeping(world: World, *, hours: float, now: float = 0.0) -> Retention:
    """Retention on a clock that is some hours ahead."""
    return Retention(world.store, hours=hours, clock=lambda: in_hours(now))


async def log_of(world: World, record: TurnRecord, after: EventId | None = None) -> list[LoggedEvent]:
    async with within():
        return [each async for batch in world.turns.follow(OWNER, record.turn_id, after) for each in batch]


def pieces(log: list[LoggedEvent]) -> list[str]:
    deltas = [each.event.delta for each in log if isinstance(each.event, StepProgressed)]
    return [delta.text for delta in deltas if isinstance(delta, TextDelta)]


async def test_what_ended_long_enough_ago_is_dropped_and_what_did_not_is_kept(world: MakeWorld) -> None:
    w = await world(Reply("It is sunny."), Reply("It rains."))
    await w.turns.until_rest(first := await w.start())
    assert await keeping(w, hours=24, now=23.9).drop() == 0
    assert await keeping(w, hours=24, now=24.1).drop() == 1
    assert await keeping(w, hours=24, now=24.1).drop() == 0
    await w.turns.until_rest(second := await w.start())
    assert pieces(await log_of(w, first)) == ["It is sunny."]
    assert pieces(await log_of(w, second)) == ["It ", "rains."]


async def test_a_turn_that_has_not_ended_keeps_its_deltas(world: MakeWorld) -> None:
    w = await world(Reply("Half", asyncio.Event()))
    record = await w.start()
    async with within():
        async for batch in w.turns.follow(OWNER, record.turn_id):
            if pieces(batch):
                break
    assert await keeping(w, hours=0, now=1000).drop() == 0


async def test_a_reader_that_comes_back_when_they_are_gone_gets_the_rest_and_no_text_twice(world: MakeWorld) -> None:
    w = await world(Reply("It is sunny."))
    await w.turns.until_rest(record := await w.start())
    whole = await log_of(w, record)
    await keeping(w, hours=0, now=1).drop()
    for place, last in enumerate(whole):
        rest = await log_of(w, record, last.id)
        assert all(each.id > last.id for each in rest)
        said = "".join(pieces(whole[: place + 1]) + pieces(rest))
        assert said in ("It is sunny.", "".join(pieces(whole[: place + 1])))
        assert [each for each in rest if not isinstance(each.event, StepProgressed)] == [
            each for each in whole[place + 1 :] if not isinstance(each.event, StepProgressed)
        ]


async def test_what_a_cancelled_turn_had_said_is_told_at_its_end_also_when_its_deltas_are_gone(
    world: MakeWorld,
) -> None:
    store = MemoryStore(is_shared=True)
    w = await world(Reply("Half an ", asyncio.Event()), store=store)
    record = await w.start()
    async with within():
        async for batch in w.turns.follow(OWNER, record.turn_id):
            if pieces(batch):
                break
        turn = await w.cancel(record.turn_id)
    await keeping(w, hours=0, now=1).drop()
    other = await world(store=store)
    last = (await log_of(other, record))[-1].id
    assert (await other.turns.turn_at(OWNER, record.turn_id, last)) == turn
    assert turn.output_message.content == "Half an "


class Backlog(MemoryStore):
    """Has deltas of many turns to drop."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.left = turns
        self.batches: list[int] = []

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        self.batches.append(min(limit, self.left))
        self.left -= self.batches[-1]
        return self.batches[-1]


async def test_all_that_is_old_enough_goes_in_one_look_but_not_in_one_transaction() -> None:
    store = Backlog(450)
    assert await Retention(store, hours=24, clock=lambda: in_hours(0)).drop() == 450
    assert max(store.batches) <= 200
    assert store.left == 0


async def test_it_looks_again_after_a_look_that_failed(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(Reply("It is ", "sunny."), store=store)
    await w.turns.until_rest(record := await w.start())
    store.refused["drop_deltas"] = 2
    keeper = Retention(store, hours=0, clock=lambda: in_hours(1), look_every=0.001)
    keeper.start()

    async def has_dropped() -> bool:
        return pieces(await log_of(w, record)) == ["It is sunny."]

    await until(has_dropped)
    await keeper.stop()
    assert store.refused["drop_deltas"] == 0
