"""Turns that are stopped at any moment, twice, or as they end: one end each, and the model server is left (R20)."""

import asyncio
import time

import pytest

from tests.faults.conftest import Stage
from tests.faults.model import wish
from tests.faults.size import IS_FULL, PATIENCE_S, chances, either, figure

pytestmark = pytest.mark.faults

TURNS = either(40, 400)
LONGEST_S = 0.3
"""How long the answers take at most that are stopped."""
MOST_TO_LEAVE_S = 1.0 if IS_FULL else 20.0


async def test_at_whatever_moment_turns_are_stopped_each_ends_once_and_the_model_server_is_left(stage: Stage) -> None:
    chance = chances("cancel")
    sessions = [await stage.new_session() for _ in range(4)]

    async def stop_some(session: str) -> None:
        for _ in range(TURNS // len(sessions)):
            turn = await stage.caller.begin(session, wish(30, pause_ms=10, calls=chance.randrange(3)))
            await asyncio.sleep(chance.random() * LONGEST_S)
            asked = [stage.caller.ask("POST", f"{turn}/cancel") for _ in range(chance.choice([1, 2, 3]))]
            answers = await asyncio.gather(*asked)
            ends = {answer.content for answer in answers}
            assert {answer.status_code for answer in answers} == {202}
            assert len(ends) == 1, "who stops a turn at the same time sees the same end"
            end = answers[0].json()
            assert end["status"] in ("cancelled", "completed")
            assert await stage.caller.get(turn) == end
            assert (await stage.caller.ask("POST", f"{turn}/cancel")).json() == end

    await asyncio.gather(*map(stop_some, sessions))
    turns = [turn for session in sessions for turn in await stage.until_idle(session)]
    assert len(turns) == TURNS
    assert {turn["status"] for turn in turns} >= {"cancelled"}
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(chat.ended.wait() for chat in stage.model.chats))
    for session in sessions:
        assert (await stage.caller.turn(session, wish(2)))["status"] == "completed"
    await stage.check()


async def test_a_turn_that_is_stopped_leaves_its_model_server_within_a_second(stage: Stage) -> None:
    session = await stage.new_session()
    turn = await stage.caller.begin(session, wish(1000, pause_ms=50))
    await stage.model.asked.wait()
    begun = time.monotonic()
    await stage.caller.ask("POST", f"{turn}/cancel")
    [chat] = stage.model.chats
    async with asyncio.timeout(PATIENCE_S):
        await chat.ended.wait()
    assert chat.left_at is not None
    figure(f"a cancel reached the model server after {chat.left_at - begun:.2f} s")
    assert chat.left_at - begun < MOST_TO_LEAVE_S
    await stage.check()


async def test_a_waiting_turn_that_is_stopped_never_asks_the_model(stage: Stage) -> None:
    session = await stage.new_session()
    first = await stage.caller.begin(session, wish(20, pause_ms=20))
    waiting = await stage.caller.begin(session, wish(99))
    assert (await stage.caller.ask("POST", f"{waiting}/cancel")).json()["status"] == "cancelled"
    await stage.until_idle(session)
    assert (await stage.caller.get(first))["status"] == "completed"
    assert len(stage.model.chats) == 1
    await stage.check()
