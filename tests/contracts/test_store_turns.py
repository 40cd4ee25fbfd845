"""What every store does with turns: taken on once, strictly in order, claimed by one, read in pages."""

import asyncio
from typing import Any

import msgspec
import pytest

from tertulia.domain.agents import AgentConfig, ToolConfig, Toolgroup, ToolgroupUse
from tertulia.domain.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidCursor,
    QueueFull,
    SessionBusy,
    SessionNotFound,
    TurnAwaitingInput,
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, TurnQueued, TurnStarted
from tertulia.domain.messages import InputMessage, SystemMessage, UserMessage
from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionPatch
from tertulia.store.base import Store
from tertulia.store.log import Appended
from tertulia.store.turns import Accepted, TurnRecord
from tests.store.values import (
    ANA,
    NODE,
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
    to_stop,
)


async def session_of(store: Store) -> dict[str, Any]:
    """How session s1 stands, as a list shows it."""
    found = await store.get_session(ANA, "a1", "s1")
    return {
        "status": found.status,
        "last": found.last_turn_status,
        "turns": found.turn_count,
        "updated_at": found.updated_at,
    }


# --- taking turns on ---


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


# --- when the session is busy ---


async def test_reject_refuses_while_a_turn_runs(store: Store) -> None:
    await running(store)
    with pytest.raises(SessionBusy) as refused:
        await store.accept_turn(ANA, new_turn("t2", on_busy="reject"), node=NODE)
    assert refused.value.turn_id == "t1"


async def test_reject_takes_a_turn_on_when_nothing_runs(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert (await running(store, "t2", on_busy="reject")).n == 2


@pytest.mark.parametrize("on_busy", ["enqueue", "reject"])
async def test_nothing_is_taken_on_behind_a_turn_that_awaits_input(store: Store, on_busy: str) -> None:
    await store.append([awaiting(await running(store))])
    with pytest.raises(TurnAwaitingInput) as refused:
        await store.accept_turn(ANA, new_turn("t2", on_busy=on_busy), node=NODE)
    assert refused.value.turn_id == "t1"


async def test_a_full_queue_says_when_to_come_back(store: Store) -> None:
    await running(store)
    await queued(store, "t2", max_queued=1)
    with pytest.raises(QueueFull) as refused:
        await store.accept_turn(ANA, new_turn("t3", max_queued=1), node=NODE)
    assert refused.value.retry_after


async def test_fifty_turns_at_once_are_queued_in_order_and_bounded(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.accept_turn(ANA, new_turn(f"t{i}"), node=NODE) for i in range(50)), return_exceptions=True
    )
    taken = sorted(
        (outcome.record for outcome in outcomes if isinstance(outcome, Accepted)), key=lambda record: record.n
    )
    assert [(record.n, record.status) for record in taken] == [(1, "running")] + [(n, "queued") for n in range(2, 10)]
    assert sum(isinstance(outcome, QueueFull) for outcome in outcomes) == 41


async def test_of_fifty_turns_at_once_reject_takes_one(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.accept_turn(ANA, new_turn(f"t{i}", on_busy="reject"), node=NODE) for i in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SessionBusy) for outcome in outcomes) == 49
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


async def test_interrupt_asks_the_running_turn_to_stop_and_waits_for_its_end(store: Store) -> None:
    record = await running(store)
    accepted = await store.accept_turn(ANA, new_turn("t2", on_busy="interrupt"), node=NODE)
    assert (accepted.record.status, accepted.record.n) == ("queued", 2)
    assert accepted.interrupts == msgspec.structs.replace(record, cancel_requested=True)
    assert await to_stop(store, NODE) == [accepted.interrupts]


async def test_interrupt_asks_a_turn_that_awaits_input_to_stop(store: Store) -> None:
    await store.append([awaiting(await running(store))])
    accepted = await store.accept_turn(ANA, new_turn("t2", on_busy="interrupt"), node=NODE)
    assert accepted.interrupts is not None
    assert (accepted.interrupts.turn_id, accepted.interrupts.status) == ("t1", "awaiting_input")
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.cancel_requested
    assert (await session_of(store))["status"] == "awaiting_input"


async def test_interrupt_stops_what_is_first_and_waits_behind_the_others(store: Store) -> None:
    await running(store)
    await queued(store, "t2")
    accepted = await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt"), node=NODE)
    assert accepted.interrupts is not None
    assert accepted.interrupts.turn_id == "t1"
    assert not (await store.get_turn(ANA, "a1", "s1", "t2")).record.cancel_requested


async def test_interrupt_with_nothing_to_interrupt_is_a_turn_like_any_other(store: Store) -> None:
    record = await running(store, on_busy="interrupt")
    await queued(store, "t2")
    await store.append([completed(record)])
    accepted = await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt"), node=NODE)
    assert (accepted.record.status, accepted.interrupts) == ("queued", None)
    assert not (await store.get_turn(ANA, "a1", "s1", "t2")).record.cancel_requested


