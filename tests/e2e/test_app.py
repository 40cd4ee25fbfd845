"""The page as an app of its own: what browsers want of one, and what it tells when nobody looks."""

import asyncio

from playwright.async_api import expect

from tertulia.domain.agents import Agent
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor

NOTED = """
window.notes = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    notes.push(this);
  }
};
"""
"""The browser's own, and each is remembered: nothing else says what was shown."""
SHOWN = "notes.map(({ title, body, tag }) => [title, body, tag.length > 20])"
OFFERED = """() => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = () => { window.wasPrompted = true; return Promise.resolve(); };
  dispatchEvent(offer);
}"""


async def test_a_browser_finds_nothing_against_installing_it(visitor: Visitor) -> None:
    await visitor.begin()
    session = await visitor.page.context.new_cdp_session(visitor.page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["manifest"]["startUrl"].endswith("/")
    found = await session.send("Page.getInstallabilityErrors")
    # A private window, as each test has, installs nothing.
    assert [each["errorId"] for each in found["installabilityErrors"] if each["errorId"] != "in-incognito"] == []
    for icon in [*manifest["manifest"]["icons"], {"url": "/icons/apple-touch-180.png"}]:
        answer = await visitor.page.request.get(icon["url"])
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png"), icon

    # Headless browsers offer nothing by themselves.
    await visitor.page.evaluate(OFFERED)
    await visitor.page.get_by_role("link", name="Settings").click()
    await visitor.page.get_by_role("button", name="Install").click()
    await expect(visitor.page.get_by_role("button", name="Install")).to_have_count(0)
    assert await visitor.page.evaluate("window.wasPrompted") is True


async def test_an_answer_is_told_once_to_who_wants_it_and_looks_elsewhere_and_leads_there(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    models.will(model, says("It is **42**", first, "."), says("Seen", second, "."))
    visitor = await visit(agent, permissions=["notifications"])
    page = visitor.page
    await page.add_init_script(NOTED)
    await visitor.open("/settings")
    await page.get_by_role("switch", name="Notifications").click()
    await expect(page.get_by_role("switch", name="Notifications")).to_be_checked()

    await visitor.begin()
    await visitor.say("What is the answer?")
    session_id = await visitor.wait_for_session()
    await expect(visitor.answer_to("What is the answer?")).to_contain_text("42")
    await page.get_by_role("link", name="New session").first.click()
    await expect(page.get_by_role("article")).to_have_count(0)
    first.set()
    await page.wait_for_function("() => notes.length > 0")
    assert await page.evaluate(SHOWN) == [["What is the answer?", "It is 42.", True]]

    await page.evaluate("notes[0].dispatchEvent(new Event('click'))")
    await page.wait_for_url(f"**/s/{session_id}?turn=*")
    await expect(visitor.answer_to("What is the answer?")).to_have_text("It is 42.")

    # What is seen as it comes is not told.
    await visitor.say("And now?")
    await expect(visitor.answer_to("And now?")).to_contain_text("Seen")
    second.set()
    await expect(visitor.answer_to("And now?")).to_have_text("Seen.")
    await page.wait_for_function("() => localStorage['tertulia-seen'] !== undefined")
    assert await page.evaluate("notes.length") == 1
