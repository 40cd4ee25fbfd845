"""The inspector: opened by the keyboard, by a step, by an address; live, played again, and where there is no room."""

import asyncio
import re

from playwright.async_api import Locator, Page, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent, AgentConfig
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import NAME, RehearsedModels, calls, says
from tests.e2e.visitor import Visit

QUESTION = "What time is it in Lisbon?"
PHONE = {"width": 390, "height": 844}


def inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def steps(page: Page) -> Locator:
    return inspector(page).get_by_role("listbox", name="Steps").get_by_role("option")


async def choose_part(page: Page, name: str) -> Locator:
    await inspector(page).get_by_role("tab", name=name).click()
    return inspector(page).get_by_role("tabpanel", name=name)


async def test_a_turn_is_looked_into_while_it_runs_after_a_reload_and_on_a_phone(
    visit: Visit, client: AsyncClient, models: RehearsedModels, model: str
) -> None:
    config = AgentConfig(
        model=f"{NAME}/{model}", name="Scholar", instructions="Be exact.", toolgroups=["builtin::clock"]
    )
    agent = await client.create_agent(config)
    go_on = asyncio.Event()
    models.will(model, calls(("clock", {})), says("It is ", go_on, "noon."))
    visitor = await visit(agent)
    page = visitor.page
    await visitor.begin()
    await visitor.say(QUESTION)
    await visitor.wait_for_session()
    await expect(visitor.answer_to(QUESTION).first).to_contain_text("It is")

    # While it runs: by the keyboard, and with the figures as they come.
    await page.keyboard.press("Alt+i")
    await expect(steps(page)).to_have_count(3)
    await expect(steps(page).last).to_have_attribute("aria-selected", "true")
    await expect(inspector(page)).to_contain_text("Running")
    go_on.set()
    await expect(inspector(page)).to_contain_text("Completed")
    await expect(steps(page).last).to_have_accessible_name(re.compile("Done, begins after .*, took "))

    # The arrows choose a step, and the address says which.
    await steps(page).last.focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(steps(page).first).to_be_focused()
    assert re.search(r"\?turn=[\w-]+#step-[\w-]+$", page.url)
    asked = await choose_part(page, "Request")
    await expect(asked.get_by_role("group", name="System")).to_have_text("Be exact.")
    await expect(asked).to_contain_text("clock")
    assert await violations(page) == []

    # An address that names a step leads there again.
    await page.reload()
    await expect(steps(page).first).to_have_attribute("aria-selected", "true")
    await expect(inspector(page).get_by_role("tabpanel")).to_contain_text("clock")

    await events_curl_and_replay(page)

    # Esc within it closes it; from a step of the talk it opens at that step.
    await steps(page).first.focus()
    await page.keyboard.press("Escape")
    await expect(inspector(page)).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^Worked")).click()
    await page.get_by_role("button", name="Look into this step").nth(1).click()
    await expect(steps(page).nth(1)).to_have_attribute("aria-selected", "true")
    await on_a_phone(visit, agent, page.url)


async def events_curl_and_replay(page: Page) -> None:
    events = await choose_part(page, "Events")
    await expect(events.get_by_role("list", name="Events").get_by_role("listitem").first).to_contain_text("turn_queued")
    async with page.expect_download() as download:
        await events.get_by_role("button", name="Download as .jsonl").click()
    lines = (await (await download.value).path()).read_text().splitlines()
    assert lines[0].startswith('{"id":"1.')
    assert '"turn_complete"' in lines[-1]
    curl = await choose_part(page, "curl")
    await expect(curl).to_contain_text("Bearer $TERTULIA_API_KEY")
    replay = await choose_part(page, "Replay")
    stage = replay.get_by_role("group", name="The turn as it was then")
    await expect(stage).to_contain_text(QUESTION)
    await expect(stage).not_to_contain_text("It is noon.")
    await replay.get_by_role("button", name="8×").click()
    await replay.get_by_role("button", name="Play").click()
    await expect(stage).to_contain_text("It is noon.")
    await replay.get_by_role("slider", name="Place in the turn").focus()
    await page.keyboard.press("Home")
    await expect(stage).not_to_contain_text("It is noon.")
    assert await violations(page) == []


async def on_a_phone(visit: Visit, agent: Agent, address: str) -> None:
    """It covers the page, holds the focus, and gives it back."""
    visitor = await visit(agent, viewport=PHONE)
    page = visitor.page
    await page.goto(address)
    sheet = page.get_by_role("dialog", name="Inspector")
    await expect(sheet.get_by_role("option")).to_have_count(3)
    assert not await visitor.is_wider_than_screen()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    opener = page.get_by_role("button", name="Inspector")
    await opener.focus()
    await page.keyboard.press("Alt+i")
    await expect(sheet).to_be_visible()
    for _ in range(30):
        await page.keyboard.press("Tab")
    assert await sheet.evaluate("sheet => sheet.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
