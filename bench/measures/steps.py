"""What a turn of five steps (inference, tool, inference, tool, inference) asks of its database.

The turns run one after the other, each in a session of its own: none shares a commit with another.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ask import Ask
from bench.databases import Measured, on_postgres, sqlite_in
from bench.inside import Inside, inside
from bench.stage import Figure, Stage

FIVE_STEPS = Ask(20, calls=2)
WARM_UP = 5


async def steps(stage: Stage) -> AsyncIterator[Figure]:
    """The same on SQLite and on PostgreSQL."""
    if stage.data_root is None:
        return
    with TemporaryDirectory(dir=stage.data_root) as directory:
        for opened in (sqlite_in(Path(directory)), on_postgres(stage.postgres)):
            async with opened as measured, inside(measured.database, stage.direct.url, Path(directory)) as server:
                for figure in await five_steps(stage, measured, server):
                    yield figure


async def five_steps(stage: Stage, measured: Measured, server: Inside) -> list[Figure]:
    """Run the turns, then divide what they asked for by their number."""
    sessions = [await server.new_session() for _ in range(WARM_UP + stage.plan.step_turns)]
    for session in sessions[:WARM_UP]:
        await server.run_turn(session, FIVE_STEPS)
    counted = server.counted
    before = counted.seconds, counted.writes, counted.reads
    for session in sessions[WARM_UP:]:
        await server.run_turn(session, FIVE_STEPS)
    after = counted.seconds, counted.writes, counted.reads
    seconds, writes, reads = ((late - early) / stage.plan.step_turns for late, early in zip(after, before, strict=True))
    key, on = f"steps.{measured.key}", f", {measured.name}"
    return [
        Figure(f"{key}.ms", f"time in the database{on}", "ms", seconds * 1e3),
        Figure(f"{key}.commits", f"transactions that write{on}", "a turn", writes),
        Figure(f"{key}.reads", f"transactions that only read{on}", "a turn", reads),
    ]
