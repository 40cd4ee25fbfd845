"""SIGTERM to a real server: what runs may end, what waits starts in the next one, nobody hangs, no traceback."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.cli.server_process import ServerProcess, serving
from tests.server.live import Connection, connect
from tests.server.site import frames_of, said

RETRY = b"retry: 1000\n\n"


class Running:
    """A server process, and a connection to it."""

    def __init__(self, process: ServerProcess, connection: Connection) -> None:
        self.process = process
        self.ask = connection.ask

    async def connect(self) -> Connection:
        return await connect(self.process.port)

    async def new_session(self) -> str:
        agent_id = (await self.ask("GET", "/v1/config"))[1]["default_agent_id"]
        session = (await self.ask("POST", f"/v1/agents/{agent_id}/session", {}))[1]
        return f"/v1/agents/{agent_id}/session/{session['session_id']}"

    def terminate(self) -> None:
        self.process.process.send_signal(signal.SIGTERM)

    async def ended(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait for the process; return its exit code and the lines of its log that are worse than news."""
        code = await asyncio.to_thread(self.process.process.wait, 20)
        lines = [json.loads(line) for line in self.process.log.splitlines()]
        assert "Traceback" not in self.process.log
        return code, [line for line in lines if line["level"] not in ("debug", "info")]


class Start(Protocol):
    """Starts a server on the test's data directory."""

    async def __call__(self, **variables: str) -> Running: ...


@pytest.fixture
async def start(tmp_path: Path) -> AsyncGenerator[Start, None]:
    """Start servers, one after the other on the same data; those that still run end with the test."""
    async with AsyncExitStack() as stack:

        async def make(**variables: str) -> Running:
            process = stack.enter_context(serving(tmp_path / "data", **variables))
            return Running(process, await stack.enter_async_context(await connect(process.port)))

        yield make


async def begin(running: Running, path: str, body: dict[str, Any], words: bytes) -> tuple[Connection, bytes]:
    """Begin a stream; return when some words have come, and all that came."""
    connection = await running.connect()
    await connection.send("POST", path, body)
    assert (await connection.head())[0] == 200
    seen = b""
    while words not in seen:
        seen += await connection.chunk()
    return connection, seen


async def test_a_turn_that_runs_ends_and_its_stream_with_it_while_no_new_work_is_taken(start: Start) -> None:
    running = await start()
    session = await running.new_session()
    assert await running.ask("GET", "/v1/ready") == (200, {"status": "ready"})
    reader, seen = await begin(running, f"{session}/turn", said("hello", stream=True), b"step_progress")
    running.terminate()
    while (await running.ask("GET", "/v1/ready"))[0] == 200:
        pass
    assert await running.ask("GET", "/v1/ready") == (503, {"status": "draining"})
    assert (await running.ask("GET", "/v1/health"))[0] == 200
    status, problem = await running.ask("POST", f"{session}/turn", said("too late"))
    assert (status, problem["code"], problem["retry_after"] > 0) == (503, "overloaded", True)
    assert frames_of((seen + await reader.body()).removeprefix(RETRY))[-1].type == "turn_complete"
    await reader.close()
    assert await running.ended() == (0, [])


async def test_a_turn_that_takes_too_long_goes_on_in_the_next_server(start: Start) -> None:
    running = await start(TERTULIA_DRAIN_TIMEOUT="0.1")
    session = await running.new_session()
    reader, seen = await begin(running, f"{session}/turn", said("long", stream=True), b"step_progress")
    running.terminate()
    last = frames_of((seen + await reader.body()).removeprefix(RETRY))[-1]
    await reader.close()
    assert last.type == "step_progress"
    assert await running.ended() == (0, [])
    again = await start()
    [turn] = (await again.ask("GET", f"{session}/turns"))[1]["turns"]
    follower = await again.connect()
    await follower.send("GET", f"{session}/turn/{turn['turn_id']}/events", last_event_id=last.id)
    await follower.head()
    frames = frames_of((await follower.body()).removeprefix(RETRY))
    await follower.close()
    assert (frames[0].type, frames[-1].type) == ("step_restart", "turn_complete")
    assert frames[-1].payload["turn"]["steps"][0]["attempt"] == 2


async def test_what_waits_is_let_go_and_starts_with_the_next_server(start: Start) -> None:
    running = await start(TERTULIA_DRAIN_TIMEOUT="0.1")
    session = await running.new_session()
    first, _ = await begin(running, f"{session}/turn", said("long", stream=True), b"turn_start")
    streamed, seen = await begin(running, f"{session}/turn", said("hello", stream=True), b"turn_queued")
    plain = await running.connect()
    await plain.send("POST", f"{session}/turn", said("hello"), idempotency_key="k")
    while (await running.ask("GET", session))[1]["turn_count"] < 3:
        pass
    running.terminate()
    assert await streamed.body() == b""
    status, headers = await plain.head()
    assert (status, headers["retry-after"]) == (503, "2")
    assert await running.ended() == (0, [])
    for connection in (first, streamed, plain):
        await connection.close()
    again = await start()
    status, turn = await again.ask("POST", f"{session}/turn", said("hello"), idempotency_key="k")
    assert (status, turn["status"], turn["n"]) == (200, "completed", 3)
    statuses = [turn["status"] for turn in (await again.ask("GET", f"{session}/turns"))[1]["turns"]]
    assert statuses == ["completed", "completed", "completed"]
    last = frames_of(seen.removeprefix(RETRY))[-1]
    assert last.type == "turn_queued"


async def test_a_reader_that_does_not_read_holds_nothing_up(start: Start) -> None:
    running = await start(TERTULIA_DRAIN_TIMEOUT="0.1", TERTULIA_DEMO="always")
    session = await running.new_session()
    await running.ask("POST", f"{session}/turn", said("x" * 190_000))
    turn = (await running.ask("GET", f"{session}/turns"))[1]["turns"][0]["turn_id"]
    sleepers = [await connect(running.process.port, reads_ahead=2048) for _ in range(3)]
    for sleeper in sleepers:
        for _ in range(30):  # the kernel takes some megabytes on its own
            await sleeper.send("GET", f"{session}/turn/{turn}/events")
        await sleeper.head()
    running.terminate()
    code, worse = await running.ended()
    for sleeper in sleepers:
        await sleeper.close()
    assert code == 0
    assert all(
        "timeout graceful shutdown exceeded" in line["event"] or "without completing" in line["event"] for line in worse
    )
