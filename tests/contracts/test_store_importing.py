"""What every store does with a session from elsewhere: all of it is there as if it had happened here, or nothing is."""

from typing import Any

import pytest
from msgspec.structs import replace

from tertulia.domain.errors import (
    AgentNotFound,
    Conflict,
    FileNotFound,
    IdempotencyMismatch,
    SessionNotFound,
    StorageUnavailable,
    TurnNotFound,
)
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepDecided,
    StepStarted,
    TurnCompleted,
    TurnFailed,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import ToolCall, UserMessage
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionFilter
from tertulia.domain.steps import Problem
from tertulia.domain.tools import Grant
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.store.base import Store
from tertulia.store.importing import ImportedTurn
from tests.store.files import file, hash_of, reserved, uploaded
from tests.store.values import ANA, BEN, NODE, agent, at, history, new_turn, said, session


def imported(n: int, turn_id: str | None = None, words: str = "Hello", *, after: str | None = "") -> ImportedTurn:
    """Turn number `n` of session s2, as it came to its end; it comes after the turn of the number before."""
    turn_id = turn_id or f"t{n}"
    begin = TurnQueued(
        turn_id=turn_id,
        session_id="s2",
        agent_id="a1",
        n=n,
        input_messages=[UserMessage(content=words)],
        at=at(10 * n),
        parent_turn_id=(f"t{n - 1}" if n > 1 else None) if after == "" else after,
    )
    started = TurnStarted(turn_id=turn_id, session_id="s2", n=n, at=at(10 * n))
    events = [begin, started, *said(["Hi"]), TurnCompleted(stop_reason="end_of_turn", at=at(10 * n + 5))]
    log = [LoggedEvent(id=EventId(n=n, epoch=1, seq=seq), event=event) for seq, event in enumerate(events, start=1)]
    return ImportedTurn(turn=project(replay(log)), events=log)


TURNS = [imported(1, words="First"), imported(2, words="Second"), imported(3, words="Third\nand last")]
CALL = ToolCall(call_id="c1", tool_name="shell")
SESSION = session("s2", session_name="Plans", title_source="user", metadata={"from": "elsewhere"}, started_at=at(1))


async def turns_of(store: Store, order: Order = "asc") -> list[str]:
    page = await store.list_turns(ANA, "s2", order=order, limit=999)
    return [stored.record.turn_id for stored in page.items]


async def test_a_session_comes_with_its_turns_and_their_logs(store: Store) -> None:
    await store.import_session(ANA, SESSION, TURNS)
    assert await turns_of(store) == ["t1", "t2", "t3"]
    assert await history(store, "s2") == [each.turn for each in TURNS]
    for each in TURNS:
        assert await store.read_events(ANA, each.turn.turn_id) == each.events
        stored = await store.get_turn(ANA, "a1", "s2", each.turn.turn_id)
        assert (stored.record.status, stored.record.agent_version, stored.record.epoch) == ("completed", 1, 1)
        assert stored.turn is not None


async def test_a_list_shows_it_by_its_last_turn(store: Store) -> None:
    await store.import_session(ANA, SESSION, TURNS)
    found = await store.get_session(ANA, "a1", "s2")
    assert (found.session_name, found.metadata, found.started_at) == ("Plans", {"from": "elsewhere"}, at(1))
    assert (found.turn_count, found.status, found.last_turn_status) == (3, "idle", "completed")
    assert (found.preview, found.updated_at) == ("Third and last", at(35))
    page = await store.list_sessions(ANA, SessionFilter(agent_id="a1", text="LAST"), order="desc", limit=9)
    assert [each.session_id for each in page.items] == ["s2"]


async def test_a_session_may_come_without_turns_and_shows_none(store: Store) -> None:
    await store.import_session(ANA, replace(SESSION, preview="Whatever " * 9_999, last_turn_status="completed"), [])
    found = await store.get_session(ANA, "a1", "s2")
    assert (found.turn_count, found.active_turn_id, found.status) == (0, None, "idle")
    assert (found.preview, found.last_turn_status) == ("", None)


