"""What a person prefers: how the page looks, and the keys; here, after a reload, and in another browser of theirs."""

from playwright.async_api import expect

from tertulia.domain.agents import Agent
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit

# In each frame that is painted: how wide the talk is, once it is there.
RECORD_WIDTHS = """
const widths = (window.paintedWidths = []);
const record = () => {
  const feed = document.querySelector("[role=feed]");
  if (feed) widths.push(Math.round(feed.getBoundingClientRect().width));
  requestAnimationFrame(record);
};
requestAnimationFrame(record);
"""


async def test_a_switch_that_is_off_is_seen_on_white(visit: Visit, agent: Agent) -> None:
    visitor = await visit(agent, color_scheme="light")
    await visitor.open("/settings")
    off = visitor.page.get_by_role("switch", name="Screen readers read answers", exact=False)
    await expect(off).not_to_be_checked()
    await expect(off.locator("xpath=following-sibling::*")).to_have_css("color", "rgb(86, 95, 89)")


async def test_a_talk_is_as_wide_flat_and_coloured_as_was_chosen_from_its_first_frame(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("```python\nprint(1)\n```"))
    visitor = await visit(agent, color_scheme="light", viewport={"width": 1920, "height": 900})
    page = visitor.page
    await visitor.begin()
    await visitor.say("Show me")
    session_id = await visitor.wait_for_session()
    code = visitor.answer_to("Show me").get_by_role("figure")
    await expect(code).to_be_visible()
    said = page.get_by_role("group", name="You", exact=True)
    before = await said.bounding_box()

    await visitor.open("/settings/appearance")
    for name in ("Full", "Flat", "Always dark"):
        await page.get_by_role("button", name=name, exact=True).click()
    await page.add_init_script(RECORD_WIDTHS)
    await visitor.open_session(session_id)
    await expect(code).to_be_visible()
    widths = set(await page.evaluate("paintedWidths"))
    assert min(widths) > 1200, widths
    after = await said.bounding_box()
    assert before
    assert after
    assert after["x"] < before["x"]
    ground = await code.evaluate("it => getComputedStyle(it).backgroundColor")
    assert ground == "rgb(38, 44, 41)"
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 251, 249)"
