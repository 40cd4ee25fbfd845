"""What every store does with a session from elsewhere: all of it is there as if it had happened here, or nothing is."""

from typing import Any

import pytest

from tertulia.domain.errors import AgentNotFound, Conflict, SessionNotFound, TurnNotFound
from tertulia.domain.events import EventId, LoggedEvent, TurnCompleted, TurnQueued, TurnStarted
from tertulia.domain.messages import UserMessage
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionFilter
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.store.base import ImportedTurn, Store
from tests.store.values import ANA, BEN, NODE, agent, at, history, new_turn, said, session


def imported(n: int, turn_id: str | None = None, words: str = "Hello") -> ImportedTurn:
    """Turn number `n` of session s2, as it came to its end."""
    turn_id = turn_id or f"t{n}"
    begin = TurnQueued(
        turn_id=turn_id,
        session_id="s2",
        agent_id="a1",
        n=n,
        input_messages=[UserMessage(content=words)],
        at=at(10 * n),
    )
    started = TurnStarted(turn_id=turn_id, session_id="s2", n=n, at=at(10 * n))
    events = [begin, started, *said(["Hi"]), TurnCompleted(stop_reason="end_of_turn", at=at(10 * n + 5))]
    log = [LoggedEvent(id=EventId(n=n, epoch=1, seq=seq), event=event) for seq, event in enumerate(events, start=1)]
    return ImportedTurn(turn=project(replay(log)), events=log)


TURNS = [imported(1, words="First"), imported(2, words="Second"), imported(3, words="Third\nand last")]
SESSION = session("s2", session_name="Plans", title_source="user", metadata={"from": "elsewhere"}, started_at=at(1))


async def turns_of(store: Store, order: Order = "asc") -> list[str]:
    page = await store.list_turns(ANA, "s2", order=order, limit=None)
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


async def test_a_session_may_come_without_turns(store: Store) -> None:
    await store.import_session(ANA, SESSION, [])
    found = await store.get_session(ANA, "a1", "s2")
    assert (found.turn_count, found.status, found.last_turn_status) == (0, "idle", None)


async def test_the_next_turn_has_the_next_number_and_the_agent_s_version(store: Store) -> None:
    config = (await store.get_agent(ANA, "a1")).agent_config
    await store.update_agent(ANA, "a1", config=config, version=1, at=at(5))
    await store.import_session(ANA, SESSION, TURNS)
    assert (await store.get_turn(ANA, "a1", "s2", "t1")).record.agent_version == 2
    accepted = await store.accept_turn(ANA, new_turn("t4", session_id="s2", at=at(60)), node=NODE)
    assert (accepted.record.n, accepted.record.status) == (4, "running")


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
