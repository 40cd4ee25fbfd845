"""Servers that are told to stop while they work: no turn fails, and who reads one reads it to its end (R6)."""

import asyncio
import time

import pytest

from tests.faults.caller import GONE, Caller, follow
from tests.faults.conftest import Open
from tests.faults.model import wish, words_of
from tests.faults.size import chances, either, figure

pytestmark = pytest.mark.faults

CLIENTS = 10
RESTARTS = either(3, 20)
DRAIN_S = 1
LONGEST_DRAIN_S = 10


async def test_while_a_server_is_restarted_again_and_again_no_turn_fails(open_: Open) -> None:
    stage = await open_(TERTULIA_DRAIN_TIMEOUT=str(DRAIN_S))
    sessions = [await stage.new_session() for _ in range(CLIENTS)]
    done = asyncio.Event()
    codes: list[int] = []
    drains: list[float] = []

    async def restart() -> None:
        chance = chances("restarts")
        for _ in range(RESTARTS):
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            begun = time.monotonic()
            codes.append(await stage.node.terminate())
            drains.append(time.monotonic() - begun)
            await stage.node.start()
        done.set()

    with stage.caller.expecting(503):
        async with asyncio.TaskGroup() as group:
            group.create_task(restart())
            talks = [group.create_task(talk(stage.caller, session, done)) for session in sessions]
    assert sum(talk.result() for talk in talks) > CLIENTS
    assert codes == [0] * RESTARTS
    assert max(drains) <= LONGEST_DRAIN_S
    turns = [turn for session in sessions for turn in await stage.until_idle(session)]
    assert {turn["status"] for turn in turns} == {"completed"}
    figure(f"{len(turns)} turns over {RESTARTS} restarts, 0 failed; longest drain {max(drains):.1f} s")
    await stage.check()


async def talk(caller: Caller, session: str, done: asyncio.Event) -> int:
    """Post turns and read each to its end, whatever happens to the server; return how many there were."""
    chance = chances(session)
    count = 0
    while not done.is_set():
        count += 1
        words, pause_ms = chance.choice([(10, 10), (100, 30)])  # some outlast a drain
        turn = await post(caller, session, wish(words, pause_ms=pause_ms), key=f"key{count}")
        reading = await follow(caller, turn)
        end = reading.frames[-1].payload["turn"]
        assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(words)))
    return count


async def post(caller: Caller, session: str, words: str, key: str) -> str:
    """Post a turn until it is taken on; return its path."""
    while True:
        try:
            answer = await caller.post(session, words, key=key, background=True)
        except GONE:
            await asyncio.sleep(0.02)
            continue
        if answer.is_success:
            return answer.headers["location"]
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.02)
