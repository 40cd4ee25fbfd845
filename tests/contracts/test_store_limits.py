"""What every store does with limits: what is used is counted once, and what is added at once goes beyond no limit."""

import asyncio
from collections.abc import Sequence

import pytest

from tertulia.domain.agents import AgentConfig, Budget
from tertulia.domain.errors import BudgetReached, FileNotFound, RateLimited, StorageFull
from tertulia.domain.limits import OwnLimits
from tertulia.domain.steps import Usage as Tokens
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tertulia.store.limits import TurnLimits, Usage
from tertulia.store.log import Append
from tertulia.store.turns import TurnRecord
from tests.store.files import LONG, file, reserved, uploaded
from tests.store.values import (
    ANA,
    BEN,
    NODE,
    OTHER_NODE,
    agent,
    at,
    awaiting,
    completed,
    new_turn,
    queued,
    resumed,
    running,
    session,
    turn_of,
)

DAY = "2026-01-02"
"""The day of `at`."""


def costing(rest: Append, tokens: int) -> Append:
    """Let a turn have cost so much by the time it rests."""
    assert rest.turn is not None
    turn: Turn = turn_of_rest(rest.turn, tokens)
    return Append(owner=rest.owner, turn_id=rest.turn_id, epoch=rest.epoch, events=rest.events, turn=turn)


