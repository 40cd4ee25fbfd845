"""Thousands of readers that wait for something to happen cost little, and leave nothing behind (R22)."""

import asyncio
import json
import time
from statistics import quantiles

import pytest

from bench.connection import request
from bench.measures.memory import connect
from tests.faults.conftest import Stage
from tests.faults.model import wish, words_of
from tests.faults.size import PATIENCE_S, either, figure
from tests.server.site import frames_of

pytestmark = pytest.mark.faults

READERS = either(1_000, 10_000)
MOST_KB = 18
"""The goal is 15, of a server that has done nothing yet; this one has had a turn."""
ACTIVE = either(10, 100)
WORDS = 50
PAUSE_MS = 20


async def test_readers_that_wait_cost_little_and_leave_nothing_behind(stage: Stage) -> None:
    node, caller = stage.node, stage.caller
    waited_for = await caller.begin(await caller.new_session(), wish(1, pause_ms=600_000))
    await stage.model.asked.wait()
    files, before = node.files(), node.usage.memory_mb() or 0
    readers = await connect(READERS, node.url, request("GET", f"{node.url}{waited_for}/events"))
    assert node.files() >= files + READERS
    each_kb = ((node.usage.memory_mb() or 0) - before) * 1024 / READERS
    figure(f"{each_kb:.1f} KB for each of {READERS} idle readers")
    assert each_kb <= MOST_KB
    delays = [
        delay
        for turn in await asyncio.gather(*(paced(stage, WORDS + number) for number in range(ACTIVE)))
        for delay in turn
    ]
    p99 = quantiles(delays, n=100)[98]
    figure(f"p99 of the delay of a token beside them, {ACTIVE} turns: {p99 * 1000:.0f} ms")
    for reader in readers:
        reader.abort()
    async with asyncio.timeout(PATIENCE_S):
        while node.files() > files + ACTIVE + 10:  # noqa: ASYNC110 - no bell; some are kept for the next request
            await asyncio.sleep(0.05)
    await caller.ask("POST", f"{waited_for}/cancel")
    await stage.check()


async def paced(stage: Stage, words: int) -> list[float]:
    """How much later than it was said each word of a paced answer came, in seconds."""
    session = await stage.new_session()
    said, arrived = words_of(words), list[float]()
    text = ""
    body = {"messages": [{"role": "user", "content": wish(words, pause_ms=PAUSE_MS)}], "stream": True}
    async with stage.caller.http.stream("POST", f"{stage.node.url}{session}/turn", json=body) as answer:
        rest = b""
        async for data in answer.aiter_raw():
            whole, mark, rest = (rest + data).rpartition(b"\n\n")
            text += "".join(
                frame.payload["delta"]["text"] for frame in frames_of(whole + mark) if frame.type == "step_progress"
            )
            while len(arrived) < words and len(text) >= len("".join(said[: len(arrived) + 1])):
                arrived.append(time.monotonic())
    [chat] = [chat for chat in stage.model.chats if chat.wish == json.dumps([wish(words, pause_ms=PAUSE_MS)])]
    assert text == "".join(said)
    return [arrival - spoken for arrival, spoken in zip(arrived, chat.spoken_at, strict=True)]
