"""Two servers on one PostgreSQL: what a reader notices who is not where the turn runs, and of a server that is lost."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from bench.ask import Ask
from bench.measures.restart import AT_ONCE, begin_all, read_events
from bench.processes import Running, tertulia
from bench.stage import Figure, Stage
from bench.statistics import percentile, scaled
from bench.stream import is_later_epoch

WATCHED = 8
SAID = Ask(100, pause_ms=20)


async def takeover(stage: Stage) -> AsyncIterator[Figure]:
    """Kill the server that runs turns; whoever reads them on the other one notes when they go on.

    A lease is renewed every third of its length, so that the time to its end differs from kill to kill.
    """
    if stage.data_root is None:
        return
    for lease in stage.plan.leases:
        took: list[float] = []
        async with stage.postgres.database() as database:
            for _ in range(stage.plan.kills if lease < 10 else 1):
                took += await lose_a_node(stage, database, lease)
        of = f"of {len(took):,} turns"
        for share in (50, 99):
            label = f"killed: the other node goes on, lease {lease:g} s, p{share}"
            yield Figure(f"takeover.{lease:g}.p{share}_s", label, "s", percentile(took, share), note=of)


async def lose_a_node(stage: Stage, database: str, lease: float) -> list[float]:
    """Seconds from the kill until each turn has gone on."""
    async with two_nodes(stage, database, lease) as (one, other):
        turns = await begin_all(stage.server.at(one.url), stage.plan.lost_turns)
        readers = [await read_events(stage.server.at(other.url), turn) for turn in turns]
        for reader in readers:
            await reader.until(bool)
        killed = perf_counter()
        one.kill()
        return [came - killed for came in await asyncio.gather(*(reader.until(is_later_epoch) for reader in readers))]


async def elsewhere(stage: Stage) -> AsyncIterator[Figure]:
    """Read the same turns where they run and on the other server, and compare when each event came."""
    if stage.data_root is None:
        return
    later: list[float] = []
    async with stage.postgres.database() as database, two_nodes(stage, database, 15.0) as (one, other):
        server = stage.server.at(one.url)
        places = await server.prepare(WATCHED, within=10.0)
        turns = [(await server.begin(place, SAID.text)).removeprefix(one.url) for place in places]
        pairs = [[await read_events(stage.server.at(node.url), turn) for node in (one, other)] for turn in turns]
        for here, there in pairs:
            await asyncio.gather(here.until_end(), there.until_end())
            later += [there.times[event] - came for event, came in here.times.items()]
    for share in (50, 99):
        label = f"event on another node than its turn's: later by, p{share}"
        yield Figure(f"elsewhere.p{share}_ms", label, "ms", scaled(percentile(later, share), 1e3))


@asynccontextmanager
async def two_nodes(stage: Stage, database: str, lease: float) -> AsyncGenerator[tuple[Running, Running]]:
    """Two servers on a database."""
    assert stage.data_root is not None, "these are servers of our own"
    terms = {"lease_seconds": lease, "lease_renew_every": lease / 3, "lease_margin": lease / 5}
    given: dict[str, object] = {"database_url": database, **terms, **AT_ONCE}
    roots: list[Path] = [stage.data_root / name for name in ("one", "other")]
    async with (
        tertulia(roots[0], stage.direct.url, **given) as one,
        tertulia(roots[1], stage.direct.url, **given) as other,
    ):
        yield one, other