async def test_interrupt_does_not_pass_a_full_queue(store: Store) -> None:
    await running(store)
    await queued(store, "t2", max_queued=1)
    with pytest.raises(QueueFull):
        await store.accept_turn(ANA, new_turn("t3", on_busy="interrupt", max_queued=1), node=NODE)
    assert await to_stop(store, NODE) == []


async def test_a_repeated_interrupt_interrupts_nothing_more(store: Store) -> None:
    await store.append([completed(await running(store, idempotency_key="k", request_hash="h"))])
    await running(store, "t2")
    new = new_turn("t3", on_busy="interrupt", idempotency_key="k", request_hash="h")
    repeated = await store.accept_turn(ANA, new, node=NODE)
    assert (repeated.is_repeat, repeated.interrupts) == (True, None)
    assert await to_stop(store, NODE) == []


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


# --- the next turn ---


async def test_a_turn_does_not_start_before_it_was_taken_on_by_whichever_clock(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await store.append([completed(record)])
    claimed = await store.claim_next(ANA, "s1", at=at(0), node=NODE)
    assert claimed is not None
    taken_on, started = [logged.event for logged in await store.read_events(ANA, "t2")]
    assert [started] == [logged.event for logged in claimed.events]
    assert isinstance(taken_on, TurnQueued)
    assert isinstance(started, TurnStarted)
    assert started.at == taken_on.at > at(0)


async def test_the_next_turn_starts_when_the_one_before_has_ended(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await queued(store, "t3")
    assert await store.claim_next(ANA, "s1", at=at(15), node=NODE) is None
    await store.append([completed(record)])
    claimed = await store.claim_next(ANA, "s1", at=at(21), node=NODE)
    assert claimed is not None
    assert (claimed.record.turn_id, claimed.record.status, claimed.record.epoch) == ("t2", "running", 1)
    started = TurnStarted(turn_id="t2", session_id="s1", n=2, at=at(21))
    assert claimed.events == [LoggedEvent(id=EventId(n=2, epoch=1, seq=1), event=started)]
    assert (await store.read_events(ANA, "t2"))[1:] == claimed.events
    assert await store.claim_next(ANA, "s1", at=at(22), node=NODE) is None


async def test_nothing_is_next_in_a_session_without_queued_turns(store: Store) -> None:
    assert await store.claim_next(ANA, "s1", at=at(9), node=NODE) is None
    await store.append([completed(await running(store))])
    assert await store.claim_next(ANA, "s1", at=at(9), node=NODE) is None


async def test_a_turn_that_awaits_input_holds_the_queue(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await store.append([awaiting(record)])
    assert await store.claim_next(ANA, "s1", at=at(21), node=NODE) is None
    assert (await session_of(store))["status"] == "awaiting_input"


async def test_of_many_who_claim_the_next_turn_one_has_it(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await queued(store, "t3")
    await store.append([completed(record)])
    claims = await asyncio.gather(*(store.claim_next(ANA, "s1", at=at(21), node=NODE) for _ in range(8)))
    assert [claim.record.turn_id for claim in claims if claim] == ["t2"]


async def test_a_queued_turn_that_was_cancelled_is_passed_over(store: Store) -> None:
    first = await running(store)
    waiting = await queued(store, "t2")
    await queued(store, "t3")
    assert await store.append([cancelled(waiting, seq=2)]) == Appended()
    await store.append([completed(first)])
    claimed = await store.claim_next(ANA, "s1", at=at(21), node=NODE)
    assert claimed
    assert claimed.record.turn_id == "t3"


async def test_a_claim_takes_a_turn_over_and_changes_nothing_else(store: Store) -> None:
    record = await running(store)
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    assert claimed.events == []
    assert claimed.record == msgspec.structs.replace(record, epoch=2)
    assert len(await store.read_events(ANA, "t1")) == 2


async def test_every_claim_has_an_epoch_of_its_own(store: Store) -> None:
    await running(store)
    claims = await asyncio.gather(*(store.claim(ANA, "t1", node=NODE) for _ in range(5)))
    assert sorted(claim.record.epoch for claim in claims if claim) == [2, 3, 4, 5, 6]


async def test_a_turn_that_has_ended_cannot_be_claimed(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert await store.claim(ANA, "t1", node=NODE) is None
    assert await store.claim(ANA, "t9", node=NODE) is None


# --- who follows ---


async def test_who_lets_a_turn_end_is_told_that_another_waits_behind_it(store: Store) -> None:
    record = await running(store)
    assert await store.append([append(record, said(["Hi"]))]) == Appended()
    await queued(store, "t2")
    assert await store.append([completed(record, seq=6)]) == Appended(followed=frozenset({"t1"}))


async def test_a_turn_that_awaits_input_is_not_followed(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    assert await store.append([awaiting(record)]) == Appended()


async def test_the_end_of_a_turn_that_only_waited_starts_nothing(store: Store) -> None:
    await running(store)
    waiting = await queued(store, "t2")
    await queued(store, "t3")
    assert await store.append([cancelled(waiting, seq=2)]) == Appended()


async def test_what_counts_is_how_things_stand_when_all_is_added(store: Store) -> None:
    first = await running(store)
    waiting = await queued(store, "t2")
    assert await store.append([completed(first), cancelled(waiting, seq=2)]) == Appended()
    assert (await session_of(store))["status"] == "idle"


async def test_a_completed_turn_is_taken_up_again_while_it_is_the_last(store: Store) -> None:
    await store.append([completed(await running(store), second=20)])
    claimed = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claimed is not None
    assert (claimed.record.status, claimed.record.epoch) == ("completed", 2)
    only_resumed_opens_it = await store.append([append(claimed.record, said(["Hi"]), seq=1)])
    assert only_resumed_opens_it == Appended(lost=frozenset({"t1"}))
    assert await store.append([resumed(claimed.record, second=30)]) == Appended()
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "running"
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).turn is None
    assert await session_of(store) == {"status": "running", "last": "running", "turns": 1, "updated_at": at(30)}
    assert [record.turn_id for record in await store.list_held(NODE)] == ["t1"]
    assert (await store.accept_turn(ANA, new_turn("t2"), node=NODE)).record.status == "queued"
    await store.append([completed(claimed.record, seq=2, second=40)])
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "completed"


async def test_a_turn_that_another_follows_stays_completed(store: Store) -> None:
    await store.append([completed(await running(store))])
    claimed = await store.claim(ANA, "t1", node=NODE, reopens=True)
    assert claimed is not None
    await running(store, "t2")
    assert await store.append([resumed(claimed.record, second=30)]) == Appended(lost=frozenset({"t1"}))
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "completed"


async def test_of_nodes_that_take_up_a_completed_turn_the_last_one_has_it(store: Store) -> None:
    store.renew(NODE, seconds=60)
    store.renew("n2", seconds=60)
    await store.append([completed(await running(store))])
    first = await store.claim(ANA, "t1", node=NODE, reopens=True)
    second = await store.claim(ANA, "t1", node="n2", reopens=True)
    assert first is not None
    assert second is not None
    assert [await store.list_held(node) for node in (NODE, "n2")] == [[], []]  # nothing of it should run yet
    assert await store.append([resumed(first.record, second=30)]) == Appended(lost=frozenset({"t1"}))
    assert await store.append([resumed(second.record, second=30)]) == Appended()
    assert await store.claim(ANA, "t1", node=NODE, reopens=True) is None
    assert [record.turn_id for record in await store.list_held("n2")] == ["t1"]


async def test_what_is_refused_in_between_keeps_no_turn_from_being_taken_up_again(store: Store) -> None:
    record = await running(store)
    told = [completed(record), awaiting(record, seq=4), resumed(record, seq=5)]
    await store.append(told)
    assert (await session_of(store))["status"] == "running"
    assert [each.id.seq for each in await store.read_events(ANA, "t1")] == [1, 2, 3, 5]


async def test_only_what_was_completed_is_taken_up_again(store: Store) -> None:
    await store.append([cancelled(await running(store), second=20)])
    assert await store.claim(ANA, "t1", node=NODE, reopens=True) is None


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


# --- reading ---


async def test_a_turn_is_read_by_its_whole_path(store: Store) -> None:
    await running(store)
    await store.create_session(ANA, session("s2"))
    for path in [("a1", "s2", "t1"), ("a2", "s1", "t1"), ("a1", "s1", "t2")]:
        with pytest.raises(TurnNotFound):
            await store.get_turn(ANA, *path)


async def five_turns(store: Store) -> None:
    for n in range(1, 6):
        await store.append([completed(await running(store, f"t{n}"))])


async def listed(store: Store, *, order: Order = "asc", limit: int | None = 9, **span: str) -> list[int]:
    page = await store.list_turns(ANA, "s1", order=order, limit=limit, **span)
    return [stored.record.n for stored in page.items]


async def test_turns_are_listed_by_number(store: Store) -> None:
    await five_turns(store)
    assert await listed(store) == [1, 2, 3, 4, 5]
    assert await listed(store, order="desc", limit=2) == [5, 4]
    assert await listed(store, limit=None) == [1, 2, 3, 4, 5]
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


# --- cancelling, recovery ---


async def test_a_wish_to_cancel_is_remembered(store: Store) -> None:
    record = await running(store)
    marked = await store.request_cancel(ANA, "t1")
    assert marked == msgspec.structs.replace(record, cancel_requested=True)
    assert await to_stop(store, NODE) == [marked]
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed
    assert claimed.record.cancel_requested


async def test_a_turn_that_has_ended_is_not_marked_any_more(store: Store) -> None:
    await store.append([completed(await running(store))])
    assert not (await store.request_cancel(ANA, "t1")).cancel_requested
    with pytest.raises(TurnNotFound):
        await store.request_cancel(ANA, "t9")
