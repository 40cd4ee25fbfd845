"""What every store says of turns: each by its path, in pages, between others, and as history."""

import msgspec
import pytest
from msgspec.structs import replace

from tertulia.domain.errors import (
    InvalidCursor,
    TurnNotFound,
)
from tertulia.domain.events import LoggedEvent
from tertulia.domain.messages import UserMessage
from tertulia.domain.paging import MAX_BYTES, Order
from tertulia.store.base import Store
from tests.store.values import (
    ANA,
    NODE,
    append,
    awaiting,
    cancelled,
    completed,
    resumed,
    running,
    said,
    session,
)


async def test_a_turn_is_read_by_its_whole_path(store: Store) -> None:
    await running(store)
    await store.create_session(ANA, session("s2"))
    for path in [("a1", "s2", "t1"), ("a2", "s1", "t1"), ("a1", "s1", "t2")]:
        with pytest.raises(TurnNotFound):
            await store.get_turn(ANA, *path)


async def five_turns(store: Store) -> None:
    for n in range(1, 6):
        await store.append([completed(await running(store, f"t{n}"))])


async def listed(store: Store, *, order: Order = "asc", limit: int = 9, **span: str) -> list[int]:
    page = await store.list_turns(ANA, "s1", order=order, limit=limit, **span)
    return [stored.record.n for stored in page.items]


async def test_turns_are_listed_by_number(store: Store) -> None:
    await five_turns(store)
    assert await listed(store) == [1, 2, 3, 4, 5]
    assert await listed(store, order="desc", limit=2) == [5, 4]
    assert await listed(store, limit=999) == [1, 2, 3, 4, 5]
    assert await listed(store, before="t4") == [1, 2, 3]
    assert await listed(store, after="t4") == [5]
    assert await listed(store, after="t1", before="t5", order="desc") == [4, 3, 2]
    assert await listed(store, after="t5") == []


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_of_turns_neither_skip_nor_repeat(store: Store, order: Order) -> None:
    await five_turns(store)
    seen: list[int] = []
    cursor = None
    for extra in range(6, 9):
        page = await store.list_turns(ANA, "s1", order=order, limit=2, cursor=cursor, after="t1")
        seen += [stored.record.n for stored in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        if order == "desc":
            await store.append([completed(await running(store, f"t{extra}"))])
    assert seen == ([2, 3, 4, 5] if order == "asc" else [5, 4, 3, 2])


async def large_turns(store: Store, *millions: int) -> None:
    """Let turns rest that have so many millions of characters each."""
    for n, count in enumerate(millions, start=1):
        record = await running(store, f"t{n}")
        words = "x" * (count * 1_000_000)
        end = completed(record)
        assert end.turn is not None
        await store.append([replace(end, turn=replace(end.turn, input_messages=[UserMessage(content=words)]))])


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_page_of_large_turns_ends_early_and_leads_on(store: Store, order: Order) -> None:
    await large_turns(store, 3, 3, 3, 9, 1)
    pages: list[list[int]] = []
    cursor = None
    while not pages or cursor is not None:
        page = await store.list_turns(ANA, "s1", order=order, limit=9, cursor=cursor)
        pages.append([stored.record.n for stored in page.items])
        cursor = page.next_cursor
    assert pages == ([[1, 2], [3], [4], [5]] if order == "asc" else [[5], [4], [3, 2], [1]])


async def test_the_turns_of_all_branches_come_by_their_bytes_too(store: Store) -> None:
    await large_turns(store, 3, 3, 3)
    await store.fork_session(ANA, "s1", session("s2"), turn_id="t3")
    for session_id in ("s1", "s2"):
        assert [each.record.n for each in await store.list_tree(ANA, session_id, limit=9)] == [1, 2]
        assert [each.record.n for each in await store.list_tree(ANA, session_id, limit=9, after_n=2)] == [3]


async def test_a_page_of_a_log_with_large_events_ends_early_and_leads_on(store: Store) -> None:
    record = await running(store)
    for part in range(3):
        words = "x" * 2_000_000  # they are there as deltas, and in what their step came to
        await store.append([append(record, said([words], f"step{part}"), seq=3 + 3 * part)])
    pages: list[list[LoggedEvent]] = []
    while page := await store.read_events(ANA, "t1", after=pages[-1][-1].id if pages else None, limit=256):
        pages.append(page)
    assert [logged for page in pages for logged in page] == await store.read_events(ANA, "t1")
    assert len(pages) > 1
    assert max(len(msgspec.json.encode(page)) for page in pages) < MAX_BYTES + 1_000


async def test_a_list_between_turns_that_are_not_there_is_refused(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    await running(store)
    with pytest.raises(TurnNotFound):
        await listed(store, before="t9")
    with pytest.raises(TurnNotFound):
        await store.list_turns(ANA, "s2", order="asc", limit=9, after="t1")


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "Wy0xXQ", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd"])
async def test_a_cursor_that_we_did_not_make_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await store.list_turns(ANA, "s1", order="asc", limit=9, cursor=cursor)


async def test_a_turn_is_kept_as_the_json_of_its_projection_while_it_rests(store: Store) -> None:
    record = await running(store)
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).turn is None
    rest = awaiting(record)
    await store.append([rest])
    stored = await store.get_turn(ANA, "a1", "s1", "t1")
    assert stored.record.status == "awaiting_input"
    assert stored.turn == msgspec.Raw(msgspec.json.encode(rest.turn))
    assert (await store.list_turns(ANA, "s1", order="asc", limit=1)).items == [stored]
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([resumed(claimed.record)])
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).turn is None


async def test_history_is_the_turns_that_have_ended(store: Store) -> None:
    ends = [completed(await running(store, "t1"))]
    await store.append(ends)
    for turn_id, end in [("t2", cancelled), ("t3", completed)]:
        ends.append(end(await running(store, turn_id)))
        await store.append(ends[-1:])
    await running(store, "t4")
    assert await store.list_history(ANA, "t4", limit=9) == [end.turn for end in reversed(ends)]
    assert [turn.n for turn in await store.list_history(ANA, "t4", limit=1, before_n=3)] == [2]
    assert [turn.n for turn in await store.list_history(ANA, "t2", limit=9)] == [2, 1]
    assert await store.list_history(ANA, "t9", limit=9) == []
