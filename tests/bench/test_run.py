"""The benchmark runs, on real processes: every turn is whole, and every figure has its place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.fake_server import MODEL
from bench.judge import GOALS
from bench.measures.first_delta import first_delta
from bench.measures.growth import growth
from bench.measures.listing import listing
from bench.measures.loads import plain, tokens, turns
from bench.measures.memory import idle
from bench.processes import fake_model_server, free_port, tertulia
from bench.report import HEADINGS
from bench.stage import Plan, Stage
from bench.targets import AgentsApi, ModelServer

TINY = Plan(readers=(1,), load_s=0.2, direct_s=0.1, pairs=5, reads=2, long_session=5, many_sessions=3_000)
MEASURES = (idle, turns, plain, first_delta, tokens, growth, listing)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with (
        fake_model_server(free_port()) as fake,
        tertulia(tmp_path / "main", fake.url) as ours,
    ):
        server = AgentsApi(ours.url, MODEL)
        yield Stage(TINY, ModelServer(fake.url, MODEL), fake.usage, server, ours.usage, tmp_path)


@pytest.mark.slow
async def test_every_measure_gives_figures_that_have_their_place_and_no_turn_fails(stage: Stage) -> None:
    figures = {figure.key: figure for measure in MEASURES async for figure in measure(stage)}
    measured = {figure.measure for figure in figures.values()}
    assert measured <= set(HEADINGS)
    assert {key: figure.note for key, figure in figures.items() if key.endswith(".failed") and figure.value} == {}
    goals = {key for key in GOALS if key.split(".")[0] in measured and not {"16", "64"} & set(key.split("."))}
    assert goals - figures.keys() == {"memory.reader_kb"}
    assert figures["growth.open_last_ms"].label == "open it, last 30 of 35"
    assert figures["listing.many_ms"].label == "first page of 3,000"
