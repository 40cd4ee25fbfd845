"""What every store does with sessions in the trash: nobody sees them, all of them comes back, or goes for good."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.domain.errors import Conflict, FileNotFound, NotFound, SessionNotFound, TurnNotFound
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.store.base import Store
from tests.store.files import file, hash_of, reserved
from tests.store.values import ANA, BEN, NODE, agent, at, completed, history, new_turn, running, said, session, share

BEFORE_THE_END = at(9_999)

ASKED: dict[str, tuple[Callable[[Store], Awaitable[Any]], Any]] = {
    "get_session": (lambda s: s.get_session(ANA, "a1", "s1"), SessionNotFound),
    "list_sessions": (lambda s: _items(s.list_sessions(ANA, SessionFilter(agent_id="a1"), order="asc", limit=9)), []),
    "update_session": (
        lambda s: s.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=True), at=at(50)),
        SessionNotFound,
    ),
    "name_session": (lambda s: s.name_session(ANA, "s1", name="Mine", source="model"), False),
    "delete_session": (lambda s: s.delete_session(ANA, "a1", "s1"), SessionNotFound),
    "trash_session": (lambda s: s.trash_session(ANA, "a1", "s1", at=at(50)), SessionNotFound),
    "create_session": (lambda s: s.create_session(ANA, session("s1"), request_hash="h"), Conflict),
    "import_session": (lambda s: s.import_session(ANA, session("s1"), []), Conflict),
    "accept_turn": (lambda s: s.accept_turn(ANA, new_turn("t9"), node=NODE), SessionNotFound),
    "claim_next": (lambda s: s.claim_next(ANA, "s1", at=at(50), node=NODE), None),
    "read_events": (lambda s: s.read_events(ANA, "t1"), TurnNotFound),
    "get_turn": (lambda s: s.get_turn(ANA, "a1", "s1", "t1"), TurnNotFound),
    "list_turns": (lambda s: _items(s.list_turns(ANA, "s1", order="asc", limit=9)), []),
    "list_turns after a turn": (lambda s: s.list_turns(ANA, "s1", order="asc", limit=9, after="t1"), TurnNotFound),
    "list_history": (lambda s: s.list_history(ANA, "t1", limit=9), []),
    "list_tree": (lambda s: s.list_tree(ANA, "s1", limit=9), []),
    "list_unfinished": (lambda s: s.list_unfinished(ANA, "s1"), []),
    "search": (lambda s: _items(s.search(ANA, SearchFilter(query=parse_query("hi")), limit=9)), []),
    "fork_session": (lambda s: s.fork_session(ANA, "s1", session("s2"), turn_id="t1"), SessionNotFound),
    "delete_branch": (lambda s: s.delete_branch(ANA, "a1", "s1", "t1"), SessionNotFound),
    "create_share": (lambda s: s.create_share(ANA, share("l9"), token_hash="h9"), SessionNotFound),
    "list_shares": (lambda s: _items(s.list_shares(ANA, limit=9)), []),
    "request_cancel": (lambda s: s.request_cancel(ANA, "t1"), TurnNotFound),
    "add_files_of_turn": (lambda s: s.add_files_of_turn(ANA, "t1", []), TurnNotFound),
}


async def _items(page: Awaitable[Any]) -> list[Any]:
    return (await page).items


@pytest.fixture
async def trashed(store: Store) -> Store:
    """The store, whose session s1 has a turn with a file and is in the trash."""
    brought = await reserved(store, file(is_listed=False))
    record = await running(store, new_files=[brought])
    await store.append([completed(record, before=said(["Hi"]))])
    await store.create_share(ANA, share(), token_hash="h1")
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    return store


@pytest.mark.parametrize("method", ASKED)
async def test_what_is_in_the_trash_is_not_there(trashed: Store, method: str) -> None:
    ask, expected = ASKED[method]
    if isinstance(expected, type) and issubclass(expected, Exception):
        with pytest.raises(expected):
            await ask(trashed)
    else:
        assert await ask(trashed) == expected


async def test_what_is_taken_out_is_as_it_was(store: Store) -> None:
    record = await running(store)
    await store.append([completed(record)])
    before = await store.get_session(ANA, "a1", "s1")
    events = await store.read_events(ANA, "t1")
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    assert await store.restore_session(ANA, "s1") == before
    assert await store.get_session(ANA, "a1", "s1") == before
    assert await store.read_events(ANA, "t1") == events
    assert (await store.list_trash(ANA, limit=9)).items == []
    accepted = await store.accept_turn(ANA, new_turn("t2", at=at(60)), node=NODE)
    assert accepted.record.n == 2


async def test_the_trash_is_listed_by_the_time_of_deletion_a_page_at_a_time(store: Store) -> None:
    for place, session_id in enumerate(["x", "b", "a", "c"]):
        await store.create_session(ANA, session(session_id))
        await store.trash_session(ANA, "a1", session_id, at=at(40 + place // 2))
    found: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        page = await store.list_trash(ANA, limit=3, cursor=cursor)
        found += [(each.session.session_id, each.deleted_at) for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == [("c", at(41)), ("a", at(41)), ("x", at(40)), ("b", at(40))]


async def test_it_is_its_owner_s_alone(trashed: Store) -> None:
    await trashed.create_agent(BEN, agent())
    assert (await trashed.list_trash(BEN, limit=9)).items == []
    for ask in (trashed.restore_session, trashed.purge_session):
        with pytest.raises(SessionNotFound):
            await ask(BEN, "s1")
    with pytest.raises(SessionNotFound):
        await trashed.trash_session(BEN, "a1", "s1", at=at(50))


async def test_what_is_not_in_the_trash_is_neither_taken_out_nor_purged(store: Store) -> None:
    for ask in (store.restore_session, store.purge_session):
        with pytest.raises(SessionNotFound):
            await ask(ANA, "s1")
    assert await store.purge_trash(deleted_before=BEFORE_THE_END, limit=9) == 0
    await store.get_session(ANA, "a1", "s1")


async def test_a_file_of_the_trash_stays_until_that_is_purged(trashed: Store) -> None:
    while await trashed.drop_unused_files(uploaded_before=BEFORE_THE_END, limit=9):
        pass
    assert await trashed.condemn_blobs(seconds=60, limit=9) == []
    await trashed.purge_session(ANA, "s1")
    assert await trashed.drop_unused_files(uploaded_before=BEFORE_THE_END, limit=9) == 1
    assert await trashed.condemn_blobs(seconds=60, limit=9) == [hash_of("hello")]
    for ask in (trashed.get_file(ANA, "f1"), trashed.restore_session(ANA, "s1")):
        with pytest.raises(NotFound):
            await ask
    with pytest.raises(FileNotFound):
        await trashed.get_file(ANA, "f1")


async def test_what_has_been_there_for_long_is_purged_some_at_a_time(store: Store) -> None:
    for place in range(5):
        await store.create_session(ANA, session(f"x{place}"))
        await store.trash_session(ANA, "a1", f"x{place}", at=at(40 + place))
    purged = [await store.purge_trash(deleted_before=at(43), limit=2) for _ in range(3)]
    assert purged == [2, 1, 0]
    assert [each.session.session_id for each in (await store.list_trash(ANA, limit=9)).items] == ["x4", "x3"]
    await store.create_session(ANA, session("x0"))


async def test_a_turn_that_still_runs_in_the_trash_comes_to_its_end(store: Store) -> None:
    record = await running(store)
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    assert (await store.append([completed(record)])).lost == frozenset()
    back = await store.restore_session(ANA, "s1")
    assert (back.status, back.last_turn_status) == ("idle", "completed")


async def test_lists_are_told_that_it_is_gone_and_that_it_is_there_again(store: Store) -> None:
    before = await store.last_change(ANA, "a1")
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    [gone] = await store.read_changes(ANA, "a1", after=before, limit=9)
    assert (gone.change.event_type, gone.change.session_id, gone.change.session) == ("session_deleted", "s1", None)
    back = await store.restore_session(ANA, "s1")
    [there] = await store.read_changes(ANA, "a1", after=gone.id, limit=9)
    assert (there.change.event_type, there.change.session) == ("session_created", back)
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    await store.purge_session(ANA, "s1")
    told = await store.read_changes(ANA, "a1", after=there.id, limit=9)
    assert [each.change.event_type for each in told] == ["session_deleted"]


async def test_what_is_taken_out_is_found_and_shared_again(trashed: Store) -> None:
    await trashed.restore_session(ANA, "s1")
    hits = (await trashed.search(ANA, SearchFilter(query=parse_query("hi")), limit=9)).items
    assert [hit.turn_id for hit in hits] == ["t1"]
    assert [each.share_id for each in (await trashed.list_shares(ANA, limit=9)).items] == ["l1"]
    await trashed.trash_session(ANA, "a1", "s1", at=at(41))
    await trashed.purge_session(ANA, "s1")
    assert await trashed.find_share("h1") is None


async def branched(store: Store) -> None:
    """Let s1 have two branches, and s2 be a fork of one of them with a turn of its own."""
    for turn_id, place in (("t1", {}), ("t2", {}), ("t3", {"parent_turn_id": "t1"})):
        await store.append([completed(await running(store, turn_id, **place), before=said(["Hi"]))])
    await store.fork_session(ANA, "s1", session("s2"), turn_id="t2")
    await store.append([completed(await running(store, "t4", session_id="s2"))])


async def tree(store: Store, session_id: str) -> list[str]:
    return [each.record.turn_id for each in await store.list_tree(ANA, session_id, limit=9)]


async def test_a_fork_has_the_turns_of_what_is_in_the_trash(store: Store) -> None:
    await branched(store)
    before = [await store.get_session(ANA, "a1", "s1"), await tree(store, "s1")]
    await store.trash_session(ANA, "a1", "s1", at=at(40))
    assert await tree(store, "s2") == ["t1", "t2", "t4"]
    assert [turn.turn_id for turn in await history(store, "s2")] == ["t1", "t2", "t4"]
    assert await store.read_events(ANA, "t2")
    with pytest.raises(TurnNotFound):
        await store.read_events(ANA, "t3")
    await store.trash_session(ANA, "a1", "s2", at=at(41))
    for turn_id in ("t1", "t2", "t4"):
        with pytest.raises(TurnNotFound):
            await store.read_events(ANA, turn_id)
    await store.restore_session(ANA, "s1")
    assert [await store.get_session(ANA, "a1", "s1"), await tree(store, "s1")] == before


async def test_what_is_purged_leaves_what_its_forks_have_be_they_in_the_trash(store: Store) -> None:
    await branched(store)
    for session_id in ("s1", "s2"):
        await store.trash_session(ANA, "a1", session_id, at=at(40))
    await store.purge_session(ANA, "s1")
    assert [each.session.session_id for each in (await store.list_trash(ANA, limit=9)).items] == ["s2"]
    with pytest.raises(SessionNotFound):
        await store.restore_session(ANA, "s1")
    await store.restore_session(ANA, "s2")
    assert await tree(store, "s2") == ["t1", "t2", "t4"]
    await store.trash_session(ANA, "a1", "s2", at=at(42))
    assert await store.purge_trash(deleted_before=at(43), limit=9) == 1
    await store.create_session(ANA, session("s1"))
    await store.append([completed(await running(store, "t1"))])


async def test_sessions_and_their_forks_are_purged_together(store: Store) -> None:
    await branched(store)
    for session_id in ("s1", "s2"):
        await store.trash_session(ANA, "a1", session_id, at=at(40))
    assert await store.purge_trash(deleted_before=at(41), limit=9) == 2
    for session_id in ("s1", "s2"):
        await store.create_session(ANA, session(session_id))
        assert await tree(store, session_id) == []


async def test_an_agent_takes_its_trash_and_all_forks_along(trashed: Store) -> None:
    await trashed.create_session(ANA, session("s3"))
    await trashed.append([completed(await running(trashed, "t2", session_id="s3"))])
    await trashed.fork_session(ANA, "s3", session("s4"), turn_id="t2")
    await trashed.trash_session(ANA, "a1", "s3", at=at(41))
    await trashed.delete_agent(ANA, "a1")
    assert (await trashed.list_trash(ANA, limit=9)).items == []
    assert await trashed.drop_unused_files(uploaded_before=BEFORE_THE_END, limit=9) == 1
    assert (await trashed.search(ANA, SearchFilter(query=parse_query("hi")), limit=9)).items == []
    await trashed.create_agent(ANA, agent())
    for session_id in ("s1", "s3", "s4"):
        await trashed.create_session(ANA, session(session_id))
        assert await tree(trashed, session_id) == []


async def test_space_is_given_back_until_there_is_no_more(trashed: Store) -> None:
    await trashed.purge_session(ANA, "s1")
    while await trashed.reclaim():
        pass
    assert (await trashed.get_agent(ANA, "a1")).agent_id == "a1"
