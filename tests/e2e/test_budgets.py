"""The page keeps those of its budgets that are the same on every machine: see `bench/page` for these and the others."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bench.page.gates import GATES, missed
from bench.page.plan import Plan, Stage
from bench.page.run import measure, stage_for

SMALL = Plan(turns=200, sessions=50, talks=4, runs=1, wheels=60, prepends=1)
MEASURES = frozenset({"switching", "history"})
DECIDING = {"switching.payload_kb", "history.nodes", "history.heap_mb", "history.heap_growth_mb", "history.jump_px"}


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser) -> AsyncGenerator[Stage, None]:
    async with stage_for(SMALL, browser) as stage:
        yield stage


@pytest.mark.slow
async def test_a_long_talk_stays_small_and_still_however_far_one_reads(stage: Stage) -> None:
    problems: list[str] = []
    figures = [figure async for figure in measure(stage, MEASURES, problems)]
    assert problems == []
    exact = [figure for figure in figures if (gate := GATES.get(figure.key)) and gate.exact]
    assert {figure.key for figure in exact} == DECIDING
    assert missed(exact, strict=False) == []
