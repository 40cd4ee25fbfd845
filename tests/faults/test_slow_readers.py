"""Readers that do not read cost little, are dropped in the end and lose nothing by it; nobody else notices (R8)."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.fakes.upstream import DONE, stop, streams, text
from tests.faults.caller import RETRY, Reading, follow
from tests.faults.conftest import Open, Stage
from tests.faults.size import PATIENCE_S, either
from tests.server.live import Connection, connect

pytestmark = pytest.mark.faults

SLEEPERS = either(10, 100)
WOKEN = 3
MEGABYTE = 1_000_000
IN_USER_SPACE = 2 * 65_536 + 1_000
"""What the server itself holds for a reader beside the kernel: tests/server/test_wire.py measures that."""


async def test_readers_that_do_not_read_are_dropped_and_lose_nothing(open_: Open) -> None:
    stage = await open_(TERTULIA_HEARTBEAT="2")
    gate = asyncio.Event()
    pieces = [text(f"{number} " + "0123456789" * 10) for number in range(8_000)]
    stage.model.faults = [streams(text("First. "), gate, *pieces, stop(), DONE)]
    session = await stage.new_session()
    turn = await stage.caller.begin(session, "Say 1 word.")
    files = stage.node.files()
    async with AsyncExitStack() as stack:
        sleepers = [await stack.enter_async_context(await asleep(stage.node.port, turn)) for _ in range(SLEEPERS)]
        before = stage.node.usage.memory_mb()
        lively = asyncio.create_task(follow(stage.caller, turn))
        gate.set()
        reading = await lively
        assert (reading.torn, reading.frames[-1].type) == (0, "turn_complete")
        after = stage.node.usage.memory_mb()
        held = stage.node.unsent()
        assert IN_USER_SPACE < held + IN_USER_SPACE < MEGABYTE, "the kernel holds nothing for a sleeper, or too much"
        assert before
        assert after
        # What all of them share is the turn itself, once: its events, and the row that is written of it.
        assert after - before < SLEEPERS + 10 * len(reading.events) / MEGABYTE
        async with asyncio.timeout(PATIENCE_S):
            while dropped(stage) < SLEEPERS:  # noqa: ASYNC110 - no bell
                await asyncio.sleep(0.1)
        for sleeper in sleepers[:WOKEN]:
            woken = Reading()
            woken.take(await rest_of(sleeper))
            assert len(woken.events) < len(reading.events)
            assert reading.events.startswith(woken.events)
            await follow(stage.caller, turn, reading=woken)
            assert woken.events == reading.events
    async with asyncio.timeout(PATIENCE_S):
        while stage.node.files() > files + 10:  # readers of the database may have opened it  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.05)
    await stage.check()


def dropped(stage: Stage) -> int:
    """How many readers the server has dropped."""
    return sum(line["event"] == "stream.dropped" for line in stage.node.log)


async def asleep(port: int, turn: str) -> Connection:
    """A reader that has asked for a turn, and reads no more than the head of the answer."""
    reader = await connect(port, reads_ahead=4096)
    await reader.send("GET", f"{turn}/events")
    await reader.head()
    return reader


async def rest_of(sleeper: Connection) -> bytes:
    """What a sleeper finds when it wakes up: whole events at last, without the one that is torn."""
    got = b""
    try:
        while chunk := await sleeper.chunk():
            got += chunk
    except (OSError, asyncio.IncompleteReadError):
        pass
    else:
        raise AssertionError("a stream was ended as if it were whole")
    assert got.startswith(RETRY)
    return got[: got.rfind(b"\n\n") + 2].removeprefix(RETRY)
