"""The page in Spanish, and from right to left: whole, at once, and with nothing cut off."""

from playwright.async_api import Error, Page, expect

from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.sight import NARROW
from tests.e2e.visitor import Visit

RIGHT_TO_LEFT = "ar-XB"

# Words that stand beyond the screen's edges. What scrolls by itself may: the ways to the settings, code, tables.
CUT_OFF = """() => [...document.querySelectorAll("#root *")].filter((one) => {
  if (one.childElementCount > 0 || one.textContent.trim() === "" || one.closest("header, pre, table")) return false;
  const { left, right, width } = one.getBoundingClientRect();
  return width > 1 && (left < -1 || right > innerWidth + 1);
}).map((one) => one.textContent)"""

FETCHED = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /assets\\/es-/.test(name))"


async def assert_nothing_is_cut_off(page: Page) -> None:
    """Look at the page once it has come to rest."""
    try:
        await page.wait_for_function(
            f"document.documentElement.scrollWidth <= innerWidth && ({CUT_OFF})().length === 0"
        )
    except Error:
        cut_off = await page.evaluate(CUT_OFF)
        raise AssertionError(f"{page.url} is too wide, or {cut_off} is cut off") from None


async def test_a_browser_that_asks_for_spanish_has_it_until_another_language_is_chosen(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("Entendido."))
    page = (await visit(agent, locale="es-MX")).page
    await page.goto(f"/a/{agent.agent_id}")
    composer = page.get_by_role("textbox", name="Escribe un mensaje")
    await composer.fill("Hola")
    await composer.press("Enter")
    await expect(page.get_by_role("article", name="Hola", exact=True).get_by_text("Entendido.")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Sesiones").get_by_role("heading", name="Hoy")).to_be_visible()
    await composer.fill("Y otra cosa")
    assert await page.locator("html").get_attribute("lang") == "es"
    assert len(await page.evaluate(FETCHED)) == 1
    assert await violations(page) == []

    await page.get_by_role("link", name="Ajustes").click()
    await expect(page.get_by_role("heading", level=1, name="Ajustes")).to_be_visible()
    await page.set_viewport_size(NARROW)
    await assert_nothing_is_cut_off(page)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await expect(page.get_by_role("button", name="English", pressed=True)).to_be_focused()
    assert await page.locator("html").get_attribute("lang") == "en"
    assert await violations(page) == []

    await page.go_back()
    await expect(page.get_by_role("textbox", name="Write a message")).to_have_value("Y otra cosa")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Write a message")).to_have_value("Y otra cosa")


async def test_from_right_to_left_everything_is_on_its_other_side_and_nothing_cut_off(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("Left to right.\n\nشكرا\n\n```py\nx = 1\n```\n"))
    page = (await visit(agent)).page
    await page.goto(f"/a/{agent.agent_id}?lang={RIGHT_TO_LEFT}")
    composer = page.get_by_role("main").get_by_role("textbox")
    await composer.fill("Hello")
    await composer.press("Enter")
    await expect(page.locator("pre")).to_contain_text("x = 1")
    sidebar = await page.get_by_role("navigation").first.bounding_box()
    assert sidebar
    assert sidebar["x"] + sidebar["width"] == 1280
    directions = [
        await page.get_by_text(text).first.evaluate("(one) => getComputedStyle(one).direction")
        for text in ("Left to right.", "شكرا", "x = 1")
    ]
    assert directions == ["ltr", "rtl", "ltr"]
    assert await violations(page) == []
    await assert_nothing_is_cut_off(page)

    await page.set_viewport_size(NARROW)
    await assert_nothing_is_cut_off(page)
    for path in ("/settings", "/settings/agents/new", "/settings/data"):
        await page.goto(f"{path}?lang={RIGHT_TO_LEFT}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await assert_nothing_is_cut_off(page)
        assert await violations(page) == [], path
