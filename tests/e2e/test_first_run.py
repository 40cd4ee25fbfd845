"""From an empty data directory to an answer, and everything still there after a reload and after a restart."""

import asyncio
import signal
from pathlib import Path

from playwright.async_api import expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tests.cli.server_process import serving
from tests.e2e.visitor import Visit
from tests.e2e.watch import CUT


async def test_a_first_visitor_gets_an_answer_that_is_still_there_after_a_restart(visit: Visit, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with serving(data_dir) as server:
        async with AsyncClient(server.url) as client:
            [agent] = (await client.list_agents()).agents
        visitor = await visit(agent, url=server.url)
        await visitor.open("/")
        await expect(visitor.page.get_by_text("this agent is a script, not an AI")).to_be_visible()
        await visitor.page.get_by_role("button", name="What can you do?").click()
        await visitor.wait_for_session()
        turn = visitor.turn("What can you do?")
        await expect(turn.get_by_text("Demo script, no AI")).to_be_visible()
        await expect(visitor.answer_to("What can you do?")).to_contain_text("I am the demo model: a script and no AI")
        await expect(turn.get_by_role("button", name="Worked")).to_be_visible()
        await expect(visitor.row("What can you do?")).to_be_visible()
        said = await visitor.answer_to("What can you do?").inner_text()

        await visitor.page.reload()
        await expect(visitor.turns).to_have_count(1)
        await expect(visitor.answer_to("What can you do?")).to_have_text(said, use_inner_text=True)
        await visitor.say("hello")
        await expect(visitor.answer_to("hello")).to_contain_text("Say help to see what I can do.")
        await expect(visitor.turn("hello").get_by_role("button", name="Worked")).to_be_visible()
        visitor.watch.expects += CUT
        code, _ = await asyncio.to_thread(server.end, signal.SIGTERM)
        assert code == 0

    with serving(data_dir, "--port", str(server.port)):
        await visitor.page.reload()
        await expect(visitor.turns).to_have_count(2)
        await expect(visitor.answer_to("What can you do?")).to_have_text(said, use_inner_text=True)
        await visitor.say("help")
        await expect(visitor.answer_to("help")).to_contain_text("Whatever else you say, I repeat.")
        await expect(visitor.turns).to_have_count(3)


async def test_the_address_of_a_model_server_is_one_click_from_the_demo(visit: Visit, demo_agent: Agent) -> None:
    visitor = await visit(demo_agent)
    await visitor.begin()
    await visitor.page.get_by_role("button", name="Connect a model").click()
    dialog = visitor.page.get_by_role("dialog", name="Connect a model")
    await expect(dialog).to_contain_text("tertulia serve --model-server")
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
