"""What every store does when a turn is taken on: once, in its place, and with its session brought along."""

import asyncio

import pytest
from msgspec.structs import replace

from tertulia.domain.agents import AgentConfig, ToolConfig, Toolgroup, ToolgroupUse
from tertulia.domain.errors import (
    Conflict,
    IdempotencyMismatch,
    SessionBusy,
    SessionNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, TurnQueued, TurnStarted
from tertulia.domain.messages import InputMessage, SystemMessage, UserMessage
from tertulia.domain.sessions import SessionPatch
from tertulia.store import rules
from tertulia.store.base import Store
from tertulia.store.turns import Attempt, NewTurn, TurnRecord
from tests.store.values import (
    ANA,
    NODE,
    at,
    awaiting,
    cancelled,
    completed,
    new_turn,
    queued,
    resumed,
    running,
    session,
    session_of,
)


async def test_the_first_turn_starts_at_once(store: Store) -> None:
    toolgroups: list[Toolgroup] = ["builtin::clock", ToolgroupUse(name="mcp::files", args={"root": ["/srv"]})]
    new = new_turn("t1", toolgroups=toolgroups, tool_config=ToolConfig(tool_choice="none"))
    accepted = await store.accept_turn(ANA, new, node=NODE)
    assert accepted.record == TurnRecord(
        turn_id="t1",
        session_id="s1",
        agent_id="a1",
        agent_version=1,
        owner=ANA,
        n=1,
        status="running",
        epoch=1,
        created_at=at(10),
        toolgroups=toolgroups,
        tool_config=ToolConfig(tool_choice="none"),
    )
    hello: list[InputMessage] = [UserMessage(content="Hello")]
    begun = TurnQueued(turn_id="t1", session_id="s1", agent_id="a1", n=1, input_messages=hello, at=at(10))
    assert accepted.events == [
        LoggedEvent(id=EventId(n=1, epoch=1, seq=1), event=begun),
        LoggedEvent(id=EventId(n=1, epoch=1, seq=2), event=TurnStarted(turn_id="t1", session_id="s1", n=1, at=at(10))),
    ]
    assert await store.read_events(ANA, "t1") == accepted.events
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record == accepted.record


async def test_a_turn_behind_another_waits(store: Store) -> None:
    await running(store)
    accepted = await store.accept_turn(ANA, new_turn("t2"), node=NODE)
    assert (accepted.record.n, accepted.record.status, accepted.record.epoch) == (2, "queued", 0)
    assert [type(each.event) for each in accepted.events] == [TurnQueued]
    assert accepted.events[0].id == EventId(n=2, epoch=0, seq=1)
    assert await store.read_events(ANA, "t2") == accepted.events


async def test_a_turn_remembers_the_version_of_its_agent(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.update_agent(ANA, "a1", config=AgentConfig(model="demo/other"), version=1, at=at(15))
    assert (await running(store, "t2")).agent_version == 2
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.agent_version == 1


async def test_a_turn_needs_its_session(store: Store) -> None:
    for changes in ({"session_id": "s9"}, {"agent_id": "a9"}):
        with pytest.raises(SessionNotFound):
            await store.accept_turn(ANA, new_turn("t1", **changes), node=NODE)


async def test_a_turn_cannot_be_taken_on_twice(store: Store) -> None:
    await running(store)
    with pytest.raises(Conflict):
        await store.accept_turn(ANA, new_turn("t1", words="Other"), node=NODE)
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.turn_count, found.preview) == (1, "Hello")


async def test_a_session_without_a_name_takes_it_from_its_first_words(store: Store) -> None:
    messages = [SystemMessage(content="Be brief."), UserMessage(content="Plan  a trip\nto Lisbon")]
    await store.append([completed(await running(store, input_messages=messages))])
    named = await store.get_session(ANA, "a1", "s1")
    assert (named.session_name, named.title_source) == ("Plan a trip to Lisbon", "default")
    assert (named.preview, named.updated_at, named.turn_count) == ("Plan a trip to Lisbon", at(20), 1)
    await running(store, "t2", words="And back", at=at(30))
    later = await store.get_session(ANA, "a1", "s1")
    assert (later.session_name, later.preview, later.updated_at) == ("Plan a trip to Lisbon", "And back", at(30))


async def test_a_node_whose_clock_is_late_does_not_make_a_session_look_older(store: Store) -> None:
    await store.append([completed(await running(store, at=at(40)), second=50)])
    second = await running(store, "t2", at=at(30))
    assert (await store.get_session(ANA, "a1", "s1")).updated_at == at(50)
    await store.append([completed(second, second=45)])
    assert (await store.get_session(ANA, "a1", "s1")).updated_at == at(50)
    renamed = await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Trip"), at=at(20))
    assert renamed.updated_at == (await store.get_session(ANA, "a1", "s1")).updated_at == at(50)


async def test_a_turn_without_words_leaves_the_naming_to_the_next(store: Store) -> None:
    await store.append([completed(await running(store, words=" "))])
    await running(store, "t2", words="Lisbon")
    assert (await store.get_session(ANA, "a1", "s1")).session_name == "Lisbon"


async def test_a_turn_leaves_a_given_name_alone(store: Store) -> None:
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="New session"), at=at(5))
    await running(store)
    assert (await store.get_session(ANA, "a1", "s1")).session_name == "New session"


# --- idempotency ---


async def test_of_a_hundred_parallel_requests_with_one_key_one_makes_a_turn(store: Store) -> None:
    requests = [new_turn(f"t{i}", idempotency_key="k", request_hash="h") for i in range(100)]
    outcomes = await asyncio.gather(*(store.accept_turn(ANA, request, node=NODE) for request in requests))
    assert [outcome.is_repeat for outcome in outcomes].count(False) == 1
    assert {outcome.record.turn_id for outcome in outcomes} == {outcomes[0].record.turn_id}
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


