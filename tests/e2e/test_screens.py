"""Narrow screens, and the colours: light, dark, and as the system has it."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tests.e2e.visitor import Visit, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}


async def test_on_a_phone_the_sessions_are_in_a_drawer_and_in_a_selector(
    visit: Visit, agent: Agent, client: AsyncClient
) -> None:
    for name in ("A week in Lisbon", "Names for a cat"):
        await client.create_session(agent.agent_id, session_name=name)
    visitor = await visit(agent, **PHONE)
    await visitor.begin()
    selector = visitor.page.get_by_role("combobox", name="Session")
    await expect(selector).to_have_text("New session")
    await expect(visitor.sidebar).to_be_hidden()

    await selector.tap()
    await visitor.page.get_by_role("option", name="A week in Lisbon").tap()
    await expect(selector).to_have_text("A week in Lisbon")
    await visitor.wait_for_session()

    await visitor.page.get_by_role("button", name="Show sessions").tap()
    drawer = visitor.page.get_by_role("dialog", name="Sessions")
    await drawer.get_by_role("link", name="Names for a cat").tap()
    await expect(drawer).to_be_hidden()
    await expect(selector).to_have_text("Names for a cat")
    await visitor.say("Miau")
    await expect(visitor.answer_to("Miau")).to_have_text("Understood.")

    await selector.tap()
    await visitor.page.get_by_role("option", name="New session").tap()
    await expect(visitor.turns).to_have_count(0)


WIDE_ANSWER = "markdown"
SETTINGS = ["/appearance", "/keyboard", "/agents", "/agents/new", "/models", "/tools", "/about"]
PLACES = ["/", "/none", "/settings", *(f"/settings{page}" for page in SETTINGS)]


@pytest.mark.parametrize("screen", [PHONE, SMALL], ids=["390 px", "320 px"])
async def test_nothing_is_wider_than_a_narrow_screen(visit: Visit, demo_agent: Agent, screen: dict[str, Any]) -> None:
    visitor = await visit(demo_agent, **screen)
    await visitor.begin()
    await visitor.say(WIDE_ANSWER)
    await expect(visitor.turn(WIDE_ANSWER).get_by_role("button", name="Worked")).to_be_visible()
    assert not await visitor.is_wider_than_screen()
    for place in PLACES:
        await visitor.open(place)
        await expect(visitor.page.get_by_role("heading", level=1).or_(visitor.composer).first).to_be_visible()
        assert not await visitor.is_wider_than_screen(), place


# In each frame that is painted: what the body, or behind it the canvas, is coloured.
RECORD_FRAMES = """
const frames = (window.paintedDark = []);
const isDark = () => {
  if (!document.body) return null;
  const [r, g, b, a = 1] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return a === 0 ? getComputedStyle(document.documentElement).colorScheme === "dark" : r + g + b < 200;
};
const record = () => { const dark = isDark(); if (dark !== null) frames.push(dark); requestAnimationFrame(record); };
requestAnimationFrame(record);
"""


async def painted_dark(page: Page) -> set[bool]:
    """Whether the frames since the page was opened were dark."""
    frames = await page.evaluate("paintedDark")
    assert len(frames) > 1
    return set(frames)


async def choose_mode(visitor: Visitor, mode: str) -> None:
    await visitor.open("/settings/appearance")
    await visitor.page.get_by_role("group", name="Colours", exact=True).get_by_role("button", name=mode).click()


@pytest.mark.parametrize(("system", "is_dark"), [("dark", True), ("light", False)])
async def test_the_page_is_coloured_as_the_system_from_its_first_frame(
    visit: Visit, agent: Agent, system: str, is_dark: bool
) -> None:
    visitor = await visit(agent, color_scheme=system)
    await visitor.page.add_init_script(RECORD_FRAMES)
    await visitor.begin()
    assert await painted_dark(visitor.page) == {is_dark}
    await visitor.page.emulate_media(color_scheme="light" if is_dark else "dark")
    await visitor.page.wait_for_function("dark => paintedDark.at(-1) === dark", arg=not is_dark)


@pytest.mark.parametrize(("mode", "system", "is_dark"), [("Dark", "light", True), ("Light", "dark", False)])
async def test_a_chosen_mode_wins_over_the_systems_without_a_flash(
    visit: Visit, agent: Agent, mode: str, system: str, is_dark: bool
) -> None:
    visitor = await visit(agent, color_scheme=system)
    await visitor.page.add_init_script(RECORD_FRAMES)
    await choose_mode(visitor, mode)
    await visitor.page.wait_for_function("dark => paintedDark.at(-1) === dark", arg=is_dark)
    await visitor.begin()
    assert await painted_dark(visitor.page) == {is_dark}
    await choose_mode(visitor, "System")
    await visitor.page.wait_for_function("dark => paintedDark.at(-1) === dark", arg=not is_dark)
