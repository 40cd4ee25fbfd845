"""Readers lose their connections anywhere and come back: they get every byte once, and nothing is stopped (R7)."""

import asyncio
from contextlib import suppress

import pytest

from tests.faults.caller import GONE, Reading, follow
from tests.faults.conftest import Stage
from tests.faults.model import wish
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.size import PATIENCE_S, chances, either
from tests.server.site import frames_of

pytestmark = pytest.mark.faults

CONNECTIONS = either(100, 1000)
READERS = 5
LONGEST_WITHOUT_A_BREAK = 400
"""Bytes of events on a connection, on average: some break in their first event, few live to see their tenth."""


async def test_over_connections_that_break_anywhere_readers_get_every_byte_once(stage: Stage) -> None:
    chance = chances("disconnects")
    session = await stage.new_session()
    breaks = 0

    def plan(_: int) -> Fault:
        if proxy.connections > CONNECTIONS:
            return Fault()
        after = int(chance.expovariate(1 / LONGEST_WITHOUT_A_BREAK))
        return Fault(chance.choice(["cut", "reset"]), after=350 + after)  # behind the head of the answer, mostly

    async with FaultProxy(stage.node.port, plan) as proxy:
        while proxy.connections < CONNECTIONS:
            turn = await stage.caller.begin(session, wish(60, pause_ms=5, calls=1))
            readings = [Reading() for _ in range(READERS)]
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*(follow(stage.caller, turn, lambda: proxy.url, each) for each in readings))
            whole = await stage.caller.events(turn)
            assert frames_of(whole)[-1].type == "turn_complete"
            assert all(reading.events == whole for reading in readings)
            breaks += sum(reading.torn for reading in readings)
    assert breaks >= CONNECTIONS * 0.9
    assert all(chat.is_whole for chat in stage.model.chats), "an answer was stopped when its reader left"
    await stage.check()


async def test_a_post_whose_client_leaves_at_any_byte_is_a_turn_or_is_not_and_a_turn_runs_to_its_end(
    stage: Stage,
) -> None:
    chance = chances("posts")
    session = await stage.new_session()
    keys = [f"key{number}" for number in range(either(30, 300))]
    caller = stage.caller
    async with FaultProxy(stage.node.port, lambda _: Fault("reset", after=chance.randrange(1500))) as proxy:
        for key in keys:
            with suppress(GONE):
                await caller.http.post(
                    f"{proxy.url}{session}/turn",
                    json={"messages": [{"role": "user", "content": wish(3)}], "stream": chance.random() < 0.5},
                    headers={"idempotency-key": key},
                )
            again = await caller.turn(session, wish(3), key=key)
            assert again["status"] == "completed"
    assert len(await stage.until_idle(session)) == len(keys)
    await stage.check()
