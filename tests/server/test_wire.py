"""What only a socket shows: events that come when they happen, signs of life, readers that leave or do not read."""

import asyncio
import gc
import random
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
from litestar import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tertulia.models.scripted import Reply
from tertulia.server.connection import HttpProtocol
from tests.runtime.frail_store import FrailStore
from tests.server.conftest import Log
from tests.server.live import Connection, LiveSite, serve_live
from tests.server.site import frames_of, said

RETRY = b"retry: 1000\n\n"


class Serve(Protocol):
    """Serves a site on a socket until the test ends."""

    async def __call__(self, *replies: Reply, **options: Any) -> LiveSite: ...


@pytest.fixture
async def serve() -> AsyncGenerator[Serve, None]:
    """Serve sites until the test ends."""
    async with AsyncExitStack() as stack:

        async def make(*replies: Reply, **options: Any) -> LiveSite:
            return await stack.enter_async_context(serve_live(*replies, **options))

        yield make


async def until_text(connection: Connection, words: bytes) -> bytes:
    """Read chunks until some words have come."""
    seen = b""
    while words not in seen:
        seen += await connection.chunk()
    return seen


# --- as it happens ---


async def test_events_come_when_they_happen_and_not_when_the_turn_ends(serve: Serve) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    live = await serve(Reply("One. ", gates[0], "Two. ", gates[1], "Three."))
    session = await live.site.new_session()
    async with await live.connect() as connection:
        await connection.send("POST", f"{session}/turn", said("Hello", stream=True))
        status, headers = await connection.head()
        assert (status, headers["transfer-encoding"]) == (200, "chunked")
        assert "content-length" not in headers
        assert await connection.chunk() == RETRY
        seen = await until_text(connection, b"One. ")
        assert b"Two. " not in seen
        gates[0].set()
        assert b"Three." not in await until_text(connection, b"Two. ")
        gates[1].set()
        assert b"turn_complete" in await connection.body()


async def test_what_is_ready_goes_out_together(serve: Serve) -> None:
    live = await serve(Reply("word " * 2000))
    session = await live.site.new_session()
    turn = (await live.site.say(session)).headers["location"]
    async with await live.connect() as connection:
        await connection.send("GET", f"{turn}/events")
        await connection.head()
        chunks = 0
        while await connection.chunk():
            chunks += 1
    assert chunks < 50


async def test_a_stream_ends_at_rest_and_leaves_the_connection_for_the_next_request(serve: Serve) -> None:
    live = await serve()
    session = await live.site.new_session()
    async with await live.connect() as connection:
        for _ in range(3):
            await connection.send("POST", f"{session}/turn", said("Hello", stream=True))
            assert (await connection.head())[0] == 200
            assert frames_of(await connection.body())[-1].type == "turn_complete"
            assert (await connection.ask("GET", "/v1/health"))[0] == 200


async def test_a_silent_stream_sends_signs_of_life(serve: Serve) -> None:
    gate = asyncio.Event()
    live = await serve(Reply(gate, "Done."), heartbeat=0.01)
    session = await live.site.new_session()
    async with await live.connect() as connection:
        await connection.send("POST", f"{session}/turn", said("Hello", stream=True))
        await connection.head()
        await until_text(connection, b"step_start")
        assert [await connection.chunk() for _ in range(3)] == [b":\n\n"] * 3
        gate.set()
        rest = await connection.body()
    assert b"turn_complete" in rest


async def test_a_stream_that_cannot_be_is_refused_before_it_begins(serve: Serve) -> None:
    live = await serve()
    async with await live.connect() as connection:
        for method, path, body in (
            ("POST", f"{live.site.agent}/session/none/turn", said("Hello", stream=True)),
            ("GET", f"{live.site.agent}/session/none/turn/none/events", None),
        ):
            status, problem = await connection.ask(method, path, body)
            assert (status, problem["status"]) == (404, 404)


# --- readers that leave ---


def has_logged(log: Log, path: str) -> bool:
    return any(line["event"] == "request" and line["path"] == path for line in log)


@pytest.mark.parametrize("http", [HttpProtocol, HttpToolsProtocol], ids=["ours", "uvicorn"])
async def test_whoever_leaves_stops_nothing_and_is_forgotten(
    serve: Serve, log: Log, http: type[HttpToolsProtocol]
) -> None:
    gate = asyncio.Event()
    live = await serve(Reply("One. ", gate, "Two."), http=http)
    session = await live.site.new_session()
    connection = await live.connect()
    await connection.send("POST", f"{session}/turn", said("Hello", stream=True))
    await connection.head()
    await until_text(connection, b"One. ")
    await connection.close()
    while not has_logged(log, f"{session}/turn"):  # noqa: ASYNC110 - no bell
        await asyncio.sleep(0.001)
    assert (await live.site.get(session)).json()["turns"][0]["status"] == "running"
    gate.set()
    found = await live.site.until(session, lambda found: found["status"] == "idle")
    assert found["turns"][0]["output_message"]["content"] == "One. Two."
    assert [line for line in log if line["log_level"] in ("warning", "error")] == []


