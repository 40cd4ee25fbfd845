"""What every store does with news for readers, and with the deltas of turns that ended long ago."""

from typing import Any

from tertulia.domain.events import EventId, StepCompleted, StepProgressed
from tertulia.store.base import Store
from tertulia.store.log import Watched
from tests.store.values import (
    ANA,
    BEN,
    NODE,
    agent,
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
    session,
)


def watched(turn_id: str, session_id: str, *after: int) -> Watched:
    n, epoch, seq = after
    return Watched(turn_id=turn_id, session_id=session_id, after=EventId(n=n, epoch=epoch, seq=seq))


async def news(store: Store, *places: Watched) -> dict[str, list[str]]:
    return {turn_id: [str(each.id) for each in new] for turn_id, new in (await store.read_news(places)).items()}


async def test_news_is_what_came_after_each_place_in_the_logs_of_any_owner(store: Store) -> None:
    await store.create_agent(BEN, agent())
    await store.create_session(BEN, session("s2"))
    one = await running(store)
    await store.accept_turn(BEN, new_turn("t2", session_id="s2"), node=NODE)
    await queued(store, "t3")
    await store.append([append(one, said(["Hel", "lo"]))])
    places = watched("t1", "s1", 1, 1, 4), watched("t2", "s2", 1, 1, 1), watched("t3", "s1", 0, 0, 0)
    assert await news(store, *places) == {"t1": ["1.1.5", "1.1.6"], "t2": ["1.1.2"], "t3": ["2.0.1"]}
    assert (await store.read_news(places))["t1"] == await store.read_events(ANA, "t1", after=places[0].after)


async def test_where_nothing_is_new_there_is_no_entry(store: Store) -> None:
    await running(store)
    await queued(store, "t2")
    assert await store.read_news([]) == {}
    places = watched("t1", "s1", 1, 1, 2), watched("t2", "s1", 2, 0, 1), watched("t9", "s9", 1, 1, 1)
    assert await news(store, *places) == {}
    assert await news(store, watched("t1", "s1", 2, 0, 0)) == {}
    assert await news(store, watched("t1", "s1", 1, 999_999_999_999_999, 999_999_999_999_999)) == {}


async def test_news_crosses_epochs_and_the_places_that_were_lost_with_a_node(store: Store) -> None:
    await store.append([append(await running(store), said(["Hel", "lo"])[:2])])
    claim = await store.claim(ANA, "t1", node=NODE)
    assert claim is not None
    await store.append([append(claim.record, said(["Hi"]), seq=1)])
    assert await news(store, watched("t1", "s1", 1, 1, 520)) == {"t1": ["1.2.1", "1.2.2", "1.2.3"]}
    assert await news(store, watched("t1", "s1", 1, 2, 2)) == {"t1": ["1.2.3"]}
    assert len((await news(store, watched("t1", "s1", 1, 0, 7)))["t1"]) == 7


async def test_a_deleted_session_is_no_news(store: Store) -> None:
    await running(store)
    await store.delete_session(ANA, "a1", "s1")
    assert await news(store, watched("t1", "s1", 0, 0, 0)) == {}


# --- retention ---


async def ended(store: Store, turn_id: str, *, second: int, **changes: Any) -> None:
    """A turn of session s1 that said something and ended at a time."""
    record = await running(store, turn_id, **changes)
    await store.append([append(record, said(["Hel", "lo"]))])
    await store.append([completed(record, seq=7, second=second)])


async def kinds(store: Store, turn_id: str) -> list[type]:
    return [type(each.event) for each in await store.read_events(ANA, turn_id)]


async def test_old_deltas_are_dropped_and_all_else_stays_with_its_id(store: Store) -> None:
    await ended(store, "t1", second=20)
    before = await store.read_events(ANA, "t1")
    assert await store.drop_deltas(ended_before=at(21), limit=9) == 1
    after = await store.read_events(ANA, "t1")
    assert after == [each for each in before if not isinstance(each.event, StepProgressed)]
    assert [str(each.id) for each in after] == ["1.1.1", "1.1.2", "1.1.3", "1.1.6", "1.1.7"]
    assert StepCompleted in await kinds(store, "t1")
    assert [str(each.id) for each in await store.read_events(ANA, "t1", after=EventId(n=1, epoch=1, seq=4))] == [
        "1.1.6",
        "1.1.7",
    ]


async def test_a_turn_loses_its_deltas_once(store: Store) -> None:
    await ended(store, "t1", second=20)
    assert await store.drop_deltas(ended_before=at(21), limit=9) == 1
    assert await store.drop_deltas(ended_before=at(21), limit=9) == 0


async def test_turns_that_ended_later_or_not_at_all_keep_their_deltas(store: Store) -> None:
    await ended(store, "t1", second=20)
    await store.create_session(ANA, session("s2"))
    record = await running(store, "t2", session_id="s2")
    await store.append([append(record, said(["Hi"]))])
    await store.append([awaiting(record, seq=6)])
    assert await store.drop_deltas(ended_before=at(20), limit=9) == 0
    assert StepProgressed in await kinds(store, "t1")
    assert await store.drop_deltas(ended_before=at(9999), limit=9) == 1
    assert StepProgressed in await kinds(store, "t2")


async def test_a_turn_that_went_on_after_a_rest_is_not_forgotten(store: Store) -> None:
    record = await running(store)
    await store.append([append(record, said(["Hi"]))])
    await store.append([awaiting(record, seq=6)])
    claim = await store.claim(ANA, "t1", node=NODE)
    assert claim is not None
    await store.append([resumed(claim.record)])
    await store.append([completed(claim.record, seq=2, second=30)])
    assert await store.drop_deltas(ended_before=at(31), limit=9) == 1
    assert StepProgressed not in await kinds(store, "t1")


async def test_turns_without_deltas_do_not_count(store: Store) -> None:
    await store.append([cancelled(await running(store))])
    assert await store.drop_deltas(ended_before=at(99), limit=9) == 0


async def test_deltas_are_dropped_some_turns_at_a_time_until_none_is_left(store: Store) -> None:
    for number in range(1, 6):
        await ended(store, f"t{number}", second=20 + number)
    await store.append([cancelled(await running(store, "t6"))])
    assert [await store.drop_deltas(ended_before=at(25), limit=3) for _ in range(3)] == [3, 1, 0]
    left = [StepProgressed in await kinds(store, f"t{number}") for number in range(1, 6)]
    assert left == [False, False, False, False, True]
