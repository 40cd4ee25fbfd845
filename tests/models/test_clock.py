"""The watchdog: awaits that last too long end, and nothing else does."""

import asyncio

import pytest

from tertulia.models.clock import TimeIsUp, Watchdog
from tests.fakes.clock import ManualClock


async def begun(watchdog: Watchdog, awaited: "asyncio.Future[int]", deadline: float) -> "asyncio.Task[int]":
    task = asyncio.create_task(watchdog.wait(awaited, deadline))
    await asyncio.sleep(0)
    return task


def future() -> "asyncio.Future[int]":
    return asyncio.get_running_loop().create_future()


async def test_what_comes_in_time_is_returned() -> None:
    clock, awaited = ManualClock(), future()
    task = await begun(Watchdog(clock), awaited, 10)
    clock.pass_time(9)
    awaited.set_result(7)
    assert await task == 7


async def test_what_does_not_come_in_time_is_cancelled() -> None:
    clock, awaited = ManualClock(), future()
    task = await begun(Watchdog(clock), awaited, 10)
    clock.pass_time(10)
    with pytest.raises(TimeIsUp):
        await task
    assert awaited.cancelled()
    assert task.cancelling() == 0


async def test_one_timer_serves_many_awaits_whose_deadlines_move_on() -> None:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    for _ in range(5):
        awaited = future()
        task = await begun(watchdog, awaited, clock.now() + 10)
        clock.pass_time(9)
        awaited.set_result(1)
        await task
    task = await begun(watchdog, future(), clock.now() + 10)
    clock.pass_time(9)
    await asyncio.sleep(0)
    assert not task.done()
    clock.pass_time(1)
    with pytest.raises(TimeIsUp):
        await task


async def test_a_nearer_deadline_is_kept_although_the_timer_was_set_for_a_later_one() -> None:
    clock, awaited = ManualClock(), future()
    watchdog = Watchdog(clock)
    task = await begun(watchdog, awaited, 120)
    awaited.set_result(1)
    await task
    task = await begun(watchdog, future(), 60)
    clock.pass_time(60)
    with pytest.raises(TimeIsUp):
        await task


async def test_nothing_happens_between_two_awaits() -> None:
    clock, awaited = ManualClock(), future()
    watchdog = Watchdog(clock)
    task = await begun(watchdog, awaited, 10)
    awaited.set_result(1)
    await task
    clock.pass_time(100)
    awaited = future()
    task = await begun(watchdog, awaited, clock.now() + 10)
    awaited.set_result(2)
    assert await task == 2


async def test_a_cancellation_from_outside_stays_one() -> None:
    clock = ManualClock()
    task = await begun(Watchdog(clock), future(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_from_outside_at_the_same_moment_wins() -> None:
    clock = ManualClock()
    task = await begun(Watchdog(clock), future(), 10)
    clock.pass_time(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_closed_watchdog_leaves_no_timer() -> None:
    clock, awaited = ManualClock(), future()
    watchdog = Watchdog(clock)
    task = await begun(watchdog, awaited, 10)
    awaited.set_result(1)
    await task
    assert clock.has_timers
    watchdog.close()
    assert not clock.has_timers
