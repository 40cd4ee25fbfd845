"""How requests are counted: alone, and by several nodes that draw from one store."""

import asyncio

import pytest

from tertulia.domain.errors import RateLimited, StorageUnavailable
from tertulia.runtime.request_meter import RequestMeter, Window
from tertulia.store.limits import Drawn
from tertulia.store.memory.store import MemoryStore
from tests.store.values import ANA, BEN


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def passed(meter: RequestMeter, limit: int, *, asked: int, owner: str = ANA) -> int:
    """How many of so many requests at once are let through."""
    answers = await asyncio.gather(*(meter.take(owner, limit) for _ in range(asked)), return_exceptions=True)
    assert all(isinstance(answer, Window | RateLimited) for answer in answers), answers
    return sum(isinstance(answer, Window) for answer in answers)


async def refused(meter: RequestMeter, limit: int) -> RateLimited:
    with pytest.raises(RateLimited) as refusal:
        await meter.take(ANA, limit)
    return refusal.value


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def alone(watch: Watch) -> RequestMeter:
    return RequestMeter(MemoryStore(), draws=False, now=watch)


async def test_a_minute_has_as_many_requests_as_the_limit_says(alone: RequestMeter) -> None:
    assert await passed(alone, 5, asked=8) == 5
    assert await passed(alone, 5, asked=8, owner=BEN) == 5


async def test_after_as_long_as_is_said_there_are_all_of_them_again(alone: RequestMeter, watch: Watch) -> None:
    await alone.take(ANA, 1)
    watch.seconds = 17.4
    refusal = await refused(alone, 1)
    assert (refusal.limit, refusal.retry_after) == ("requests_per_minute", 43)
    watch.seconds += 42
    await refused(alone, 1)
    watch.seconds += 1
    assert await alone.take(ANA, 1) == Window(limit=1, remaining=0, seconds=60)


async def test_each_answer_says_how_many_are_left(alone: RequestMeter, watch: Watch) -> None:
    assert await alone.take(ANA, 3) == Window(limit=3, remaining=2, seconds=60)
    watch.seconds = 59.5
    assert await alone.take(ANA, 3) == Window(limit=3, remaining=1, seconds=1)
    assert alone.look(ANA) == Window(limit=3, remaining=1, seconds=1)
    watch.seconds = 60.0
    assert alone.look(ANA) is None


@pytest.mark.parametrize(("later", "passes"), [(10, 4), (6, 0), (2, 0), (7, 1)])
async def test_in_a_minute_whose_limit_is_changed_what_was_used_stays_used(
    alone: RequestMeter, later: int, passes: int
) -> None:
    assert await passed(alone, 6, asked=6) == 6
    assert await passed(alone, later, asked=20) == passes


async def test_nodes_that_share_a_store_let_no_more_through_than_one() -> None:
    watch, store = Watch(), MemoryStore(is_shared=True, now=lambda: 0.0)
    await store.open()
    nodes = [RequestMeter(store, draws=True, now=watch) for _ in range(3)]
    counts = await asyncio.gather(*(passed(node, 100, asked=80) for node in nodes))
    assert sum(counts) == 100
    assert min(counts) > 0
    refusal = await refused(nodes[0], 100)
    assert refusal.retry_after == 60


async def test_a_node_asks_the_store_seldom() -> None:
    draws = 0

    class Counting(MemoryStore):
        async def draw_requests(self, owner: str, *, limit: int) -> Drawn:
            nonlocal draws
            draws += 1
            return await super().draw_requests(owner, limit=limit)

    store = Counting(is_shared=True, now=lambda: 0.0)
    await store.open()
    meter = RequestMeter(store, draws=True, now=Watch())
    assert await passed(meter, 1200, asked=1000) == 1000
    assert draws < 40
    for _ in range(200):
        await meter.take(ANA, 1200)
    before = draws
    for _ in range(20):
        await refused(meter, 1200)
    assert draws == before


async def test_without_a_store_nobody_is_refused() -> None:
    class Away(MemoryStore):
        async def draw_requests(self, owner: str, *, limit: int) -> Drawn:
            raise StorageUnavailable

    meter = RequestMeter(Away(), draws=True, now=Watch())
    assert await passed(meter, 2, asked=5) == 5
