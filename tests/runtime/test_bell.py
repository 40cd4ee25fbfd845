"""A bell does what an `asyncio.Event` does, in a fraction of the room."""

import asyncio
import tracemalloc
from collections.abc import Callable

import pytest

from tertulia.runtime.bell import Bell

MANY = 1_000


async def test_who_waits_is_woken_in_order_and_who_comes_later_waits_for_the_next_ring() -> None:
    bell, woken = Bell(), list[int]()

    async def wait(number: int) -> None:
        await bell.wait()
        woken.append(number)

    first = [asyncio.create_task(wait(number)) for number in range(3)]
    await asyncio.sleep(0)
    bell.set()
    bell.clear()
    await asyncio.gather(*first)
    assert woken == [0, 1, 2]
    later = asyncio.create_task(wait(3))
    await asyncio.sleep(0)
    assert not later.done()
    bell.set()
    await later
    assert bell.is_set()
    assert await bell.wait()


async def test_who_is_cancelled_while_it_waits_leaves_nothing_behind() -> None:
    bell = Bell()
    gone, other = (asyncio.create_task(bell.wait()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    bell.set()
    assert await other


def test_it_takes_a_fifth_of_the_room_at_most() -> None:
    assert bytes_of(Bell) < bytes_of(asyncio.Event) / 5


def bytes_of(make: Callable[[], object]) -> int:
    """What many of a kind take."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        made = [make() for _ in range(MANY)]
        after, _ = tracemalloc.get_traced_memory()
        assert len(made) == MANY
        return after - before
    finally:
        tracemalloc.stop()