async def test_a_repeat_comes_back_as_the_turn_is_now(store: Store) -> None:
    record = await running(store, idempotency_key="k", request_hash="h")
    await store.append([completed(record)])
    repeated = await store.accept_turn(ANA, new_turn("t2", idempotency_key="k", request_hash="h"), node=NODE)
    assert repeated.is_repeat
    assert (repeated.record.turn_id, repeated.record.status, repeated.events) == ("t1", "completed", [])


async def test_a_key_with_another_body_is_refused(store: Store) -> None:
    await running(store, idempotency_key="k", request_hash="h")
    with pytest.raises(IdempotencyMismatch):
        await store.accept_turn(ANA, new_turn("t2", idempotency_key="k", request_hash="other"), node=NODE)


async def test_a_repeat_is_answered_however_busy_the_session_is(store: Store) -> None:
    await running(store, idempotency_key="k", request_hash="h")
    again = new_turn("t2", idempotency_key="k", request_hash="h", on_busy="reject", max_queued=0)
    assert (await store.accept_turn(ANA, again, node=NODE)).is_repeat


async def test_a_refused_turn_does_not_use_its_key_up(store: Store) -> None:
    record = await running(store)
    new = new_turn("t2", idempotency_key="k", request_hash="h", on_busy="reject")
    with pytest.raises(SessionBusy):
        await store.accept_turn(ANA, new, node=NODE)
    await store.append([completed(record)])
    assert not (await store.accept_turn(ANA, new, node=NODE)).is_repeat


async def test_a_key_counts_within_its_session(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    await running(store, idempotency_key="k", request_hash="h")
    other = new_turn("t2", session_id="s2", idempotency_key="k", request_hash="other")
    assert not (await store.accept_turn(ANA, other, node=NODE)).is_repeat


# --- tries of a request without a key ---


def tried(turn_id: str, attempt: Attempt, *, second: int, body_hash: str = "h") -> NewTurn:
    request_hash = rules.hash_of_try(attempt, body_hash)
    return new_turn(turn_id, at=at(second), attempt=attempt, request_hash=request_hash)


FIRST = tried("first", Attempt(is_first=True, since=at(11)), second=12)
AGAIN = tried("again", Attempt(is_first=False, since=at(13), seen=["t0"]), second=14)


@pytest.mark.parametrize("tries", [(FIRST, AGAIN), (AGAIN, FIRST)], ids=["in-order", "first-comes-last"])
async def test_of_two_tries_that_come_at_once_one_makes_a_turn(store: Store, tries: tuple[NewTurn, NewTurn]) -> None:
    await store.append([completed(await running(store, "t0"))])
    outcomes = [await store.accept_turn(ANA, each, node=NODE) for each in tries]
    assert [outcome.is_repeat for outcome in outcomes] == [False, True]
    assert {outcome.record.turn_id for outcome in outcomes} == {tries[0].turn_id}
    assert outcomes[1].events == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FIRST, tried("other", Attempt(is_first=True, since=at(11)), second=12)),
        (AGAIN, tried("other", Attempt(is_first=True, since=at(15)), second=16)),
        (FIRST, tried("other", Attempt(is_first=False, since=at(13), seen=["first"]), second=14)),
        (FIRST, tried("other", Attempt(is_first=False, since=at(13)), second=14, body_hash="another")),
        (new_turn("plain", at=at(12)), AGAIN),
    ],
    ids=["said-twice", "said-later", "looked-at", "another-body", "not-counted"],
)
async def test_what_is_no_other_try_makes_a_turn_of_its_own(store: Store, before: NewTurn, after: NewTurn) -> None:
    await store.accept_turn(ANA, before, node=NODE)
    assert not (await store.accept_turn(ANA, after, node=NODE)).is_repeat


async def test_tries_count_within_their_session(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    await store.accept_turn(ANA, FIRST, node=NODE)
    elsewhere = replace(AGAIN, session_id="s2")
    assert not (await store.accept_turn(ANA, elsewhere, node=NODE)).is_repeat


# --- the session beside its turns ---


async def test_a_session_is_kept_in_step_with_its_turns(store: Store) -> None:
    assert await session_of(store) == {"status": "idle", "last": None, "turns": 0, "updated_at": at(0)}
    record = await running(store)
    assert await session_of(store) == {"status": "running", "last": "running", "turns": 1, "updated_at": at(10)}
    await queued(store, "t2", at=at(11))
    assert await session_of(store) == {"status": "running", "last": "queued", "turns": 2, "updated_at": at(11)}
    await store.append([completed(record, second=20)])
    assert await session_of(store) == {"status": "running", "last": "queued", "turns": 2, "updated_at": at(20)}
    claimed = await store.claim_next(ANA, "s1", at=at(21), node=NODE)
    assert claimed is not None
    assert await session_of(store) == {"status": "running", "last": "running", "turns": 2, "updated_at": at(20)}
    await store.append([awaiting(claimed.record, seq=2, second=30)])
    assert await session_of(store) == {
        "status": "awaiting_input",
        "last": "awaiting_input",
        "turns": 2,
        "updated_at": at(30),
    }
    again = await store.claim(ANA, "t2", node=NODE)
    assert again is not None
    await store.append([resumed(again.record, second=40)])
    assert await session_of(store) == {"status": "running", "last": "running", "turns": 2, "updated_at": at(40)}
    await store.append([cancelled(again.record, seq=2, second=50)])
    assert await session_of(store) == {"status": "idle", "last": "cancelled", "turns": 2, "updated_at": at(50)}
