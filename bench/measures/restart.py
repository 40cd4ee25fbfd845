"""A server with SQLite that is killed while turns run: when it serves again, and when its turns go on."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.ask import Ask
from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.statistics import median, percentile
from bench.stream import EVENT, TOKEN, Stream, follow, is_later_epoch
from bench.targets import AgentsApi

LONG = Ask(300, pause_ms=100)
"""A turn that outlives any wait of a measure."""
AT_ONCE: dict[str, object] = {"drain_timeout": 0.1}
"""For servers of which nothing is wanted any more when they are told to stop."""


async def restart(stage: Stage) -> AsyncIterator[Figure]:
    """Kill it with SIGKILL and start it again, several times, each on a new database."""
    if stage.data_root is None:
        return
    serves: list[float] = []
    goes_on: list[float] = []
    for _ in range(stage.plan.kills):
        with TemporaryDirectory(dir=stage.data_root) as directory:
            async with tertulia(Path(directory), stage.direct.url) as server:
                turns = await begin_all(stage.server.at(server.url), stage.plan.lost_turns)
                server.kill()
            began = perf_counter()
            async with tertulia(Path(directory), stage.direct.url, **AT_ONCE) as server:
                serves.append(server.start_seconds)
                readers = [await read_events(stage.server.at(server.url), turn) for turn in turns]
                goes_on += [await reader.until(is_later_epoch) - began for reader in readers]
    of = f"of {stage.plan.lost_turns} turns each time"
    yield Figure("restart.serves_s", "killed: serves again after its start", "s", median(serves))
    yield Figure("restart.goes_on_s", "killed: its turns have gone on, p99", "s", percentile(goes_on, 99), note=of)


async def begin_all(server: AgentsApi, count: int) -> list[str]:
    """Start so many turns and wait until each has said something; return their paths on any server of the database."""
    places = await server.prepare(count, within=10.0)
    turns = [(await server.begin(place, LONG.text)).removeprefix(server.url) for place in places]
    for turn in turns:
        reader = await follow(server.url, server.get(f"{server.url}{turn}/events"), TOKEN)
        await reader.until(bool)
        reader.close()
    return turns


async def read_events(server: AgentsApi, turn: str) -> Stream:
    """Follow a turn on a server."""
    return await follow(server.url, server.get(f"{server.url}{turn}/events"), EVENT)