async def test_the_next_turn_has_the_next_number_and_the_agent_s_version(store: Store) -> None:
    config = (await store.get_agent(ANA, "a1")).agent_config
    await store.update_agent(ANA, "a1", config=config, version=1, at=at(5))
    await store.import_session(ANA, SESSION, TURNS)
    assert (await store.get_turn(ANA, "a1", "s2", "t1")).record.agent_version == 2
    accepted = await store.accept_turn(ANA, new_turn("t4", session_id="s2", at=at(60)), node=NODE)
    assert (accepted.record.n, accepted.record.status) == (4, "running")


async def test_it_comes_with_all_its_branches(store: Store) -> None:
    first, second = TURNS[:2]
    others = [imported(4, after="t1"), imported(5), imported(7, after=None), imported(8, words="Last", after="t2")]
    await store.import_session(ANA, replace(SESSION, active_turn_id="t5"), [first, second, *others])
    tree = await store.list_tree(ANA, "s2", limit=99)
    parents = [(each.record.turn_id, each.record.parent_turn_id) for each in tree]
    expected = [("t1", None), ("t2", "t1"), ("t4", "t1"), ("t5", "t4"), ("t7", None), ("t8", "t2")]
    assert parents == expected
    assert [each.record.n for each in await store.list_tree(ANA, "s2", limit=2, after_n=2)] == [4, 5]
    assert await turns_of(store) == ["t1", "t4", "t5"]
    found = await store.get_session(ANA, "a1", "s2")
    assert (found.turn_count, found.active_turn_id, found.preview, found.updated_at) == (3, "t5", "Hello", at(85))
    page = await store.list_turns(ANA, "s2", order="asc", limit=9)
    assert [each.siblings for each in page.items] == [["t1", "t7"], ["t2", "t4"], []]
    assert [await branch_of(store, tip) for tip in ("t8", "t7")] == [["t1", "t2", "t8"], ["t7"]]
    accepted = await store.accept_turn(ANA, new_turn("t9", session_id="s2", at=at(90)), node=NODE)
    assert (accepted.record.n, accepted.record.parent_turn_id) == (9, "t5")
    assert await turns_of(store) == ["t1", "t4", "t5", "t9"]


async def branch_of(store: Store, tip: str) -> list[str]:
    page = await store.list_turns(ANA, "s2", order="asc", limit=999, tip=tip)
    return [each.record.turn_id for each in page.items]


async def test_a_branch_that_has_branched_off_many_times_comes_as_it_was(store: Store) -> None:
    comb = [imported(n, after=f"t{n - 1 - (n % 2)}" if n > 2 else "t1" if n == 2 else None) for n in range(1, 142)]
    await store.import_session(ANA, SESSION, comb)
    assert await branch_of(store, "t141") == [f"t{n}" for n in range(1, 142, 2)]
    assert await branch_of(store, "t140") == [*(f"t{n}" for n in range(1, 140, 2)), "t140"]


async def test_nothing_of_it_is_left_to_run(store: Store) -> None:
    await store.import_session(ANA, SESSION, TURNS)
    assert await store.claim(ANA, "t1", node=NODE) is None
    assert await store.claim_next(ANA, "s2", at=at(60), node=NODE) is None
    assert await store.list_orphans(NODE, limit=9) == []


async def test_a_session_that_is_here_is_not_imported_again(store: Store) -> None:
    await store.import_session(ANA, SESSION, TURNS[:1])
    with pytest.raises(Conflict):
        await store.import_session(ANA, session("s2", session_name="Other"), TURNS)
    assert await turns_of(store) == ["t1"]
    assert (await store.get_session(ANA, "a1", "s2")).session_name == "Plans"


async def test_the_same_request_imports_a_session_once(store: Store) -> None:
    first = await store.import_session(ANA, SESSION, TURNS[:1], request_hash="h")
    again = await store.import_session(ANA, SESSION, [imported(1, "other")], request_hash="h")
    assert (again, await turns_of(store)) == (first, ["t1"])
    assert again == await store.get_session(ANA, "a1", "s2")
    with pytest.raises(IdempotencyMismatch):
        await store.import_session(ANA, SESSION, TURNS[:1], request_hash="g")
    with pytest.raises(Conflict):
        await store.import_session(ANA, SESSION, TURNS[:1])


