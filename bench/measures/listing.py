"""A page of the list of sessions: among few, among very many, and far down the list."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

from bench.connection import Connection
from bench.fill import add_sessions
from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.statistics import median, scaled
from bench.targets import AgentsApi, TargetError

FEW = 100
PAGE = 50
FAR_PAGES = 40
BY_API_S = 20.0
"""For so long sessions are added to a server that was there before, whose database is its own."""


async def listing(stage: Stage) -> AsyncIterator[Figure]:
    """Time the first page of an agent with few sessions and of one with many, then a page far down."""
    async with AsyncExitStack() as stack:
        if stage.data_root is None:
            server, few, many, count = await fill_by_api(stage)
        else:
            data_dir = stage.data_root / "listing"
            few, many, count = await fill_our_own(stage, data_dir)
            ours = await stack.enter_async_context(tertulia(data_dir, stage.direct.url))
            server = stage.server.at(ours.url)
        connection = Connection(server.url)
        stack.callback(connection.close)
        for key, agent, label in (("few", few, f"of {FEW:,}"), ("many", many, f"of {count:,}")):
            address = f"{server.url}{agent}/sessions?limit={PAGE}"
            yield Figure(f"listing.{key}_ms", f"first page {label}", "ms", await time_page(stage, connection, address))
        if far := await page_after(server, f"{server.url}{many}/sessions?limit={PAGE}", FAR_PAGES):
            took = await time_page(stage, connection, far)
            yield Figure("listing.far_ms", f"page {FAR_PAGES + 1} of {count:,}", "ms", took)


async def fill_our_own(stage: Stage, data_dir: Path) -> tuple[str, str, int]:
    """Let our server make a database with both agents, then add the many sessions to its file."""
    async with tertulia(data_dir, stage.direct.url) as ours:
        server = stage.server.at(ours.url)
        few = await agent_with(server, FEW)
        many = await agent_with(server, 1)
    await asyncio.to_thread(add_sessions, data_dir, many.rpartition("/")[2], stage.plan.many_sessions - 1)
    return few, many, stage.plan.many_sessions


async def fill_by_api(stage: Stage) -> tuple[AgentsApi, str, str, int]:
    """Add as many sessions as a server takes in the time."""
    few = await agent_with(stage.server.at(stage.server.url), FEW)
    server = stage.server.at(stage.server.url)
    made = await server.prepare(stage.plan.many_sessions, within=BY_API_S)
    return server, few, (await server.agent()).removeprefix(server.url), len(made)


async def agent_with(server: AgentsApi, sessions: int) -> str:
    """The path of a new agent that has so many sessions."""
    fresh = server.at(server.url)
    await fresh.prepare(sessions, within=BY_API_S)
    return (await fresh.agent()).removeprefix(server.url)


async def time_page(stage: Stage, connection: Connection, address: str) -> float | None:
    """The median of reading one page, in milliseconds."""
    asked = stage.server.get(address)
    answer = await connection.exchange(asked)
    found = json.loads(answer.body)
    if len(found.get("sessions") or found.get("data") or []) != PAGE:
        raise TargetError(f"{address} did not answer with {PAGE} sessions: {answer.body[:300].decode()}")
    return scaled(median([(await connection.exchange(asked)).seconds for _ in range(stage.plan.reads)]), 1e3)


async def page_after(server: AgentsApi, address: str, pages: int) -> str | None:
    """The address of the page that follows so many others; None if the server has no cursors or not so many pages."""
    here = address
    for _ in range(pages):
        cursor = (await server.call("GET", here)).get("next_cursor")
        if not cursor:
            return None
        here = f"{address}&cursor={cursor}"
    return here