async def test_whoever_leaves_before_a_stream_has_begun_is_forgotten_too(serve: Serve, log: Log) -> None:
    gate, store = asyncio.Event(), FrailStore()
    live = await serve(Reply("One. ", gate, "Two."), store=store)
    turn = (await live.site.say(await live.site.new_session(), background=True)).headers["location"]
    connection = await live.connect()

    async def leave() -> None:
        await connection.close()
        while live.server.server_state.connections:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.001)

    store.meanwhile["get_turn"] = leave
    await connection.send("GET", f"{turn}/events")
    while not has_logged(log, f"{turn}/events"):  # noqa: ASYNC110 - no bell
        await asyncio.sleep(0.001)
    assert store.meanwhile == {}
    gate.set()


async def test_of_a_request_whose_stream_waits_next_to_nothing_is_kept(serve: Serve) -> None:
    gate = asyncio.Event()
    live = await serve(Reply("One. ", gate, "Two."))
    turn = (await live.site.say(await live.site.new_session(), background=True)).headers["location"]
    async with await live.connect() as connection:
        await connection.send("GET", f"{turn}/events", X_Told="what a browser tells of itself")
        await connection.head()
        await until_text(connection, b"One. ")
        gc.collect()
        held = gc.get_objects()
        assert [each for each in held if isinstance(each, Request)] == []
        assert [each for each in held if isinstance(each, tuple) and b"what a browser tells of itself" in each] == []
        gate.set()
        assert b"turn_complete" in await connection.body()


async def test_whoever_leaves_a_plain_turn_finds_it_done(serve: Serve, log: Log) -> None:
    gate = asyncio.Event()
    live = await serve(Reply("One. ", gate, "Two."))
    session = await live.site.new_session()
    connection = await live.connect()
    await connection.send("POST", f"{session}/turn", said("Hello"))
    await live.site.until(session, lambda found: found["turn_count"])
    await connection.close()
    gate.set()
    found = await live.site.until(session, lambda found: found["status"] == "idle")
    assert found["turns"][0]["status"] == "completed"
    assert [line for line in log if line["log_level"] in ("warning", "error")] == []


async def read_in_pieces(live: LiveSite, turn: str, chance: random.Random) -> tuple[bytes, int]:
    """Follow a turn over connections that break at any byte; return its events, and how often it broke."""
    events, last, cuts = b"", "", 0
    while True:
        async with await live.connect() as connection:
            headers = {"last_event_id": last} if last else {}
            await connection.send("GET", f"{turn}/events", **headers)
            await connection.head()
            got, allowed = b"", chance.randrange(40_000 if chance.random() < 0.1 else 1500)
            while chunk := await connection.chunk():
                got += chunk
                if len(got) >= allowed:
                    break
            is_cut = bool(chunk)
        got = got[: max(allowed, len(RETRY))] if is_cut else got
        assert got.startswith(RETRY)
        whole = got.removeprefix(RETRY).rpartition(b"\n\n")[0]
        if whole:
            events += whole + b"\n\n"
            last = frames_of(whole + b"\n\n")[-1].id
        if not is_cut:
            return events, cuts
        cuts += 1


@pytest.mark.parametrize("seed", range(3))
async def test_over_connections_that_break_anywhere_a_reader_gets_every_byte_once(serve: Serve, seed: int) -> None:
    chance = random.Random(seed)
    gates = [asyncio.Event() for _ in range(40)]
    beats = [beat for gate in gates for beat in (f"word{chance.randrange(10**6)} " * 20, gate)]
    live = await serve(Reply(*beats))
    session = await live.site.new_session()
    turn = (await live.site.say(session, background=True)).headers["location"]
    readers = [asyncio.create_task(read_in_pieces(live, turn, random.Random(seed * 100 + n))) for n in range(5)]
    for gate in gates:
        await asyncio.sleep(0.002)
        gate.set()
    found = [await reader for reader in readers]
    whole = (await live.site.get(f"{turn}/events")).content.removeprefix(RETRY)
    assert all(events == whole for events, _ in found)
    assert sum(cuts for _, cuts in found) >= 340  # a thousand in all seeds
    stored = (await live.site.get(turn)).json()
    assert (stored["status"], stored["output_message"]["content"]) == (
        "completed",
        "".join(beat for beat in beats if isinstance(beat, str)),
    )


# --- readers that do not read ---


async def test_a_reader_that_does_not_read_costs_little_and_disturbs_nobody(serve: Serve) -> None:
    gate = asyncio.Event()
    word = "0123456789" * 400 + " "
    live = await serve(Reply("First. ", gate, word * 800))
    session = await live.site.new_session()
    turn = (await live.site.say(session, background=True)).headers["location"]
    sleepers = [await live.connect(reads_ahead=4096) for _ in range(5)]
    for sleeper in sleepers:
        await sleeper.send("GET", f"{turn}/events")
        await sleeper.head()
    most = 0
    async with await live.connect() as lively:
        await lively.send("GET", f"{turn}/events")
        await lively.head()
        gate.set()
        read = 0
        while chunk := await lively.chunk():
            read += len(chunk)
            most = max(most, *live.waiting)
    assert read > len(word) * 3000
    assert max(live.waiting) > 0, "the sleepers are all served: this test shows nothing"
    assert most <= 1_000_000
    for sleeper in sleepers:
        assert frames_of((await sleeper.body()).removeprefix(RETRY))[-1].type == "turn_complete"
        await sleeper.close()