async def test_a_turn_that_comes_twice_leaves_nothing(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.import_session(ANA, SESSION, [imported(1, "t1"), imported(2, "t1")])
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a1", "s2")
    assert await turns_of(store) == []
    with pytest.raises(TurnNotFound):
        await store.read_events(ANA, "t1")


async def test_a_session_needs_its_agent_and_its_owner(store: Store) -> None:
    await store.create_agent(BEN, agent("a2"))
    for owner in (ANA, BEN):
        with pytest.raises(AgentNotFound):
            await store.import_session(owner, session("s2", agent_id="a2" if owner == ANA else "a1"), [])


NOT_WHOLE: dict[str, list[Any]] = {
    "not from the first": TURNS[1:],
    "not in order": TURNS[::-1],
    "without a log": [ImportedTurn(turn=TURNS[0].turn, events=[])],
    "after no turn of it": [TURNS[0], imported(2, after="t9")],
    "with a number twice": [TURNS[0], imported(1, "t2", after="t1")],
    "not ended": [ImportedTurn(turn=project(replay(TURNS[0].events[:-1])), events=TURNS[0].events[:-1])],
}


@pytest.mark.parametrize("turns", NOT_WHOLE.values(), ids=NOT_WHOLE)
async def test_what_is_not_a_whole_session_is_a_mistake_of_the_caller(store: Store, turns: list[ImportedTurn]) -> None:
    with pytest.raises(ValueError, match="turn t"):
        await store.import_session(ANA, SESSION, turns)
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a1", "s2")


async def test_a_deleted_one_leaves_no_trace_and_may_come_again(store: Store) -> None:
    await store.import_session(ANA, SESSION, TURNS)
    await store.delete_session(ANA, "a1", "s2")
    assert await turns_of(store) == []
    await store.import_session(ANA, SESSION, TURNS)
    assert await turns_of(store) == ["t1", "t2", "t3"]


async def test_its_files_come_with_it_and_go_with_it(store: Store) -> None:
    await uploaded(store, "here", "kept")
    brought = [await reserved(store, file(name, words, is_listed=False)) for name, words in (("f1", "b"), ("f2", "a"))]
    first = replace(TURNS[0], new_files=brought, used_files=["here"])
    second = replace(TURNS[1], used_files=["f1", "here"])
    await store.import_session(ANA, SESSION, [first, second])
    assert [await store.get_file(ANA, each.info.file_id) for each in brought] == brought
    await store.delete_file(ANA, "here")
    assert await store.drop_unused_files(uploaded_before=at(5_000), limit=9) == 0
    await store.delete_session(ANA, "a1", "s2")
    while await store.drop_unused_files(uploaded_before=at(5_000), limit=9):
        pass
    for name in ("f1", "f2", "here"):
        with pytest.raises(FileNotFound):
            await store.get_file(ANA, name)
    assert sorted(await store.condemn_blobs(seconds=60, limit=9)) == sorted(map(hash_of, ("a", "b", "kept")))


async def test_a_file_that_cannot_come_keeps_all_of_it_away(store: Store) -> None:
    await uploaded(store, "here", "kept")
    again = await reserved(store, file("here", "kept"))
    for turn, error in (
        (replace(TURNS[0], used_files=["nowhere"]), FileNotFound),
        (replace(TURNS[0], new_files=[again]), Conflict),
        (replace(TURNS[0], new_files=[file("f3", "no blob of this")]), StorageUnavailable),
    ):
        with pytest.raises(error):
            await store.import_session(ANA, SESSION, [turn])
        with pytest.raises(SessionNotFound):
            await store.get_session(ANA, "a1", "s2")
    assert await turns_of(store) == []


async def test_what_was_granted_elsewhere_is_not_granted_here(store: Store) -> None:
    granting = StepDecided(
        step_id="c", decision="approve", at=at(13), grant=Grant(tool_name="shell", definition_hash="h")
    )
    asked = [
        StepStarted(step_id="c", step_type="tool_call", at=at(13), attempt=0, approval="pending", tool_call=CALL),
        granting,
    ]
    events = [*TURNS[0].events[:2], *asked, TurnFailed(error=Problem(code="x", message="y"), at=at(15))]
    log = [
        each if isinstance(each, LoggedEvent) else LoggedEvent(id=EventId(n=1, epoch=1, seq=seq), event=each)
        for seq, each in enumerate(events, start=1)
    ]
    await store.import_session(ANA, SESSION, [ImportedTurn(turn=project(replay(log)), events=log)])
    assert await store.read_grants(ANA, "s2") == frozenset()
