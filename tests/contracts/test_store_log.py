"""What every store does with logs: events in order, under the fence of their turn, all of an append or nothing."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import Conflict, TurnNotFound
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, StepRestarted, TurnCompleted, TurnEvent
from tertulia.store.base import Store
from tertulia.store.log import Append, Appended
from tertulia.store.turns import TurnRecord
from tests.store.values import ANA, NODE, append, at, awaiting, completed, logged, resumed, running, said, session


def ids(events: Sequence[LoggedEvent]) -> list[str]:
    return [str(each.id) for each in events]


async def test_a_log_is_read_back_as_it_was_written(store: Store) -> None:
    record = await running(store)
    events = logged(record, said(["Hel", "lo", "!"]))
    assert await store.append([append(record, said(["Hel", "lo", "!"]))]) == Appended()
    assert (await store.read_events(ANA, "t1"))[2:] == events


async def test_a_log_grows_at_its_end(store: Store) -> None:
    record = await running(store)
    events = said(["Hel", "lo"])
    for place, event in enumerate(events, start=3):
        await store.append([append(record, [event], seq=place)])
    await store.append([completed(record, seq=7)])
    assert ids(await store.read_events(ANA, "t1")) == ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "1.1.7"]


async def test_numbers_may_jump(store: Store) -> None:
    await running(store)
    delta = StepProgressed(step_id="step", step_type="inference", delta=TextDelta(text="x"))
    events = [
        LoggedEvent(
            id=EventId(n=1, epoch=1, seq=seq),
            event=delta if seq % 4 else StepRestarted(step_id="step", epoch=1, at=at(1)),
        )
        for seq in (3, 4, 5, 9, 10, 12, 13)
    ]
    await store.append([Append(owner=ANA, turn_id="t1", epoch=1, events=events)])
    assert (await store.read_events(ANA, "t1"))[2:] == events


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ((1, 1, 1), ["1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "1.2.1"]),
        ((1, 1, 4), ["1.1.5", "1.1.6", "1.2.1"]),  # in the middle of a run of deltas
        ((1, 1, 520), ["1.2.1"]),  # seen before a crash, never written
        ((1, 2, 1), []),
        ((1, 7, 1), []),
        ((0, 9, 9), ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "1.2.1"]),
        ((2, 0, 1), []),
    ],
)
async def test_a_reader_goes_on_after_any_id(store: Store, after: tuple[int, int, int], expected: list[str]) -> None:
    record = await running(store)
    await store.append([append(record, said(["Hel", "lo", "!"])[:4])])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([append(claimed.record, [StepRestarted(step_id="step", epoch=2, at=at(15))], seq=1)])
    n, epoch, seq = after
    assert ids(await store.read_events(ANA, "t1", after=EventId(n=n, epoch=epoch, seq=seq))) == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize("seq", [0, 1, 4])
async def test_a_log_can_be_read_in_pages(store: Store, limit: int, seq: int) -> None:
    record = await running(store)
    await store.append([append(record, said(["Hel", "lo", "!"])[:4])])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([append(claimed.record, [StepRestarted(step_id="step", epoch=2, at=at(15))], seq=1)])
    after = EventId(n=1, epoch=1, seq=seq)
    whole = await store.read_events(ANA, "t1", after=after)
    read: list[LoggedEvent] = []
    while page := await store.read_events(ANA, "t1", after=after, limit=limit):
        assert len(page) <= limit
        read += page
        after = page[-1].id
    assert read == whole != []


async def test_the_log_of_a_turn_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(TurnNotFound):
        await store.read_events(ANA, "t9")


async def test_an_append_under_an_old_epoch_changes_nothing_and_is_reported(store: Store) -> None:
    zombie = await running(store)
    await store.claim(ANA, "t1", node=NODE)
    before = await store.read_events(ANA, "t1")
    assert (await store.append([completed(zombie)])).lost == {"t1"}
    assert await store.read_events(ANA, "t1") == before
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "running"
    assert (await store.get_session(ANA, "a1", "s1")).status == "running"


async def test_an_epoch_that_is_yet_to_come_is_lost_too(store: Store) -> None:
    record = replace(await running(store), epoch=2)
    assert (await store.append([completed(record)])).lost == {"t1"}


async def test_lost_appends_do_not_spoil_the_others(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    zombie, alive = await running(store, "t1"), await running(store, "t2", session_id="s2")
    await store.claim(ANA, "t1", node=NODE)
    gone = replace(alive, turn_id="t9")
    assert (await store.append([completed(zombie), completed(alive), completed(gone)])).lost == {"t1", "t9"}
    assert (await store.get_turn(ANA, "a1", "s2", "t2")).record.status == "completed"
    assert len(await store.read_events(ANA, "t2")) == 3


async def test_a_turn_that_has_ended_takes_no_more_events(store: Store) -> None:
    record = await running(store)
    await store.append([completed(record)])
    assert (await store.append([append(record, said(["Hi"]), seq=4)])).lost == {"t1"}
    assert (await store.append([completed(record, seq=4)])).lost == {"t1"}
    assert len(await store.read_events(ANA, "t1")) == 3


async def test_one_call_may_add_to_one_turn_more_than_once(store: Store) -> None:
    record = await running(store)
    first, end = append(record, said(["Hi"])), completed(record, seq=6)
    assert await store.append([first, end]) == Appended()
    assert ids(await store.read_events(ANA, "t1")) == ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6"]


async def test_of_many_writers_with_one_epoch_exactly_one_wins(store: Store) -> None:
    record = await running(store)
    outcomes = await asyncio.gather(
        *(store.append([append(record, said([f"{i}"]))]) for i in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert len(await store.read_events(ANA, "t1")) == 5


async def test_a_turn_ends_once_however_many_end_it(store: Store) -> None:
    record = await running(store)
    outcomes = await asyncio.gather(*(store.append([completed(record)]) for _ in range(8)))
    assert outcomes.count(Appended()) == 1
    assert outcomes.count(Appended(lost=frozenset({"t1"}))) == 7
    assert len(await store.read_events(ANA, "t1")) == 3


async def test_appending_nothing_is_fine(store: Store) -> None:
    record = await running(store)
    assert await store.append([]) == Appended()
    assert await store.append([append(record, [])]) == Appended()


@pytest.mark.parametrize("case", ["rests without its turn", "has a turn but does not rest", "goes on after its rest"])
async def test_a_projection_that_does_not_belong_to_its_events_is_a_bug(store: Store, case: str) -> None:
    record = await running(store)
    await store.append([awaiting(record)])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    before = await store.get_turn(ANA, "a1", "s1", "t1")
    with pytest.raises(ValueError, match="if, and only if"):
        await store.append([wrong(claimed.record, case)])
    assert await store.get_turn(ANA, "a1", "s1", "t1") == before
    assert ids(await store.read_events(ANA, "t1")) == ["1.1.1", "1.1.2", "1.1.3"]


def wrong(record: TurnRecord, case: str) -> Append:
    right = completed(record, seq=1)
    end: TurnEvent = TurnCompleted(stop_reason="end_of_turn", at=at(30))
    return {
        "rests without its turn": replace(right, turn=None),
        "has a turn but does not rest": replace(right, events=logged(record, said(["Hi"]), seq=1)),
        "goes on after its rest": replace(right, events=logged(record, [end, resumed(record).events[0].event], seq=1)),
    }[case]
