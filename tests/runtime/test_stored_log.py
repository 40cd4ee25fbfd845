"""Long logs are read in pages, and their readers notice nothing of it."""

from collections.abc import AsyncIterator

import pytest

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.events import EventId, LoggedEvent, RestEvent, StepProgressed
from tertulia.engine.turn import replay
from tertulia.runtime.stored_log import PAGE, StoredLog
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.store.values import (
    ANA,
    NODE,
    agent,
    append,
    at,
    awaiting,
    cancelled,
    completed,
    resumed,
    running,
    said,
    session,
)

PIECES = 2 * PAGE + 7
IS_LONG = ["word "] * PIECES


class PagedStore(MemoryStore):
    """A store of which nobody asks for a whole log."""

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        assert limit is not None
        return await super().read_events(owner, turn_id, after=after, limit=limit)

    async def whole(self) -> list[LoggedEvent]:
        return await super().read_events(ANA, "t1")


@pytest.fixture
async def store() -> AsyncIterator[PagedStore]:
    store = PagedStore()
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    yield store
    await store.close()


async def ended(store: PagedStore) -> TurnRecord:
    record = await running(store)
    await store.append([completed(record, before=said(IS_LONG))])
    return record


async def told(store: PagedStore, after: EventId | None = None) -> list[list[LoggedEvent]]:
    return [page async for page in StoredLog(store, ANA, "t1").told(after)]


def pieces(events: list[LoggedEvent]) -> int:
    return sum(isinstance(logged.event, StepProgressed) for logged in events)


async def test_a_reader_gets_all_of_a_long_log_and_never_much_of_it_at_once(store: PagedStore) -> None:
    await ended(store)
    pages = await told(store)
    assert [logged for page in pages for logged in page] == await store.whole()
    assert max(len(page) for page in pages) <= PAGE + 1
    assert len(pages) > 2


@pytest.mark.parametrize("seq", [1, PAGE - 1, PAGE, PAGE + 1, PIECES])
async def test_a_reader_that_comes_back_gets_what_it_has_seen_last_and_the_rest(store: PagedStore, seq: int) -> None:
    await ended(store)
    seen = EventId(n=1, epoch=1, seq=seq)
    rest = [logged for page in await told(store, seen) for logged in page]
    assert rest == [logged for logged in await store.whole() if logged.id >= seen]


async def test_a_rest_in_the_middle_of_a_log_is_not_taken_for_its_end_wherever_a_page_ends(store: PagedStore) -> None:
    record = await running(store)
    waits = awaiting(record, seq=PAGE)
    await store.append([append(record, said(["word "] * (PAGE - 5)))])
    await store.append([waits])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([resumed(claimed.record), completed(claimed.record, seq=2, second=40)])
    pages = await told(store)
    assert [logged for page in pages for logged in page] == await store.whole()
    assert [isinstance(page[-1].event, RestEvent) for page in pages] == [False, False, True]


async def test_a_turn_that_waited_and_was_cancelled_is_told_to_its_end(store: PagedStore) -> None:
    record = await running(store)
    await store.append([awaiting(record)])
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([cancelled(claimed.record, seq=1, second=30)])
    pages = await told(store)
    assert [logged for page in pages for logged in page] == await store.whole()
    assert [isinstance(page[-1].event, RestEvent) for page in pages] == [False, True]


async def test_what_is_dropped_while_it_is_read_is_not_told_again(store: PagedStore) -> None:
    await ended(store)
    log = StoredLog(store, ANA, "t1").told(None)
    first = await anext(log)
    assert await store.drop_deltas(ended_before=at(3000), limit=9) == 1
    rest = [logged async for page in log for logged in page]
    assert (pieces(first), pieces(rest)) == (PAGE - 3, 0)
    assert [logged.id for logged in [*first, *rest]] == sorted({logged.id for logged in [*first, *rest]})


async def test_what_was_dropped_before_is_told_in_one_piece(store: PagedStore) -> None:
    await ended(store)
    await store.drop_deltas(ended_before=at(3000), limit=9)
    assert [pieces(page) for page in await told(store)] == [1, 0]


async def test_who_knows_of_more_than_there_is_hears_that_the_turn_rests(store: PagedStore) -> None:
    await ended(store)
    assert await told(store, EventId(n=1, epoch=7, seq=1)) == [[]]


async def test_of_a_turn_that_runs_the_same_reader_hears_nothing(store: PagedStore) -> None:
    await running(store)
    assert await told(store, EventId(n=1, epoch=7, seq=1)) == []


async def test_its_state_is_that_of_the_whole_and_of_each_part(store: PagedStore) -> None:
    await ended(store)
    whole = await store.whole()
    for place in (1, PAGE, len(whole)):
        assert await StoredLog(store, ANA, "t1").state(whole[place - 1].id) == replay(whole[:place])


async def test_a_log_that_is_not_there_is_not_found(store: PagedStore) -> None:
    with pytest.raises(TurnNotFound):
        await StoredLog(store, ANA, "t9").state()
