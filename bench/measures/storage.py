"""What turns leave in the database: as they end, and once the single pieces of their answers have been dropped."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ask import Ask
from bench.databases import Held, Measured, on_postgres, sqlite_in
from bench.inside import inside
from bench.measures.steps import FIVE_STEPS
from bench.stage import Figure, Stage
from tertulia.store.sql.store import SqlStore

SPOKEN = Ask(200, pause_ms=20)
KINDS = {"spoken": (SPOKEN, "200 tokens, one every 20 ms"), "five": (FIVE_STEPS, "five steps, 20 tokens")}
LATER = "9999-12-31T00:00:00.000000Z"
BATCH = 1_000


async def storage(stage: Stage) -> AsyncIterator[Figure]:
    """Fill a new database of each kind with turns of each kind; every turn has a session of its own."""
    if stage.data_root is None:
        return
    for key, (ask, label) in KINDS.items():
        with TemporaryDirectory(dir=stage.data_root) as directory:
            for opened in (sqlite_in(Path(directory)), on_postgres(stage.postgres)):
                async with opened as measured:
                    for figure in await stored(stage, measured, ask, Path(directory)):
                        name = f"{figure.label}, {label}, {measured.name}"
                        yield Figure(f"storage.{key}.{measured.key}.{figure.key}", name, figure.unit, figure.value)


async def stored(stage: Stage, measured: Measured, ask: Ask, data_dir: Path) -> list[Figure]:
    """Run turns side by side; what each has left is the difference by their number."""
    async with inside(measured.database, stage.direct.url, data_dir) as server:
        empty = measured.held()
        sessions = [await server.new_session() for _ in range(stage.plan.stored_turns)]
        cpu = cpu_of(measured)
        await asyncio.gather(*(server.run_turn(session, ask) for session in sessions))
        spent = cpu_of(measured) - cpu
    full = measured.held()
    await drop_deltas(measured)
    measured.compact()
    kept = measured.held()
    cost = (
        [Figure("cpu_ms", "CPU of the database for a turn", "ms", spent * 1e3 / full.turns)] if measured.usage else []
    )
    return [*per_turn("", empty, full), *per_turn("_kept", empty, kept), *cost]


def cpu_of(measured: Measured) -> float:
    """Seconds of CPU that the database's own processes have spent."""
    return (measured.usage and measured.usage.cpu_seconds()) or 0.0


def per_turn(suffix: str, empty: Held, held: Held) -> list[Figure]:
    """Rows of the log and bytes of everything, for each turn."""
    when = "kept when pieces are dropped" if suffix else "left by a turn"
    rows, size = (held.log_rows - empty.log_rows) / held.turns, (held.bytes - empty.bytes) / held.turns
    return [
        Figure(f"rows{suffix}", f"rows of the log, {when}", "rows", rows),
        Figure(f"kb{suffix}", f"bytes, {when}", "KB", size / 1024),
    ]


async def drop_deltas(measured: Measured) -> None:
    """Do now what the server does a day after a turn's end."""
    store = SqlStore(measured.database)
    await store.open()
    while await store.drop_deltas(ended_before=LATER, limit=BATCH):
        pass
    await store.close()
