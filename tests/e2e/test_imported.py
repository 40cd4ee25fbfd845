"""Sessions that came over from Llama Stack look like any other, and are gone on with in the page."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from playwright.async_api import expect

from tertulia.cli.main import main
from tertulia.client import AsyncClient
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.visitor import Visit, Visitor
from tests.sources.llama_stack.stores import expected_of, real_store

STORE = real_store("0.2.12")


def bring_over(data_dir: Path) -> int:
    """Run the command; the demo model answers for the one that the agents had."""
    settings = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    words = [
        "import",
        "llama-stack",
        str(STORE),
        "--data-dir",
        str(data_dir),
        "--model",
        "ollama/llama3.2:3b=demo/script",
    ]
    return CliRunner().invoke(main, words, env=settings).exit_code


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def imported(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ServerProcess, None]:
    """A server with what came over."""
    data_dir = tmp_path_factory.mktemp("imported") / "data"
    assert await asyncio.to_thread(bring_over, data_dir) == 0
    with serving(data_dir) as server:
        yield server


Open = Callable[[str], Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def opened(imported: ServerProcess, visit: Visit) -> Open:
    """Opens a session by its name, for a visitor who comes by its address."""

    async def open_session(name: str) -> Visitor:
        sessions = expected_of(STORE).sessions.items()
        session_id, session = next(item for item in sessions if item[1]["session_name"] == name)
        async with AsyncClient(imported.url) as client:
            agent = await client.get_agent(session["agent_id"])
        visitor = await visit(agent, url=imported.url)
        await visitor.open_session(session_id)
        await expect(visitor.title(name)).to_be_visible()
        return visitor

    return open_session


async def test_a_session_is_read_and_gone_on_with(opened: Open) -> None:
    visitor = await opened("Plans for Lisbon")
    await expect(visitor.turns).to_have_count(5)
    await expect(visitor.answer_to("What is worth seeing?")).to_contain_text("The river, above all.")
    await expect(visitor.turn("And this?").get_by_role("img")).to_be_visible()
    await visitor.say("hello")
    await expect(visitor.answer_to("hello")).to_contain_text("Say help to see what I can do.")
    await visitor.page.reload()
    await expect(visitor.turns).to_have_count(6)


async def test_tool_calls_are_where_they_were(opened: Open) -> None:
    visitor = await opened("Two pictures")
    turn = visitor.turn("Take two.")
    await expect(visitor.answer_to("Take two.")).to_contain_text("One of two.")
    await turn.get_by_role("button", name="Worked").click()
    await expect(turn.get_by_role("button", name="camera")).to_have_count(2)


async def test_a_turn_that_was_left_waiting_says_why_it_failed(opened: Open) -> None:
    visitor = await opened("Left waiting")
    await expect(visitor.turn("Take a last one.")).to_contain_text("This turn waited for the client's tools")
    await expect(visitor.composer).to_be_enabled()


async def test_what_a_shield_said_is_the_answer(opened: Open) -> None:
    visitor = await opened("Shielded")
    await expect(visitor.answer_to("Something forbidden.")).to_contain_text("I cannot talk about that.")
