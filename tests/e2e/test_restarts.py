"""The server is killed, or upgraded, and started again: the open page goes on by itself, and asks where it has to."""

import asyncio
import importlib.util
import shutil
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent, AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import NAME, RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor
from tests.e2e.watch import CUT
from tests.fakes.upstream import DONE, Wire, chunk, sse, stop, streams, text
from tests.workshop.project import ROOT

WORDS = [f"{number} " for number in range(1, 301)]
PAUSE_S = 0.005
OPEN_THE_DOOR = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "door", "arguments": "{}"}}

VARIABLES = {"PYTHONPATH": str(ROOT), "TERTULIA_DRAIN_TIMEOUT": "0.5"}

# Every text that an element has had, from now on.
RECORD = """(answer) => {
  window.texts = [answer.innerText];
  new MutationObserver(() => texts.push(answer.innerText)).observe(
    answer, { childList: true, characterData: true, subtree: true });
}"""


async def count(wire: Wire) -> None:
    """Say one word after the other, as models do."""
    await wire.head()
    for word in WORDS:
        await asyncio.sleep(PAUSE_S)
        await wire.send(sse(text(word)))
    await asyncio.Event().wait()


class Restarts:
    """A server on one data directory, at one port, that is killed and started again."""

    def __init__(self, data_dir: Path, models: RehearsedModels, *, module: str) -> None:
        self._data_dir = data_dir
        self._models = models
        self._module = module
        self._port = 0

    @asynccontextmanager
    async def running(self, **variables: str) -> AsyncGenerator[ServerProcess, None]:
        """Run it; it asks the model server, which runs in this loop, before it is ready."""
        options = ["--model-server", self._models.option, "--port", str(self._port)]
        process = serving(self._data_dir, *options, module=self._module, **VARIABLES | variables)
        server = await asyncio.to_thread(process.__enter__)
        self._port = server.port
        try:
            yield server
        finally:
            await asyncio.to_thread(process.__exit__, None, None, None)


async def kill(server: ServerProcess) -> None:
    code, _ = await asyncio.to_thread(server.end, signal.SIGKILL)
    assert code == -signal.SIGKILL


async def stop_server(server: ServerProcess) -> None:
    code, _ = await asyncio.to_thread(server.end, signal.SIGTERM)
    assert code == 0


async def make_agent(server: ServerProcess, model: str, *toolgroups: str) -> Agent:
    """Make an agent with the rehearsed model."""
    async with AsyncClient(server.url) as client:
        config = AgentConfig(model=f"{NAME}/{model}", name="Scholar", toolgroups=list(toolgroups))
        return await client.create_agent(config)


def other_page(folder: Path) -> Path:
    """Make a folder of packages in which the page is that of another build."""
    spec = importlib.util.find_spec("tertulia_web")
    places = list(spec.submodule_search_locations or []) if spec else []
    assert places, "these tests want the page: they run in an install that has it"
    page = shutil.copytree(places[0], folder / "tertulia_web")
    (page / "index.html").write_text((page / "index.html").read_text() + "<!-- another build -->")
    return folder


def banner(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("main").get_by_text("The server cannot be reached.")


@pytest.mark.parametrize("end", [kill, stop_server])
async def test_an_answer_is_completed_in_the_open_page_when_the_server_is_back(
    visit: Visit,
    models: RehearsedModels,
    model: str,
    tmp_path: Path,
    end: Callable[[ServerProcess], Awaitable[None]],
) -> None:
    go_on = asyncio.Event()
    models.will(model, count, says(*WORDS[:200], go_on, *WORDS[200:]))
    server = Restarts(tmp_path / "data", models, module="tertulia.cli")
    async with server.running() as first:
        visitor = await visit(await make_agent(first, model), url=first.url)
        visitor.watch.expects += CUT
        await visitor.begin()
        await visitor.say("Count")
        answer = visitor.answer_to("Count")
        await expect(answer).to_contain_text("1 2 3 4 5")
        await answer.evaluate(RECORD)
        await end(first)
        await expect(banner(visitor)).to_be_visible()
        await expect(answer).to_contain_text("1 2 3 4 5")
    upgraded = f"{other_page(tmp_path / 'upgraded')}:{ROOT}"
    async with server.running(PYTHONPATH=upgraded):
        await expect(banner(visitor)).to_be_hidden()
        await expect(visitor.page.get_by_text("A newer version of this page is there.")).to_be_visible()
        await expect(answer).to_have_text("".join(WORDS[:200]))
        go_on.set()
        await expect(answer).to_have_text("".join(WORDS))
        await expect(visitor.turn("Count").get_by_role("button", name="Worked")).to_be_visible()
        await expect(visitor.turns).to_have_count(1)
        seen: list[str] = await visitor.page.evaluate("texts")  # a reload would have lost them
        assert [said for said in seen if not "".join(WORDS).startswith(said.strip())] == []
        assert len(models.asked(model)) == 2
        async with visitor.page.expect_navigation():
            await visitor.page.get_by_role("button", name="Reload").click()
        await expect(answer).to_have_text("".join(WORDS))
        await expect(visitor.page.get_by_text("A newer version of this page is there.")).to_be_hidden()


async def test_a_person_decides_whether_a_tool_that_was_killed_runs_again(
    visit: Visit, models: RehearsedModels, model: str, tmp_path: Path
) -> None:
    models.will(model, streams(chunk({"tool_calls": [OPEN_THE_DOOR]}), stop("tool_calls"), DONE), says("Come in."))
    server = Restarts(tmp_path / "data", models, module="tests.e2e.with_door")
    opened = tmp_path / "data.door"
    async with server.running() as first:
        visitor = await visit(await make_agent(first, model, "test::door"), url=first.url)
        visitor.watch.expects += CUT
        await visitor.begin()
        await visitor.say("Let me in")
        await expect(visitor.turn("Let me in").get_by_text("Using door")).to_be_visible()
        await visitor.wait_for_session()
        await kill(first)
    async with server.running():
        card = visitor.page.get_by_role("group", name="Decision about door")
        await expect(card).to_contain_text("This tool may already have run before the server stopped.")
        assert await violations(visitor.page) == []
        await visitor.page.reload()
        again = card.get_by_role("button", name="Run it again")
        await expect(again).to_be_visible()
        assert opened.read_text().count("opened") == 1
        await again.focus()
        await visitor.page.keyboard.press("a")
        await expect(visitor.answer_to("Let me in")).to_have_text("Come in.")
        await expect(card).to_be_hidden()
        assert opened.read_text().count("opened") == 2
