"""Two nodes on one PostgreSQL count what one owner uses: nothing is lost, nothing counts twice, no limit is passed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain.errors import RateLimited, StorageFull
from tertulia.domain.steps import Usage as Tokens
from tertulia.store.base import Store
from tertulia.store.limits import Drawn, TurnLimits, Usage
from tertulia.store.log import Append
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.store.turns import TurnRecord
from tests.store.files import file
from tests.store.values import agent, awaiting, completed, new_turn, resumed, session

pytestmark = pytest.mark.slow

DAY = "2026-01-02"
owners = count()
nodes = st.sampled_from([0, 1])


@asynccontextmanager
async def two_nodes(url: str) -> AsyncIterator[Sequence[Store]]:
    stores = [SqlStore(PostgresDatabase(url)) for _ in range(2)]
    for store in stores:
        await store.open()
    try:
        yield stores
    finally:
        for store in stores:
            await store.close()


async def outcomes(asked: Iterable[Awaitable[Any]], *refusals: type[Exception]) -> list[Any]:
    """What came of what was asked at once, without the refusals; anything else that was raised is raised."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, refusals):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def costing(rest: Append, tokens: int) -> Append:
    assert rest.turn is not None
    return replace(rest, turn=replace(rest.turn, usage=Tokens(input_tokens=tokens)))


async def end(store: Store, record: TurnRecord, costs: Sequence[int], node: str) -> int:
    """Let a turn rest as often as there are costs, which add up; return what it has cost."""
    total, seq = 0, 3
    for cost in costs[:-1]:
        total += cost
        await store.append([costing(awaiting(record, seq=seq), total)])
        claimed = await store.claim(record.owner, record.turn_id, node=node)
        assert claimed is not None
        record, seq = claimed.record, 2
        await store.append([resumed(record)])
    await store.append([costing(completed(record, seq=seq), total + costs[-1])])
    return total + costs[-1]


turns = st.lists(st.tuples(nodes, st.lists(st.integers(0, 1000), min_size=1, max_size=3)), min_size=1, max_size=8)
with_a_database = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@with_a_database
@given(turns, st.integers(1, 6))
def test_turns_that_begin_and_end_at_once(
    cleared_postgres_url: str, asked: list[tuple[int, list[int]]], most: int
) -> None:
    async def run() -> None:
        owner, limits = f"owner-{next(owners)}", TurnLimits(concurrent_turns=most, tokens_per_day=10**9)
        ids = [f"{owner}-{number}" for number in range(len(asked))]
        async with two_nodes(cleared_postgres_url) as stores:
            await stores[0].create_agent(owner, agent())
            for each in ids:
                await stores[0].create_session(owner, session(each))

            async def begin(number: int) -> tuple[int, TurnRecord]:
                place, new = asked[number][0], new_turn(ids[number], session_id=ids[number], limits=limits)
                return number, (await stores[place].accept_turn(owner, new, node=f"node-{place}")).record

            taken: list[tuple[int, TurnRecord]] = await outcomes(map(begin, range(len(asked))), RateLimited)
            assert len(taken) == min(most, len(asked))
            assert (await stores[1].read_usage(owner, day=DAY)).turns == len(taken)

            ends = [end(stores[asked[i][0]], record, asked[i][1], f"node-{asked[i][0]}") for i, record in taken]
            others = [stores[number % 2].add_tokens(owner, number, day=DAY) for number in range(4)]
            spent = await outcomes([*ends, *others])
            costs = [sum(asked[i][1]) for i, _ in taken]
            assert spent[: len(ends)] == costs
            assert await stores[0].read_usage(owner, day=DAY) == Usage(tokens=sum(costs) + 0 + 1 + 2 + 3)
            of_sessions = [await stores[1].read_session_tokens(owner, ids[i]) for i, _ in taken]
            assert of_sessions == costs

    asyncio.run(run())


@with_a_database
@given(st.lists(nodes, min_size=1, max_size=20), st.integers(1, 40))
def test_requests_that_are_drawn_at_once(cleared_postgres_url: str, draws: list[int], most: int) -> None:
    async def run() -> None:
        owner = f"owner-{next(owners)}"
        async with two_nodes(cleared_postgres_url) as stores:
            drawn: list[Drawn] = await outcomes([stores[place].draw_requests(owner, limit=most) for place in draws])
        left = sorted(each.seconds_left for each in drawn)
        if left[-1] - left[0] < 30:  # else another minute began meanwhile
            assert sum(each.granted for each in drawn) == max(each.used for each in drawn) <= most
            assert len(drawn) >= most or any(each.granted for each in drawn)

    asyncio.run(run())


@with_a_database
@given(st.lists(st.tuples(nodes, st.integers(1, 60)), min_size=1, max_size=12), st.integers(1, 200))
def test_uploads_that_come_at_once(cleared_postgres_url: str, uploads: list[tuple[int, int]], most: int) -> None:
    async def run() -> None:
        owner = f"owner-{next(owners)}"
        async with two_nodes(cleared_postgres_url) as stores:

            async def upload(number: int) -> int:
                place, size = uploads[number]
                made = file(f"{owner}-{number}", f"{owner}-{number}".ljust(size)[:size])
                name = f"r{number}"
                await stores[place].reserve_storage(owner, name, size=size, limit=most, seconds=60)
                assert await stores[place].reserve_blob(made.info.sha256, size=size, seconds=60)
                await stores[place].add_file(owner, made, reservation=name)
                return size

            kept: list[int] = await outcomes(map(upload, range(len(uploads))), StorageFull)
            assert await stores[0].read_usage(owner, day=DAY) == Usage(storage_bytes=sum(kept))
        assert sum(kept) <= most
        refused = [size for _, size in uploads]
        for size in kept:
            refused.remove(size)
        assert all(sum(kept) + size > most for size in refused)

    asyncio.run(run())