def turn_of_rest(turn: Turn, tokens: int) -> Turn:
    cost = Tokens(input_tokens=tokens - tokens // 3, output_tokens=tokens // 3, cached_input_tokens=tokens // 2)
    record = TurnRecord(
        turn_id=turn.turn_id,
        session_id=turn.session_id,
        agent_id="a1",
        agent_version=1,
        owner=ANA,
        n=turn.n,
        status=turn.status,
        epoch=1,
        created_at=at(10),
    )
    return turn_of(record, completed_at=turn.completed_at, usage=cost)


async def spent(store: Store, day: str = DAY, owner: str = ANA) -> int:
    return (await store.read_usage(owner, day=day)).tokens


# --- what is set ---


async def test_where_nothing_was_set_nothing_is_said(store: Store) -> None:
    assert await store.get_limits(ANA) == OwnLimits()


async def test_what_was_set_last_counts_and_for_its_owner_alone(store: Store) -> None:
    await store.set_limits(ANA, OwnLimits(requests_per_minute=7), at=at(1))
    own = OwnLimits(tokens_per_day=0, storage_bytes=2**53 - 1)
    await store.set_limits(ANA, own, at=at(2))
    assert await store.get_limits(ANA) == own
    assert await store.get_limits(BEN) == OwnLimits()


async def test_of_an_owner_who_leaves_nothing_is_known(store: Store) -> None:
    for owner in (ANA, BEN):
        await store.set_limits(owner, OwnLimits(requests_per_minute=7), at=at(1))
        await store.add_tokens(owner, 5, day=DAY)
        await store.reserve_storage(owner, "r1", size=3, limit=0, seconds=LONG)
        await store.draw_requests(owner, limit=1)
    await store.forget_limits(ANA)
    assert (await store.get_limits(ANA), await store.read_usage(ANA, day=DAY)) == (OwnLimits(), Usage())
    assert (await store.draw_requests(ANA, limit=1)).granted == 1
    assert (await store.get_limits(BEN)).requests_per_minute == 7
    assert await store.read_usage(BEN, day=DAY) == Usage(tokens=5, storage_bytes=3)


# --- requests ---


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_of_a_minutes_requests_no_more_are_drawn_than_there_are(store: Store, limit: int) -> None:
    granted, seconds = [], 60.0
    while (drawn := await store.draw_requests(ANA, limit=limit)).granted:
        if drawn.seconds_left > seconds:  # the minute was over in between
            return
        granted.append(drawn.granted)
        seconds = drawn.seconds_left
        assert drawn.used == sum(granted)
    assert sum(granted) == limit
    assert granted == sorted(granted, reverse=True)
    assert 0 < drawn.seconds_left <= 60
    assert (await store.draw_requests(BEN, limit=limit)).granted


# --- turns ---


async def test_what_runs_and_what_waits_counts_and_what_rests_does_not(store: Store) -> None:
    first = await running(store)
    await queued(store, "t2")
    assert (await store.read_usage(ANA, day=DAY)).turns == 2
    await store.append([awaiting(first)])
    assert (await store.read_usage(ANA, day=DAY)).turns == 1
    assert (await store.read_usage(BEN, day=DAY)).turns == 0


async def test_a_turn_too_many_is_refused_and_nothing_is_stored_of_it(store: Store) -> None:
    limits = TurnLimits(concurrent_turns=2)
    first = await running(store, limits=limits)
    await queued(store, "t2", limits=limits)
    with pytest.raises(RateLimited) as refused:
        await store.accept_turn(ANA, new_turn("t3", limits=limits), node=NODE)
    assert (refused.value.limit, refused.value.retry_after) == ("concurrent_turns", 1)
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 2
    await store.append([completed(first)])
    await queued(store, "t3", limits=limits)


async def test_what_was_taken_on_before_comes_back_whatever_the_limit(store: Store) -> None:
    limits = TurnLimits(concurrent_turns=1, tokens_per_day=1, session_tokens=1)
    record = await running(store, idempotency_key="k", limits=limits)
    await store.append([costing(completed(record), 9)])
    repeat = await store.accept_turn(ANA, new_turn("t2", idempotency_key="k", limits=limits), node=NODE)
    assert (repeat.is_repeat, repeat.record.turn_id) == (True, "t1")


async def test_of_turns_that_come_at_once_as_many_are_taken_on_as_may(store: Store) -> None:
    for number in range(2, 13):
        await store.create_session(ANA, session(f"s{number}"))
    limits = TurnLimits(concurrent_turns=5)
    news = [new_turn(f"t{number}", session_id=f"s{number}", limits=limits) for number in range(1, 13)]
    asked = [store.accept_turn(ANA, new, node=NODE) for new in news]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 7
    assert all(isinstance(answer, RateLimited) for answer in refused)
    assert (await store.read_usage(ANA, day=DAY)).turns == 5


# --- tokens ---


async def test_a_turn_is_counted_when_it_ends_for_its_owner_its_day_and_its_session(store: Store) -> None:
    record = await running(store)
    await store.append([costing(completed(record), 100)])
    assert (await spent(store), await spent(store, "2026-01-03"), await spent(store, owner=BEN)) == (100, 0, 0)
    assert await store.read_session_tokens(ANA, "s1") == 100
    assert await store.read_session_tokens(BEN, "s1") == 0


async def test_what_a_turn_that_rests_more_than_once_has_cost_is_counted_once(store: Store) -> None:
    record = await running(store)
    await store.append([costing(awaiting(record), 40)])
    assert await spent(store) == 40
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([resumed(claimed.record)])
    assert await spent(store) == 40
    await store.append([costing(completed(claimed.record, seq=2), 70)])
    assert (await spent(store), await store.read_session_tokens(ANA, "s1")) == (70, 70)


async def test_what_comes_to_rest_twice_in_one_write_is_counted_once(store: Store) -> None:
    record = await running(store)
    rests = costing(awaiting(record), 40)
    goes_on = resumed(record, seq=4)
    await store.append([rests, goes_on, costing(completed(record, seq=5), 70)])
    assert (await spent(store), await store.read_session_tokens(ANA, "s1")) == (70, 70)


async def test_what_a_lost_node_still_writes_costs_nothing(store: Store) -> None:
    record = await running(store)
    taken_over = await store.claim(ANA, "t1", node=NODE)
    assert taken_over is not None
    lost = await store.append([costing(completed(record), 100)])
    assert lost.lost == {"t1"}
    await store.append([costing(completed(taken_over.record, seq=1), 30)])
    assert (await spent(store), await store.read_session_tokens(ANA, "s1")) == (30, 30)


async def test_what_no_turn_has_cost_counts_beside_them(store: Store) -> None:
    await store.add_tokens(ANA, 5, day=DAY)
    await store.append([costing(completed(await running(store)), 100)])
    await store.add_tokens(ANA, 7, day=DAY)
    assert (await spent(store), await store.read_session_tokens(ANA, "s1")) == (112, 100)


async def test_once_a_days_tokens_are_spent_there_is_no_turn_until_the_next(store: Store) -> None:
    limits = TurnLimits(tokens_per_day=100)
    record = await running(store, limits=limits)
    await store.append([costing(completed(record), 100)])
    with pytest.raises(RateLimited) as refused:
        await store.accept_turn(ANA, new_turn("t2", limits=limits, at=at(86_400 - 90)), node=NODE)
    assert (refused.value.limit, refused.value.retry_after) == ("tokens_per_day", 90)
    await running(store, "t2", limits=limits, at="2026-01-03T00:00:00.000000Z")


@pytest.mark.parametrize("of_server", [0, 100, 500])
@pytest.mark.parametrize("of_agent", [None, 100, 500])
async def test_a_session_that_has_cost_its_budget_takes_no_turn(
    empty: Store, of_server: int, of_agent: int | None
) -> None:
    config = AgentConfig(model="demo/script", budget=Budget(session_tokens=of_agent))
    await empty.create_agent(ANA, agent(agent_config=config))
    await empty.create_session(ANA, session())
    limits = TurnLimits(session_tokens=of_server)
    await empty.append([costing(completed(await running(empty, limits=limits)), 100)])
    if 100 in (of_server, of_agent):
        with pytest.raises(BudgetReached):
            await empty.accept_turn(ANA, new_turn("t2", limits=limits), node=NODE)
    else:
        await running(empty, "t2", limits=limits)


async def test_the_newest_config_of_its_agent_says_what_a_session_may_cost(store: Store) -> None:
    await store.append([costing(completed(await running(store)), 100)])
    small = AgentConfig(model="demo/script", budget=Budget(session_tokens=50))
    await store.update_agent(ANA, "a1", config=small, version=1, at=at(30))
    with pytest.raises(BudgetReached):
        await store.accept_turn(ANA, new_turn("t2"), node=NODE)
    await store.update_agent(ANA, "a1", config=AgentConfig(model="demo/script"), version=2, at=at(31))
    await running(store, "t2")


async def test_what_was_spent_stays_spent_when_its_session_is_deleted(store: Store) -> None:
    await store.append([costing(completed(await running(store)), 100)])
    await store.delete_session(ANA, "a1", "s1")
    assert await store.read_usage(ANA, day=DAY) == Usage(tokens=100)


# --- bytes ---


async def bytes_of(store: Store, owner: str = ANA) -> int:
    return (await store.read_usage(owner, day=DAY)).storage_bytes


async def reserve(store: Store, name: str, size: int, *, limit: int = 100, seconds: float = LONG) -> None:
    await store.reserve_storage(ANA, name, size=size, limit=limit, seconds=seconds)


async def test_files_and_room_for_those_that_come_are_what_an_owner_has(store: Store) -> None:
    await uploaded(store, words="12345")
    await reserve(store, "r1", 20)
    assert (await bytes_of(store), await bytes_of(store, BEN)) == (25, 0)
    await store.release_storage(ANA, "r1")
    await store.release_storage(ANA, "r1")
    assert await bytes_of(store) == 5
    await store.delete_file(ANA, "f1")
    assert await bytes_of(store) == 0


async def test_room_is_kept_up_to_the_limit_to_the_byte(store: Store) -> None:
    await uploaded(store, words="12345")
    await reserve(store, "r1", 45)
    with pytest.raises(StorageFull):
        await reserve(store, "r2", 51)
    await reserve(store, "r2", 50)
    with pytest.raises(StorageFull):
        await reserve(store, "r3", 1)
    await reserve(store, "r3", 0)
    assert await bytes_of(store) == 100


async def test_a_file_takes_the_place_of_the_room_that_was_kept_for_it(store: Store) -> None:
    await reserve(store, "r1", 60)
    await store.add_file(ANA, await reserved(store, file(words="12345")), reservation="r1")
    assert await bytes_of(store) == 5


async def test_so_do_the_files_of_a_turn(store: Store) -> None:
    await reserve(store, "r1", 60)
    new = await reserved(store, file(words="12345"))
    await running(store, new_files=[new], reservation="r1")
    assert await bytes_of(store) == 5


async def test_a_turn_that_is_refused_gives_no_room_back(store: Store) -> None:
    await reserve(store, "r1", 60)
    with pytest.raises(FileNotFound):
        await store.accept_turn(ANA, new_turn("t1", used_files=["nope"], reservation="r1"), node=NODE)
    assert await bytes_of(store) == 60


async def test_room_that_nobody_has_taken_is_free_after_its_time(store: Store) -> None:
    await reserve(store, "r1", 100, seconds=0.0)
    await reserve(store, "r2", 100)
    assert await bytes_of(store) == 100


async def test_uploads_that_come_at_once_go_beyond_no_limit(store: Store) -> None:
    asked = [reserve(store, f"r{number}", 30) for number in range(10)]
    answers: Sequence[BaseException | None] = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers].count(StorageFull) == 7
    assert await bytes_of(store) == 90


async def test_all_of_it_holds_for_a_turn_that_another_node_takes_on(store: Store) -> None:
    limits = TurnLimits(concurrent_turns=1)
    await running(store, limits=limits)
    await store.create_session(ANA, session("s2"))
    with pytest.raises(RateLimited):
        await store.accept_turn(ANA, new_turn("t2", session_id="s2", limits=limits), node=OTHER_NODE)
