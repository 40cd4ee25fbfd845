"""`python -m bench`: start the fake model server and ours, measure, show the table, leave nothing behind."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import report
from bench.command import command
from bench.fake_server import MODEL
from bench.measures.crowd import crowd
from bench.measures.first_delta import first_delta
from bench.measures.growth import growth
from bench.measures.listing import listing
from bench.measures.loads import paced, plain, tokens, turns
from bench.measures.memory import idle, idle_readers, loaded
from bench.measures.nodes import elsewhere, takeover
from bench.measures.on_postgres import on_postgres
from bench.measures.restart import restart
from bench.measures.startup import startup
from bench.measures.steps import steps
from bench.measures.storage import storage
from bench.measures.streams import streams
from bench.options import Options, read_options
from bench.peer import Peer, read_peer
from bench.postgres import Postgres
from bench.processes import fake_model_server, free_port, raise_file_limit, tertulia
from bench.profiling import LOADS, profile
from bench.stage import QUICK, Figure, Measure, Plan, Stage
from bench.targets import AgentsApi, ModelServer, TargetError
from bench.usage import Usage

MEASURES: dict[str, Measure] = {
    "startup": startup,
    "idle": idle,
    "turns": turns,
    "plain": plain,
    "first-delta": first_delta,
    "tokens": tokens,
    "paced": paced,
    "streams": streams,
    "growth": growth,
    "loaded": loaded,
    "readers": idle_readers,
    "listing": listing,
    "postgres": on_postgres,
    "steps": steps,
    "storage": storage,
    "restart": restart,
    "takeover": takeover,
    "elsewhere": elsewhere,
}
WHEN_ASKED_FOR: dict[str, Measure] = {"crowd": crowd}
"""These take minutes: they are taken when they are named."""
LONGEST_S = 360.0
LONGEST_QUICK_S = 90.0
LONGEST_ASKED_FOR_S = 1_800.0


def main() -> int:
    """Run and tell the shell whether everything could be measured. A missed goal is shown, and is no failure."""
    options = read_options(None, [*MEASURES, *WHEN_ASKED_FOR])
    raise_file_limit()
    return command(bench(options))


async def bench(options: Options) -> int:
    """Set the stage, measure, and report what there is, also of a run that went wrong."""
    where, peer = report.Surroundings.now(options.name), read_peer(options.peer)
    figures: list[Figure] = []
    problems: list[str] = []
    async with stage_for(options) as stage:
        if options.profile:
            await show_profiles(stage, options.wanted or {"turns"})
            return 0
        try:
            async with asyncio.timeout(longest(options)):
                async for figure in measure(stage, options.wanted, problems):
                    figures.append(figure)
                    print("  ".join(filter(None, report.cells(figure, peer)[:4])), file=sys.stderr)
        except TimeoutError:
            problems.append("The run took too long and was cut short.")
    deliver(figures, where, peer, options)
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


def longest(options: Options) -> float:
    """Seconds after which a run is cut short."""
    if options.quick:
        return LONGEST_QUICK_S
    return LONGEST_ASKED_FOR_S if options.wanted & WHEN_ASKED_FOR.keys() else LONGEST_S


def deliver(figures: Sequence[Figure], where: report.Surroundings, peer: Peer, options: Options) -> None:
    """Print the table and write what was asked for."""
    table = report.markdown(figures, where, peer)
    print(table)
    if options.json:
        options.json.write_text(report.as_json(figures, where), encoding="utf-8")
    if options.write:
        report.write_into(options.write, table)


@asynccontextmanager
async def stage_for(options: Options) -> AsyncGenerator[Stage]:
    """The servers of a run, up and answering."""
    plan, postgres = QUICK if options.quick else Plan(), Postgres()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(postgres.remove)
        fake = await stack.enter_async_context(fake_model_server(options.fake_port or free_port()))
        direct = ModelServer(fake.url, MODEL)
        if options.base:
            server = AgentsApi(options.base, MODEL, options.dialect)
            usage = Usage(options.pid) if options.pid else None
            yield Stage(plan, direct, fake.usage, server, usage, data_root=None, postgres=postgres)
            return
        root = Path(stack.enter_context(TemporaryDirectory(prefix="tertulia-bench-")))
        ours = await stack.enter_async_context(tertulia(root / "main", fake.url))
        server = AgentsApi(ours.url, MODEL)
        yield Stage(plan, direct, fake.usage, server, ours.usage, data_root=root, postgres=postgres)


async def show_profiles(stage: Stage, wanted: Set[str]) -> None:
    """Profile the server under the wanted loads, one after the other."""
    for name in wanted & LOADS.keys():
        print(f"{name}:\n" + "\n".join(await profile(stage, LOADS[name])), flush=True)


async def measure(stage: Stage, wanted: frozenset[str], problems: list[str]) -> AsyncIterator[Figure]:
    """Take the wanted measures one after the other; one that cannot be taken does not spoil the others."""
    for name, taken in (MEASURES | WHEN_ASKED_FOR).items():
        if name not in (wanted or MEASURES):
            continue
        try:
            async for figure in taken(stage):
                yield figure
        except (TargetError, OSError) as problem:
            problems.append(f"{name}: {str(problem) or repr(problem)}")


if __name__ == "__main__":
    sys.exit(main())
