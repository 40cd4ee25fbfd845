"""A run: set the stage, take the measures one after the other, leave nothing behind."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from playwright.async_api import Browser
from playwright.async_api import Error as BrowserError

from bench.page.measures.again import again
from bench.page.measures.history import history
from bench.page.measures.listing import listing
from bench.page.measures.loading import loading
from bench.page.measures.pixels import pixels
from bench.page.measures.resuming import resuming
from bench.page.measures.stopping import stopping
from bench.page.measures.streaming import streaming
from bench.page.measures.switching import switching
from bench.page.measures.typing import typing
from bench.page.measures.weight import weight
from bench.page.model import MODEL, ScriptedModel, listening
from bench.page.plan import Measure, Plan, Stage
from bench.page.reference import Reference
from bench.page.seed import fill_sessions, sow
from bench.processes import tertulia
from bench.stage import Figure
from bench.targets import AgentsApi, TargetError

MOST_BYTES = 64 * 2**20
"""Of a request to the model: a talk of a thousand turns is a long prompt."""

MEASURES: dict[str, Measure] = {
    "weight": weight,
    "loading": loading,
    "switching": switching,
    "listing": listing,
    "history": history,
    "streaming": streaming,
    "pixels": pixels,
    "typing": typing,
    "resuming": resuming,
    "stopping": stopping,
    "again": again,
}


@asynccontextmanager
async def stage_for(plan: Plan, browser: Browser) -> AsyncGenerator[Stage]:
    """The model, the reference pages and the server with its talks, up and answering."""
    model, reference, app = ScriptedModel(), Reference(), web.Application(client_max_size=MOST_BYTES)
    model.add_routes(app)
    reference.add_routes(app)
    with TemporaryDirectory(prefix="tertulia-bench-") as folder:
        async with listening(app) as pages:
            data_dir, model_url = Path(folder), f"{pages}/v1"
            agent_id = await fill_sessions(data_dir, model_url, plan.sessions)
            async with tertulia(data_dir, model_url) as ours:
                seeds = await sow(ours.url, agent_id, turns=plan.turns, talks=plan.talks)
                api = AgentsApi(ours.url, MODEL)
                server = ours.url.removesuffix("/v1")
                yield Stage(plan, browser, server, pages, reference, model, api, seeds)


async def measure(stage: Stage, wanted: frozenset[str], problems: list[str]) -> AsyncIterator[Figure]:
    """Take the wanted measures; one that cannot be taken does not spoil the others."""
    for name, taken in MEASURES.items():
        if wanted and name not in wanted:
            continue
        try:
            async for figure in taken(stage):
                yield figure
        except (TargetError, OSError, TimeoutError, BrowserError) as problem:
            problems.append(f"{name}: {str(problem) or repr(problem)}")
