"""From the start of the process to its first healthy answer: with nothing there, and with a database that exists."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.statistics import median


async def startup(stage: Stage) -> AsyncIterator[Figure]:
    """Medians of several starts."""
    if stage.data_root is None:
        return
    first: list[float] = []
    again: list[float] = []
    for _ in range(stage.plan.starts):
        with TemporaryDirectory(dir=stage.data_root) as empty:
            for taken in (first, again):
                async with tertulia(Path(empty), stage.direct.url) as server:
                    taken.append(server.start_seconds)
    yield Figure("startup.first_s", "start, empty data directory", "s", median(first))
    yield Figure("startup.again_s", "start, database exists", "s", median(again))
