"""What every store does with sessions: lists that neither skip nor repeat, patches, names, a traceless end."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.errors import (
    AgentNotFound,
    Conflict,
    IdempotencyMismatch,
    InvalidCursor,
    SessionNotFound,
    Stale,
    TurnNotFound,
)
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, NODE, agent, append, at, completed, orphans, queued, running, said, session


async def listed(store: Store, *, order: Order = "desc", limit: int = 9, **which: Any) -> list[str]:
    page = await store.list_sessions(ANA, SessionFilter(agent_id="a1", **which), order=order, limit=limit)
    return [each.session_id for each in page.items]


async def test_a_session_comes_back_as_it_was_stored(store: Store) -> None:
    stored = session(
        "s2",
        session_name="Plans",
        metadata={"a": [1, None, {"b": "ä"}]},
        tags=["Ä b"],
        pinned=True,
        title_source="user",
        revision=4,
    )
    await store.create_session(ANA, stored)
    assert await store.get_session(ANA, "a1", "s2") == stored


async def test_a_session_needs_its_agent(store: Store) -> None:
    with pytest.raises(AgentNotFound):
        await store.create_session(ANA, session("s2", agent_id="a2"))


async def test_a_session_cannot_be_made_twice(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.create_session(ANA, session("s1", session_name="Other"))
    assert (await store.get_session(ANA, "a1", "s1")).session_name == "New session"


async def test_the_same_request_makes_a_session_once(store: Store) -> None:
    made = await store.create_session(ANA, session("s2"), request_hash="h")
    assert made == session("s2")
    renamed = await store.update_session(ANA, "a1", "s2", patch=SessionPatch(session_name="Mine"), at=at(5))
    again = await store.create_session(ANA, session("s2", started_at=at(9)), request_hash="h")
    assert again == renamed


async def test_of_many_parallel_requests_one_makes_the_session(store: Store) -> None:
    wanted = [session("s2", session_name=f"Try {number}") for number in range(20)]
    made = await asyncio.gather(*(store.create_session(ANA, each, request_hash="h") for each in wanted))
    assert len({each.session_name for each in made}) == 1


async def test_a_session_of_another_request_is_a_mismatch(store: Store) -> None:
    await store.create_session(ANA, session("s2"), request_hash="h")
    with pytest.raises(IdempotencyMismatch):
        await store.create_session(ANA, session("s2"), request_hash="other")


async def test_a_session_that_is_not_of_a_repeated_request_is_a_conflict(store: Store) -> None:
    await store.create_agent(ANA, agent("a2"))
    await store.create_agent(BEN, agent("a1"))
    await store.create_session(ANA, session("s2"), request_hash="h")
    for ask in (
        store.create_session(ANA, session("s2")),
        store.create_session(ANA, session("s1"), request_hash="h"),
        store.create_session(ANA, session("s2", agent_id="a2"), request_hash="h"),
        store.create_session(BEN, session("s2"), request_hash="h"),
    ):
        with pytest.raises(Conflict) as refused:
            await ask
        assert type(refused.value) is Conflict
    assert await store.get_session(ANA, "a1", "s2") == session("s2")


async def test_a_session_is_found_under_its_own_agent_only(store: Store) -> None:
    await store.create_agent(ANA, agent("a2"))
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a2", "s1")
    with pytest.raises(SessionNotFound):
        await store.delete_session(ANA, "a2", "s1")


# --- lists ---


async def test_sessions_are_listed_by_activity_and_then_by_id(store: Store) -> None:
    for session_id, second in [("s2", 3), ("s4", 1), ("s3", 3)]:
        await store.create_session(ANA, session(session_id, updated_at=at(second)))
    assert await listed(store) == ["s3", "s2", "s4", "s1"]
    assert await listed(store, order="asc") == ["s1", "s4", "s2", "s3"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ({}, "s1 s3"),
        ({"archived": False, "pinned": False}, "s1"),
        ({"archived": False, "pinned": True}, "s3"),
        ({"archived": True, "pinned": None}, "s2 s4"),
        ({"archived": True, "pinned": False}, "s2"),
        ({"archived": None, "pinned": None}, "s1 s2 s3 s4"),
        ({"archived": None, "pinned": True}, "s3 s4"),
        ({"archived": None, "pinned": False}, "s1 s2"),
        ({"agent_id": "a2"}, ""),
    ],
)
async def test_a_filter_shows_what_it_says(store: Store, which: dict[str, Any], expected: str) -> None:
    for session_id, archived, pinned in [("s2", True, False), ("s3", False, True), ("s4", True, True)]:
        await store.create_session(ANA, session(session_id, archived=archived, pinned=pinned))
    shown = SessionFilter(**{"agent_id": "a1", **which})
    page = await store.list_sessions(ANA, shown, order="asc", limit=9)
    assert [each.session_id for each in page.items] == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lisbon", ["s2"]),
        ("LISBON", ["s2"]),
        ("ÉCOLE", ["s3"]),
        ("straße", ["s4"]),
        ("STRASSE", ["s4"]),
        ("100%", ["s5"]),
        ("%", ["s5"]),
        ("_", ["s6"]),
        ("/", ["s6"]),
        ("in the preview", ["s7"]),
        ("nowhere", []),
        ("\0", []),
        ("lisbon\0nowhere", []),
        ("x" * 60_000, []),
    ],
)
async def test_text_is_found_whatever_its_case_and_means_only_itself(
    store: Store, text: str, expected: list[str]
) -> None:
    names = ["Plans for Lisbon", "école", "Hauptstraße", "100% sure", "snake_case/path", "New"]
    for number, name in enumerate(names, start=2):
        preview = "words in the preview" if name == "New" else ""
        await store.create_session(ANA, session(f"s{number}", session_name=name, preview=preview))
    assert await listed(store, text=text) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("travel", ["s3", "s2"]),
        ("TRAVEL", ["s3", "s2"]),
        ("école", ["s2"]),
        ("100%", ["s3"]),
        ("trav", []),
        ("travel plans", ["s4"]),
        ("%", []),
        ("t_avel", []),
        ("New", []),
        ("e\u0301cole", ["s2"]),
        ("\0", []),
        ("travel\0", []),
        ("x" * 60_000, []),
    ],
)
async def test_a_tag_is_found_whole_and_whatever_its_case(store: Store, tag: str, expected: list[str]) -> None:
    for session_id, tags in [("s2", ["École", "travel"]), ("s3", ["Travel", "100%"]), ("s4", ["travel plans"])]:
        await store.create_session(ANA, session(session_id, tags=tags))
    assert await listed(store, tag=tag) == expected


async def test_a_tag_and_a_text_are_looked_for_together(store: Store) -> None:
    await store.create_session(ANA, session("s2", session_name="Lisbon", tags=["travel"]))
    await store.create_session(ANA, session("s3", session_name="Oslo", tags=["travel"]))
    await store.create_session(ANA, session("s4", session_name="Lisbon"))
    assert await listed(store, tag="travel", text="lisbon") == ["s2"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("which", [{}, {"archived": None}, {"pinned": False}, {"text": "new"}, {"tag": "a"}])
async def test_pages_neither_skip_nor_repeat_while_sessions_come_in(
    store: Store, order: Order, which: dict[str, Any]
) -> None:
    for number in range(2, 8):
        await store.create_session(ANA, session(f"s{number}", tags=["A"], updated_at=at(number // 2)))
    there = await listed(store, order=order, **which)
    seen: list[str] = []
    cursor = None
    for number in range(10, 20):
        page = await store.list_sessions(
            ANA, SessionFilter(agent_id="a1", **which), order=order, limit=2, cursor=cursor
        )
        seen += [each.session_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        await store.create_session(ANA, session(f"s{number}", updated_at=at(0 if order == "asc" else number)))
    assert cursor is None
    assert [each for each in seen if each in there] == there
    assert len(seen) == len(set(seen))


async def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    await running(store)
    await queued(store, "t2")
    cursor = (await store.list_turns(ANA, "s1", order="asc", limit=1)).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidCursor):
        await store.list_sessions(ANA, SessionFilter(agent_id="a1"), order="asc", limit=1, cursor=cursor)


# --- patches and names ---


async def test_a_person_renames_a_session(store: Store) -> None:
    renamed = await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Trip"), at=at(5))
    assert (renamed.session_name, renamed.title_source, renamed.updated_at) == ("Trip", "user", at(5))
    assert renamed.revision == 2
    assert await store.get_session(ANA, "a1", "s1") == renamed
    assert await listed(store, text="trip") == ["s1"]


@pytest.mark.parametrize("patch", [SessionPatch(pinned=True), SessionPatch(archived=True)])
async def test_pinning_and_archiving_are_no_activity(store: Store, patch: SessionPatch) -> None:
    patched = await store.update_session(ANA, "a1", "s1", patch=patch, at=at(5))
    assert (patched.pinned, patched.archived) == (patch.pinned is True, patch.archived is True)
    assert (patched.updated_at, patched.revision) == (at(0), 2)


async def test_tags_are_replaced_and_each_is_kept_once(store: Store) -> None:
    patch = SessionPatch(tags=["Travel", "work", "travel", "Work"])
    tagged = await store.update_session(ANA, "a1", "s1", patch=patch, at=at(5))
    assert (tagged.tags, tagged.updated_at, tagged.revision) == (["Travel", "work"], at(0), 2)
    assert await store.get_session(ANA, "a1", "s1") == tagged
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Trip"), at=at(6))
    assert await listed(store, tag="work") == ["s1"]
    patch = SessionPatch(tags=["\u00e9cole", "E\u0301cole"])
    assert (await store.update_session(ANA, "a1", "s1", patch=patch, at=at(6))).tags == ["\u00e9cole"]
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(tags=[]), at=at(7))
    assert await listed(store, tag="work") == []


async def test_a_patch_that_changes_nothing_counts_for_nothing(store: Store) -> None:
    assert await store.update_session(ANA, "a1", "s1", patch=SessionPatch(), at=at(5)) == session()


# The examples of RFC 7396, appendix A, whose patch is an object.
@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "foo"}, {"a": {"b": "c"}}, {"a": {"b": "c"}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
async def test_metadata_is_merged(
    store: Store, target: dict[str, Any], patch: dict[str, Any], expected: dict[str, Any]
) -> None:
    await store.create_session(ANA, session("s2", metadata=target))
    patched = await store.update_session(ANA, "a1", "s2", patch=SessionPatch(metadata=patch), at=at(5))
    assert patched.metadata == expected
    assert (await store.get_session(ANA, "a1", "s2")).metadata == expected


async def test_a_patch_of_what_was_changed_since_is_stale(store: Store) -> None:
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=True), at=at(5), expected=1)
    with pytest.raises(Stale):
        await store.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=False), at=at(6), expected=1)
    assert (await store.get_session(ANA, "a1", "s1")).pinned


async def test_of_many_patches_of_one_revision_exactly_one_is_applied(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(
            store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name=f"{i}"), at=at(i), expected=1)
            for i in range(8)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 7
    assert (await store.get_session(ANA, "a1", "s1")).revision == 2


async def test_turns_do_not_count_as_revisions(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert (await store.get_session(ANA, "a1", "s1")).revision == 1


async def test_a_model_names_a_session_until_a_person_does(store: Store) -> None:
    assert await store.name_session(ANA, "s1", name="Greeting", source="model")
    assert await store.name_session(ANA, "s1", name="Greetings", source="model")
    named = await store.get_session(ANA, "a1", "s1")
    assert (named.session_name, named.title_source, named.updated_at) == ("Greetings", "model", at(0))
    assert await listed(store, text="greetings") == ["s1"]
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Mine"), at=at(5))
    assert not await store.name_session(ANA, "s1", name="Greeting", source="model")
    assert (await store.get_session(ANA, "a1", "s1")).session_name == "Mine"


async def test_a_session_that_is_not_there_is_not_named(store: Store) -> None:
    assert not await store.name_session(ANA, "s9", name="Greeting", source="model")


# --- the end ---


async def test_a_deleted_session_leaves_nothing_behind(store: Store) -> None:
    record = await running(store, idempotency_key="k")
    await queued(store, "t2")
    await store.delete_session(ANA, "a1", "s1")
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a1", "s1")
    for turn_id in ("t1", "t2"):
        with pytest.raises(TurnNotFound):
            await store.read_events(ANA, turn_id)
    assert await listed(store) == []
    assert await orphans(store) == []
    assert await store.claim(ANA, "t1", node=NODE) is None
    assert await store.claim_next(ANA, "s1", at=at(9), node=NODE) is None
    assert (await store.append([append(record, said(["Hi"]))])).lost == {"t1"}
    with pytest.raises(SessionNotFound):
        await store.delete_session(ANA, "a1", "s1")


async def test_a_session_that_comes_again_begins_anew(store: Store) -> None:
    await running(store, idempotency_key="k")
    await store.delete_session(ANA, "a1", "s1")
    await store.create_session(ANA, session())
    record = await running(store, idempotency_key="k", request_hash="other")
    assert record.n == 1
    assert len(await store.read_events(ANA, "t1")) == 2
