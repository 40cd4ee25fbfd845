"""The benchmark runs, on real processes: every turn is whole, and every figure has its place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.fake_server import MODEL
from bench.judge import GOALS
from bench.measures.crowd import crowd
from bench.measures.first_delta import first_delta
from bench.measures.growth import growth
from bench.measures.listing import listing
from bench.measures.loads import plain, tokens, turns
from bench.measures.memory import idle, idle_readers
from bench.measures.nodes import elsewhere, takeover
from bench.measures.on_postgres import on_postgres
from bench.measures.restart import restart
from bench.measures.steps import steps
from bench.measures.storage import storage
from bench.measures.streams import streams
from bench.postgres import Postgres
from bench.processes import fake_model_server, free_port, tertulia
from bench.report import HEADINGS
from bench.stage import Figure, Plan, Stage
from bench.targets import AgentsApi, ModelServer

TINY = Plan(
    readers=(1,),
    load_s=0.2,
    direct_s=0.1,
    pairs=5,
    reads=2,
    long_session=5,
    many_sessions=3_000,
    crowd_sessions=200,
    crowd_turns=60,
    crowd_reads=3,
    idle_readers=20,
    streams=5,
    stream_s=2.5,
    step_turns=3,
    stored_turns=3,
    lost_turns=3,
    kills=1,
    leases=(1.5,),
)
MEASURES = (idle, turns, plain, first_delta, tokens, growth, listing, crowd, idle_readers, streams)
OF_DATABASES = (on_postgres, steps, storage, restart, takeover, elsewhere)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with (
        fake_model_server(free_port()) as fake,
        tertulia(tmp_path / "main", fake.url) as ours,
    ):
        server, postgres = AgentsApi(ours.url, MODEL), Postgres()
        yield Stage(TINY, ModelServer(fake.url, MODEL), fake.usage, server, ours.usage, tmp_path, postgres)
        await postgres.remove()


@pytest.mark.slow
async def test_every_measure_gives_figures_that_have_their_place_and_no_turn_fails(stage: Stage) -> None:
    figures = {figure.key: figure for measure in MEASURES async for figure in measure(stage)}
    measured = {figure.measure for figure in figures.values()}
    assert measured <= set(HEADINGS)
    assert {key: figure.note for key, figure in figures.items() if key.endswith(".failed") and figure.value} == {}
    goals = {key for key in GOALS if key.split(".")[0] in measured and not {"16", "64"} & set(key.split("."))}
    assert goals <= figures.keys()
    assert figures["growth.open_last_ms"].label == "open it, last 30 of 35"
    assert figures["listing.many_ms"].label == "first page of 3,000"
    assert figures["crowd.walk_p99_ms"].note == "p99; 206 sessions, none twice, 0 skipped"


@pytest.mark.slow
async def test_every_measure_of_databases_and_of_lost_servers_gives_figures_that_have_their_place(stage: Stage) -> None:
    figures = {figure.key: figure for measure in OF_DATABASES async for figure in measure(stage)}
    measured = {figure.measure for figure in figures.values()}
    assert measured <= set(HEADINGS)
    assert {key for key in GOALS if key.split(".")[0] in measured - {"takeover"}} <= figures.keys()
    assert [key for key, figure in figures.items() if figure.value is None] == []
    assert value(figures, "on_postgres.failed") == 0
    for database in ("sqlite", "postgres"):
        assert value(figures, f"steps.{database}.commits") >= 4  # it is taken on, two calls are made, and it ends
        spoken = f"storage.spoken.{database}"
        assert value(figures, f"{spoken}.rows") > value(figures, f"{spoken}.rows_kept") >= 1
    assert value(figures, "takeover.1.5.p99_s") < 1.5 + 5
    assert value(figures, "elsewhere.p99_ms") > value(figures, "elsewhere.p50_ms") > 0


def value(figures: dict[str, Figure], key: str) -> float:
    """A figure that is known."""
    found = figures[key].value
    assert found is not None
    return found
