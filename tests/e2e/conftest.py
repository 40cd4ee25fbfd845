"""A real server, a model server that says what was rehearsed, a real browser, and visitors who are watched."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent, AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.rehearsed_models import NAME, RehearsedModels
from tests.e2e.visitor import Visit, Visitor
from tests.e2e.watch import Watch

HERE = Path(__file__).parent
PATIENCE_MS = 60_000
"""How long a page may take for what it shall show: on a machine that does much else, a redraw takes seconds."""
SCREEN = {"width": 1280, "height": 800}

# Nothing but what a page asks for: no updates, no safe browsing, no names but this machine's.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def chromium_path() -> str | None:
    """Return where the browser is that `make test` found or installed, or Debian's; None is Playwright's own."""
    return os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, and let it share one loop: the browser lives as long as the session."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def models() -> AsyncGenerator[RehearsedModels, None]:
    """The model server."""
    models = RehearsedModels()
    async with models.upstream:
        yield models


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(
    models: RehearsedModels, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[ServerProcess, None]:
    """The server that most tests share; each has an agent of its own there, and so sessions of its own."""
    data_dir = tmp_path_factory.mktemp("e2e") / "data"
    running = serving(data_dir, "--model-server", models.option, TERTULIA_DEMO="always")
    # It asks the model server before it is ready, and that one runs in this loop.
    yield await asyncio.to_thread(running.__enter__)
    running.__exit__(None, None, None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncGenerator[Playwright, None]:
    """Playwright's driver."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright: Playwright) -> AsyncGenerator[Browser, None]:
    """The browser that `make test` found or installed, else Debian's, else Playwright's own."""
    browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: ServerProcess) -> AsyncGenerator[AsyncClient, None]:
    """The Python client, to prepare what a test needs and to look at what the server knows."""
    async with AsyncClient(server.url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, server: ServerProcess) -> AsyncGenerator[Visit, None]:
    """Open browsers for visitors; at the end nothing may be found of what `Watch` looks for."""
    watches: list[Watch] = []
    async with AsyncExitStack() as stack:

        async def open_browser(agent: Agent, *, url: str = server.url, **options: Any) -> Visitor:
            context = await browser.new_context(**{"base_url": url, "viewport": SCREEN, "locale": "en-GB", **options})
            await stack.enter_async_context(context)
            context.set_default_timeout(PATIENCE_MS)
            watch = Watch(url)
            watches.append(watch)
            await watch.over(context)
            return Visitor(await context.new_page(), watch, agent)

        yield open_browser
    assert [finding for watch in watches for finding in watch.findings] == []


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    """A model that nobody else asks, for `models.will(model, …)`."""
    return request.node.name


@pytest_asyncio.fixture(loop_scope="session")
async def agent(client: AsyncClient, model: str) -> Agent:
    """An agent with that model."""
    return await client.create_agent(AgentConfig(model=f"{NAME}/{model}", name="Scholar"))


@pytest_asyncio.fixture(loop_scope="session")
async def demo_agent(client: AsyncClient) -> Agent:
    """An agent with the demo model and its tool."""
    config = AgentConfig(model="demo/script", name="Demo", toolgroups=["builtin::clock"])
    return await client.create_agent(config)


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(visit: Visit, agent: Agent) -> Visitor:
    """A person at a desk, who talks with the rehearsed model."""
    return await visit(agent)
