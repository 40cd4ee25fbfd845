"""What every store does with files: who sees them, who uses them, and when they and their blobs may go."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.errors import FileNotFound, InvalidCursor, SessionNotFound, StorageUnavailable, TurnNotFound
from tertulia.domain.paging import Order
from tertulia.store.base import Store
from tests.store.files import file, hash_of, reserved, uploaded
from tests.store.values import ANA, BEN, NODE, agent, at, new_turn, session

LATE = at(5_000)


async def ids(store: Store, owner: str = ANA, **which: Any) -> list[str]:
    page = await store.list_files(owner, **{"order": "asc", "limit": 50, **which})
    return [each.info.file_id for each in page.items]


async def use(store: Store, *file_ids: str, turn_id: str = "t1", session_id: str = "s1") -> None:
    await store.accept_turn(ANA, new_turn(turn_id, session_id=session_id, used_files=list(file_ids)), node=NODE)


async def cleared(store: Store, *, before: str = LATE) -> list[str]:
    """Clear all that may go now; return the blobs of it."""
    while await store.drop_unused_files(uploaded_before=before, limit=2):
        pass
    gone: list[str] = []
    while condemned := await store.condemn_blobs(seconds=60, limit=2):
        await store.forget_blobs(condemned)
        gone += condemned
    return sorted(gone)


async def test_a_file_comes_back_as_it_was_added(store: Store) -> None:
    made = await uploaded(store, purpose="assistants")
    assert await store.get_file(ANA, "f1") == made


async def test_what_is_someone_elses_is_not_there(store: Store) -> None:
    await uploaded(store)
    for ask in (store.get_file, store.delete_file):
        with pytest.raises(FileNotFound):
            await ask(BEN, "f1")
    assert await ids(store, BEN) == []
    assert await ids(store) == ["f1"]


async def test_two_owners_may_have_the_same_bytes_under_the_same_id(store: Store) -> None:
    await uploaded(store)
    await uploaded(store, owner=BEN)
    await store.delete_file(ANA, "f1")
    assert await cleared(store, before=at(0)) == []
    assert (await store.get_file(BEN, "f1")).info.sha256 == hash_of("hello")


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_files_are_listed_by_age_a_page_at_a_time(store: Store, order: Order) -> None:
    for place, file_id in enumerate(["c", "a", "b", "d"]):
        await uploaded(store, file_id, file_id, created_at=at(place // 2))
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.list_files(ANA, order=order, limit=3, cursor=cursor)
        found += [each.info.file_id for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == (["a", "c", "b", "d"] if order == "asc" else ["d", "b", "c", "a"])


async def test_files_of_one_purpose_can_be_listed_alone(store: Store) -> None:
    await uploaded(store, "f1", purpose="batch")
    await uploaded(store, "f2", purpose="assistants")
    assert await ids(store, purpose="batch") == ["f1"]


async def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    with pytest.raises(InvalidCursor):
        await store.list_files(ANA, order="asc", limit=3, cursor="bm9uc2Vuc2U")


async def test_a_turn_brings_files_that_are_not_listed(store: Store) -> None:
    brought = await reserved(store, file(is_listed=False))
    await store.accept_turn(ANA, new_turn("t1", new_files=[brought]), node=NODE)
    assert await store.get_file(ANA, "f1") == brought
    assert await ids(store) == []
    assert await cleared(store) == []


async def test_a_turn_that_uses_what_is_not_there_is_not_taken_on(store: Store) -> None:
    await uploaded(store, owner=BEN)
    brought = await reserved(store, file("f2", "other"))
    with pytest.raises(FileNotFound, match="f1"):
        await store.accept_turn(ANA, new_turn("t1", used_files=["f1"], new_files=[brought]), node=NODE)
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 0
    with pytest.raises(FileNotFound):
        await store.get_file(ANA, "f2")


async def test_a_repeated_request_brings_its_files_once(store: Store) -> None:
    for file_id in ("f1", "f2"):
        brought = await reserved(store, file(file_id))
        repeated = new_turn(
            "t1" if file_id == "f1" else "t2", idempotency_key="k", request_hash="h", new_files=[brought]
        )
        await store.accept_turn(ANA, repeated, node=NODE)
    await store.get_file(ANA, "f1")
    with pytest.raises(FileNotFound):
        await store.get_file(ANA, "f2")


async def test_a_tool_adds_files_to_its_turn(store: Store) -> None:
    await store.accept_turn(ANA, new_turn("t1"), node=NODE)
    made = await reserved(store, file(is_listed=False))
    await store.add_files_of_turn(ANA, "t1", [made])
    assert await cleared(store) == []
    await store.delete_session(ANA, "a1", "s1")
    assert await cleared(store) == [hash_of("hello")]
    with pytest.raises(TurnNotFound):
        await store.add_files_of_turn(ANA, "t1", [await reserved(store, file("f2"))])
    with pytest.raises(TurnNotFound):
        await store.add_files_of_turn(BEN, "t1", [file("f2")])


async def test_an_upload_that_nobody_uses_goes_after_a_time(store: Store) -> None:
    await uploaded(store, "old", "old", created_at=at(10))
    await uploaded(store, "new", "new", created_at=at(20))
    assert await cleared(store, before=at(20)) == [hash_of("old")]
    assert await ids(store) == ["new"]


async def test_what_a_turn_uses_stays_however_old_it_is(store: Store) -> None:
    await uploaded(store)
    await use(store, "f1")
    assert await cleared(store) == []
    assert await ids(store) == ["f1"]


async def test_a_deleted_file_is_gone_at_once(store: Store) -> None:
    await uploaded(store)
    await store.delete_file(ANA, "f1")
    with pytest.raises(FileNotFound):
        await store.get_file(ANA, "f1")
    assert await cleared(store, before=at(0)) == [hash_of("hello")]


async def test_a_deleted_file_that_a_turn_uses_is_kept_for_it_but_not_listed(store: Store) -> None:
    await uploaded(store)
    await use(store, "f1")
    await store.delete_file(ANA, "f1")
    assert await ids(store) == []
    assert await cleared(store) == []
    assert not (await store.get_file(ANA, "f1")).is_listed
    await store.delete_session(ANA, "a1", "s1")
    assert await cleared(store, before=at(0)) == [hash_of("hello")]


async def test_files_go_with_their_session_unless_others_use_them(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    for file_id in ("alone", "shared"):
        await uploaded(store, file_id, file_id)
    await use(store, "alone", "shared")
    await use(store, "shared", turn_id="t2", session_id="s2")
    await store.delete_session(ANA, "a1", "s1")
    assert await cleared(store, before=at(0)) == [hash_of("alone")]
    assert await ids(store) == ["shared"]
    await store.delete_session(ANA, "a1", "s2")
    assert await cleared(store, before=at(0)) == [hash_of("shared")]


async def test_files_go_with_their_agent(store: Store) -> None:
    await store.create_agent(ANA, agent("a2"))
    await store.create_session(ANA, session("s2", agent_id="a2"))
    for file_id in ("mine", "others"):
        await uploaded(store, file_id, file_id)
    await use(store, "mine")
    await store.accept_turn(ANA, new_turn("t2", session_id="s2", agent_id="a2", used_files=["others"]), node=NODE)
    await store.delete_agent(ANA, "a1")
    assert await cleared(store, before=at(0)) == [hash_of("mine")]
    assert await ids(store) == ["others"]


async def test_with_the_wrong_agent_nothing_of_a_session_is_let_go(store: Store) -> None:
    await uploaded(store)
    await use(store, "f1")
    with pytest.raises(SessionNotFound):
        await store.delete_session(ANA, "a2", "s1")
    assert await cleared(store) == []


async def test_a_blob_goes_with_the_last_of_its_files(store: Store) -> None:
    for file_id in ("f1", "f2"):
        await uploaded(store, file_id, "the same")
    await store.delete_file(ANA, "f1")
    assert await cleared(store, before=at(0)) == []
    await store.delete_file(ANA, "f2")
    assert await cleared(store, before=at(0)) == [hash_of("the same")]


async def test_a_reserved_blob_is_nobodys_to_delete(store: Store) -> None:
    await reserved(store, file())
    assert await cleared(store) == []


async def test_a_reservation_runs_out(store: Store) -> None:
    await store.reserve_blob(hash_of("left behind"), size=9, seconds=0)
    assert await cleared(store) == [hash_of("left behind")]


async def test_a_blob_that_is_being_deleted_cannot_be_reserved_before_it_is_forgotten(store: Store) -> None:
    await store.reserve_blob(hash_of("hello"), size=5, seconds=0)
    assert await store.condemn_blobs(seconds=60, limit=9) == [hash_of("hello")]
    assert not await store.reserve_blob(hash_of("hello"), size=5, seconds=60)
    assert await store.condemn_blobs(seconds=60, limit=9) == []
    await store.forget_blobs([hash_of("hello")])
    assert await store.reserve_blob(hash_of("hello"), size=5, seconds=60)


async def test_whoever_was_to_delete_a_blob_and_died_holds_nobody_up(store: Store) -> None:
    await store.reserve_blob(hash_of("hello"), size=5, seconds=0)
    assert await store.condemn_blobs(seconds=0, limit=9) == [hash_of("hello")]
    assert await store.condemn_blobs(seconds=0, limit=9) == [hash_of("hello")]
    assert await store.reserve_blob(hash_of("hello"), size=5, seconds=60)
    await store.forget_blobs([hash_of("hello")])  # by the one that was thought to be dead
    await store.add_file(ANA, file())


async def test_a_file_whose_blob_was_condemned_meanwhile_is_refused(store: Store) -> None:
    await store.reserve_blob(hash_of("hello"), size=5, seconds=0)
    await store.condemn_blobs(seconds=60, limit=9)
    with pytest.raises(StorageUnavailable):
        await store.add_file(ANA, file())
    with pytest.raises(StorageUnavailable):
        await store.accept_turn(ANA, new_turn("t1", new_files=[file()]), node=NODE)
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 0


async def test_while_files_come_and_go_no_blob_of_a_file_is_condemned(store: Store) -> None:
    """The race that matters: bytes that were just let go come again."""

    async def add(file_id: str) -> None:
        while not await store.reserve_blob(hash_of("same"), size=4, seconds=60):
            pass  # it is being deleted
        await store.add_file(ANA, file(file_id, "same"))

    async def bring(number: int) -> None:
        await add(f"f{number}")
        await store.delete_file(ANA, f"f{number}")
        await add(f"g{number}")

    async def clear() -> None:
        for _ in range(20):
            condemned = await store.condemn_blobs(seconds=60, limit=9)
            assert not condemned or not await ids(store), "somebody has a file of it"
            await store.forget_blobs(condemned)

    await asyncio.gather(*(bring(number) for number in range(5)), clear())
    assert await ids(store) == [f"g{number}" for number in range(5)]
    assert await cleared(store) == [hash_of("same")]
