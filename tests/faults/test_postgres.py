"""A PostgreSQL that restarts, sends its clients away, or answers late: turns go on, and leases are kept (R15, R16)."""

import asyncio
import time
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.caller import follow
from tests.faults.conftest import SHORT_LEASES, Open, OpenNodes, Stage
from tests.faults.model import wish, words_of
from tests.faults.proxy import FaultProxy
from tests.faults.size import IS_FULL, PATIENCE_S, chances, either, figure
from tests.store.postgres import SEND_AWAY, PostgresServer

pytestmark = pytest.mark.faults

LONG = wish(80, pause_ms=30)
ANSWER = "".join(words_of(80))
LEASES = {"TERTULIA_LEASE_SECONDS": "60"}
"""Longer than a restart of the database takes on a busy machine."""
MOST_TO_HEAL_S = 10.0 if IS_FULL else 60.0
LATE_S = 0.2


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_when_the_database_is_restarted_turns_go_on_and_new_ones_are_taken_again(
    open_: Open, server: PostgresServer, how: Literal["fast", "immediate"]
) -> None:
    stage = await open_("--database-url", server.url, **LEASES)
    stage.postgres = server.url
    await stage.add_node("--database-url", server.url, **LEASES)
    stage.allowed.add("stream.broken")
    sessions = [await stage.new_session() for _ in range(6)]
    spare = await stage.new_session()
    for _ in range(either(1, 10)):
        turns = [await stage.caller.begin(session, LONG) for session in sessions]
        readers = [asyncio.create_task(follow(stage.caller, turn)) for turn in turns]
        await asyncio.sleep(chances("restart").uniform(0.2, 1))
        with stage.caller.expecting(503):
            await asyncio.to_thread(server.stop, how)
            assert (await stage.caller.post(spare, wish(1))).status_code == 503
            assert (await stage.caller.ask("GET", "/v1/ready")).status_code == 503
            await asyncio.to_thread(server.start)
            healed = await seconds_until_taken(stage, spare)
        figure(f"the database was restarted ({how}): turns were taken again after {healed:.1f} s")
        assert healed <= MOST_TO_HEAL_S
        async with asyncio.timeout(PATIENCE_S):
            ends = [reading.frames[-1].payload["turn"] for reading in await asyncio.gather(*readers)]
        assert [(end["status"], end["output_message"]["content"]) for end in ends] == [("completed", ANSWER)] * 6
    await stage.check()


async def seconds_until_taken(stage: Stage, session: str) -> float:
    """How long it takes until a turn is taken on again."""
    begun = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        while (await stage.caller.post(session, wish(1), background=True)).is_error:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def test_when_its_connections_are_killed_again_and_again_no_turn_fails(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(2)
    stage.allowed.add("stream.broken")
    sessions = [await stage.new_session() for _ in range(6)]
    with stage.caller.expecting(503):
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(either(2, 10)):
                turns = [await begin(stage, session) for session in sessions]
                readers = [asyncio.create_task(follow(stage.caller, turn)) for turn in turns]
                while not all(reader.done() for reader in readers):
                    await asyncio.to_thread(send_away, stage.postgres)
                    await asyncio.sleep(0.3)
                ends = [reader.result().frames[-1].payload["turn"] for reader in readers]
                assert [end["output_message"]["content"] for end in ends] == [ANSWER] * 6
    await stage.check()


def send_away(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SEND_AWAY)


async def begin(stage: Stage, session: str) -> str:
    """Start a turn, however often its server has just lost the database."""
    key = f"{time.monotonic()}"
    answer = await stage.caller.post(session, LONG, key=key, background=True)
    while answer.status_code == 503:
        await asyncio.sleep(0.05)
        answer = await stage.caller.post(session, LONG, key=key, background=True)
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


async def test_a_database_that_answers_late_costs_no_lease(open_: Open, postgres_url: str) -> None:
    parts = urlsplit(postgres_url)
    async with FaultProxy(parts.port or 5432) as proxy:
        address = parts._replace(netloc=f"{parts.username}@127.0.0.1:{proxy.port}").geturl()
        stage = await open_("--database-url", address, **SHORT_LEASES)
        stage.postgres = postgres_url
        await stage.add_node("--database-url", address, **SHORT_LEASES)
        session = await stage.new_session()
        proxy.delay_s = LATE_S
        takes: list[float] = []
        for _ in range(either(5, 50)):
            begun = time.monotonic()
            turn = await stage.caller.begin(session, wish(10, pause_ms=20))
            takes.append(time.monotonic() - begun)
            assert (await follow(stage.caller, turn)).frames[-1].payload["turn"]["status"] == "completed"
        figure(f"with a database {LATE_S * 1000:.0f} ms away, a turn is taken on in at most {max(takes):.2f} s")
        proxy.delay_s = 0
        turns = await stage.until_idle(session)
        assert {step["attempt"] for turn in turns for step in turn["steps"]} == {1}
        assert not any(line["event"] in ("lease.lost", "turn.adopted") for node in stage.nodes for line in node.log)
        await stage.check()
