"""The same turns on a server with PostgreSQL as on the one with SQLite, one right after the other."""

from collections.abc import AsyncIterator

from bench.ask import Ask
from bench.load import Load, run_load
from bench.measures.loads import at, cpu_ms, failed, ms
from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.statistics import ratio

MOST_READERS = 16


async def on_postgres(stage: Stage) -> AsyncIterator[Figure]:
    """Streamed turns of 50 tokens, each durable before its end is told."""
    if stage.data_root is None:
        return
    readers = min(MOST_READERS, max(stage.plan.readers))
    load, label = Load(Ask(50), readers, stage.plan.load_s), at(readers)
    sqlite = await run_load(stage.server, load)
    async with (
        stage.postgres.database() as url,
        tertulia(stage.data_root / "on-postgres", stage.direct.url, database_url=url) as server,
    ):
        ours = await run_load(stage.server.at(server.url), load, server.usage)
    rate, beside = (outcome.per_second(len(outcome.turns)) for outcome in (ours, sqlite))
    yield Figure("on_postgres.per_s", f"turns{label}", "/s", rate)
    yield Figure("on_postgres.of_sqlite", f"turns{label}, against SQLite", "×", ratio(rate, beside))
    yield Figure("on_postgres.p50_ms", f"turn, p50{label}", "ms", ms(ours, 50))
    yield Figure("on_postgres.cpu_ms", f"server CPU per turn{label}", "ms", cpu_ms(ours))
    yield failed("on_postgres", label, ours)
