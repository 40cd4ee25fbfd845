"""What one can do from the composer and by keys: commands, copying, and a message that the browser does not keep."""

import asyncio
import re

from playwright.async_api import Route, expect

from tertulia.domain.agents import Agent
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor

CODE = "let a = 1;"
ANSWER = f"So:\n\n```js\n{CODE}\n```\n\nThat is all."


async def clipboard_has(visitor: Visitor, text: str) -> None:
    """Wait until that was copied."""
    is_there = "async (text) => (await navigator.clipboard.readText()) === text"
    await visitor.page.wait_for_function(is_there, arg=text)


async def test_a_talk_is_led_by_commands_and_keys(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says(ANSWER))
    visitor = await visit(agent, permissions=["clipboard-read", "clipboard-write"])
    page, may_come = visitor.page, asyncio.Event()

    async def hold(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route(re.compile(r"/assets/palette-"), hold)
    await visitor.begin()
    await visitor.say("Begin")
    await expect(visitor.answer_to("Begin").get_by_text("That is all.")).to_be_visible()

    # What is typed while the search is on its way is not lost, and it knows commands by other words, too.
    await page.keyboard.press("Control+k")
    await page.keyboard.type("new ag")
    may_come.set()
    field = page.get_by_role("combobox", name="Search sessions and commands")
    await expect(field).to_have_value("new ag")
    await page.keyboard.type("ent")
    await expect(page.get_by_role("option", name="Create an agent")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(visitor.composer).to_be_focused()

    await page.keyboard.press("Control+Shift+Y")
    await clipboard_has(visitor, ANSWER)
    await page.keyboard.press("Control+Shift+Semicolon")
    await clipboard_has(visitor, CODE)

    await visitor.composer.press_sequentially("/rename")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main").get_by_role("textbox", name="Name")).to_be_focused()
    await expect(visitor.composer).to_have_value("")


async def test_who_writes_where_nothing_is_kept_is_told_until_it_is_sent(visitor: Visitor) -> None:
    visitor.watch.expects.append("net::ERR_INTERNET_DISCONNECTED")
    page = visitor.page
    await page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    )
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("Understood.")
    warning = page.get_by_text("This browser does not keep your message")
    await expect(warning).to_be_hidden()
    await page.context.set_offline(True)
    await expect(page.get_by_role("main").get_by_text("Offline.")).to_be_visible()
    await visitor.say("Second")
    await expect(warning).to_be_visible()
    await page.context.set_offline(False)
    await expect(visitor.answer_to("Second")).to_have_text("Understood.")
    await expect(warning).to_be_hidden()
