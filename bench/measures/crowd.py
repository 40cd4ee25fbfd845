"""Lists, searches and pages of very many sessions, the slowest in a hundred of each, while turns are streamed (R23)."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

from bench.ask import Ask
from bench.connection import Connection
from bench.crowd import RARE, TOWNS, add_crowd
from bench.measures.listing import agent_with
from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.statistics import median, percentile, scaled
from bench.targets import AgentsApi, TargetError

WRITERS = 4
SAID = Ask(40, pause_ms=5)
PAGE = 50
WALKED = 100
"""Sessions a page while all of them are walked through."""


async def crowd(stage: Stage) -> AsyncIterator[Figure]:
    """Fill a database, write into it all the while, and read."""
    if stage.data_root is None:
        return
    data_dir, plan = stage.data_root / "crowd", stage.plan
    async with tertulia(data_dir, stage.direct.url) as ours:
        agent = await agent_with(stage.server.at(ours.url), 1)
    long = await add_crowd(data_dir, agent.rpartition("/")[2], plan.crowd_sessions, plan.crowd_turns)
    async with tertulia(data_dir, stage.direct.url) as ours:
        server = stage.server.at(ours.url)
        async with writing(server, server.url + agent):
            for key, (label, path) in reads(agent, long, plan.crowd_turns).items():
                took = await time_reads(server, server.url + path, plan.crowd_reads)
                note = f"p99, median {1e3 * (median(took) or 0):.1f} ms"
                yield Figure(f"crowd.{key}_p99_ms", label, "ms", scaled(percentile(took, 99), 1e3), note=note)
            took, walked = await walk(server, f"{server.url}{agent}/sessions?limit={WALKED}")
            note = f"p99; {walked:,} sessions, none twice, {plan.crowd_sessions + 2 + WRITERS - walked} skipped"
            took_p99 = scaled(percentile(took, 99), 1e3)
            yield Figure("crowd.walk_p99_ms", "a page on the way through all of them", "ms", took_p99, note=note)


def reads(agent: str, long: str, turns: int) -> Mapping[str, tuple[str, str]]:
    """What is read: its label, and its path."""
    session = f"{agent}/session/{long}"
    return {
        "list": ("a page of the list", f"{agent}/sessions?limit={PAGE}"),
        "filter": ("the list, filtered by a word that many have", f"{agent}/sessions?limit={PAGE}&q={TOWNS[1]}"),
        "filter_none": ("the list, filtered by a word that none has", f"{agent}/sessions?limit={PAGE}&q=nowhere"),
        "search": ("search for a word that all have", "/search?q=station"),
        "search_two": ("search for two words that many have", f"/search?q={quote('river ' + TOWNS[5])}"),
        "search_rare": ("search for a word that few have", f"/search?q={RARE}"),
        "open": (f"open a session of {turns:,} turns, last 30", f"{session}?turns=last:30"),
        "page": ("a page of 50 turns of it, from its beginning", f"{session}/turns?limit={PAGE}&order=asc"),
    }


@asynccontextmanager
async def writing(server: AgentsApi, agent: str) -> AsyncGenerator[None]:
    """Have turns of an agent streamed for as long as the block runs."""
    is_over = asyncio.Event()

    async def write() -> None:
        connection = Connection(server.url)
        place = f"{await server.new_session(connection, agent)}/turn"
        while not is_over.is_set():
            answer = await connection.exchange(server.request(place, SAID.text, stream=True))
            if not server.read(answer, stream=True).is_whole:
                raise TargetError(f"a turn failed: {answer.status} {answer.body[-300:].decode(errors='replace')}")
        connection.close()

    async with asyncio.TaskGroup() as writers:
        for _ in range(WRITERS):
            writers.create_task(write())
        try:
            yield
        finally:
            is_over.set()


async def time_reads(server: AgentsApi, address: str, count: int) -> list[float]:
    """Seconds that each of so many reads has taken."""
    connection = Connection(server.url)
    try:
        return [await time_read(server, connection, address) for _ in range(count)]
    finally:
        connection.close()


async def time_read(server: AgentsApi, connection: Connection, address: str) -> float:
    """Seconds that a read has taken. Raises TargetError when it is none."""
    answer = await connection.exchange(server.get(address))
    if answer.status != 200:
        raise TargetError(f"{address} answered {answer.status}: {answer.body[:300].decode(errors='replace')}")
    return answer.seconds


async def walk(server: AgentsApi, address: str) -> tuple[list[float], int]:
    """Walk through all sessions by cursors; return what each page took, and how many there are.

    Raises TargetError if one is shown twice.
    """
    connection = Connection(server.url)
    seen: set[str] = set()
    took: list[float] = []
    here: str | None = address
    while here is not None:
        answer = await connection.exchange(server.get(here))
        page = json.loads(answer.body)
        took.append(answer.seconds)
        ids = [session["session_id"] for session in page["sessions"]]
        if seen & {*ids}:
            raise TargetError("a session was shown twice")
        seen.update(ids)
        here = f"{address}&cursor={page['next_cursor']}" if page["next_cursor"] else None
    connection.close()
    return took, len(seen)
