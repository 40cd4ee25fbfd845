"""axe finds nothing, on any page and in any state of a talk, in the light and in the dark."""

import asyncio

import pytest
from playwright.async_api import expect

from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit
from tests.fakes.upstream import answers

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@SCHEMES
async def test_axe_finds_nothing_on_any_page(visit: Visit, agent: Agent, scheme: str) -> None:
    visitor = await visit(agent, color_scheme=scheme)
    visitor.watch.expects.append("404 (Not Found)")
    pages = {
        "/settings": "Settings",
        "/settings/appearance": "Appearance",
        "/settings/keyboard": "Keyboard",
        "/settings/agents": "Agents",
        "/settings/agents/new": "New agent",
        f"/settings/agents/{agent.agent_id}": "Edit agent",
        "/settings/models": "Models",
        "/settings/tools": "Tools",
        "/settings/about": "About",
        f"/a/{agent.agent_id}": "Scholar",
        f"/a/{agent.agent_id}/s/none": "This session doesn’t exist or was deleted.",
        "/a/none": "There is no such agent",
        "/none": "There is nothing at this address",
    }
    for path, heading in pages.items():
        await visitor.open(path)
        await expect(visitor.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        await expect(visitor.page.get_by_text("Loading…")).to_have_count(0)
        assert await violations(visitor.page) == [], path


@SCHEMES
async def test_axe_finds_nothing_in_a_talk(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str, scheme: str
) -> None:
    go_on = asyncio.Event()
    failure = answers(400, {"error": {"message": "No."}})
    models.will(model, says("# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n```\n\nSo ", go_on), failure)
    visitor = await visit(agent, color_scheme=scheme)
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_contain_text("So")
    await visitor.say("Second")
    await expect(visitor.page.get_by_role("list", name="Waiting messages")).to_be_visible()
    assert await violations(visitor.page) == [], "while the agent answers"

    await visitor.stop.click()
    await expect(visitor.turn("First").get_by_text("Stopped")).to_be_visible()
    assert await violations(visitor.page) == [], "stopped"
    await visitor.turn("First").get_by_role("button", name="Worked").click()
    await expect(visitor.turn("First").get_by_role("list", name="Steps")).to_be_visible()
    assert await violations(visitor.page) == [], "with its steps"

    await visitor.page.get_by_role("button", name="Stop the answer and send now").click()
    await expect(visitor.turn("Second").get_by_text("The agent could not answer")).to_be_visible()
    assert await violations(visitor.page) == [], "failed"

    await visitor.page.get_by_role("button", name="Actions for this session").click()
    await expect(visitor.page.get_by_role("menu")).to_be_visible()
    # A menu hangs at the end of the document: what is around it is hidden meanwhile, landmarks too.
    assert await violations(visitor.page, without=["region"]) == [], "with its menu"


@SCHEMES
async def test_axe_finds_nothing_on_a_phone(visit: Visit, agent: Agent, scheme: str) -> None:
    visitor = await visit(agent, color_scheme=scheme, viewport={"width": 390, "height": 844}, has_touch=True)
    await visitor.begin()
    await visitor.say("Hello")
    await expect(visitor.answer_to("Hello")).to_have_text("Understood.")
    assert await violations(visitor.page) == [], "the talk"
    await visitor.page.get_by_role("button", name="Show sessions").tap()
    await expect(visitor.page.get_by_role("dialog", name="Sessions")).to_be_visible()
    assert await violations(visitor.page) == [], "the drawer"
