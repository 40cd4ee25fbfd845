"""One talk that every browser has to go through: an agent is made, answers, is stopped, is found again."""

import asyncio

from tests.browsers.driven import Driven
from tests.browsers.page import CONTROL, ENTER, Page
from tests.e2e.rehearsed_models import NAME, RehearsedModels, says

MODEL = "many-browsers"
BEGIN = "One two\n\n```python\nprint(3)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nand $x^2$, "
SEEN = (
    "({ code: document.querySelectorAll('pre code').length, tables: document.querySelectorAll('table').length,"
    " formulas: document.querySelectorAll('math').length })"
)
OTHERS = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith(origin))"


async def talk(browser: Driven, url: str, models: RehearsedModels) -> None:
    """Go through it all, and find nothing to complain about."""
    go_on = asyncio.Event()
    models.will(MODEL, says(BEGIN, go_on, "three four."), says("For ever", asyncio.Event()))
    page = Page(browser)
    await makes_an_agent(page, url)
    await asks(page, go_on)
    await stops(page)
    await searches(page)
    assert await browser.evaluate(OTHERS) == []
    assert browser.complaints == []


async def makes_an_agent(page: Page, url: str) -> None:
    await page.browser.go(url)
    await page.sees("textbox", "Write a message")
    await page.click("button", "Agent: ")
    await page.click("menuitem", "New agent")
    await page.click("textbox", "Name")
    await page.types("Scholar")
    await page.click("combobox", "Model")
    await page.types(f"{NAME}/{MODEL}")
    await page.click("button", "Create agent")
    await page.sees("button", "Agent: Scholar")


async def asks(page: Page, go_on: asyncio.Event) -> None:
    """An answer goes on through a reload, and is the same after another."""
    await page.click("textbox", "Write a message")
    await page.types("Count" + ENTER)
    await page.sees("article", "Count", "One two")
    await page.sees("button", "Stop")
    await page.browser.reload()
    await page.sees("article", "Count", "One two")
    await page.sees("button", "Stop")
    go_on.set()
    await page.sees("article", "Count", "three four.")
    await page.misses("button", "Stop")
    await page.browser.reload()
    await page.sees("article", "Count", "three four.")
    await page.until("code, a table and a formula", lambda: is_drawn(page))


async def is_drawn(page: Page) -> bool:
    return await page.browser.evaluate(SEEN) == {"code": 1, "tables": 1, "formulas": 1}


async def stops(page: Page) -> None:
    await page.click("textbox", "Write a message")
    await page.types("Go on" + ENTER)
    await page.sees("article", "Go on", "For ever")
    await page.click("button", "Stop")
    await page.sees("article", "Go on", "Stopped")
    await page.browser.reload()
    await page.sees("article", "Go on", "Stopped")


async def searches(page: Page) -> None:
    await page.click("link", "New session")
    await page.misses("article", "Count")
    await page.types("k", CONTROL)
    await page.is_in("[role=dialog] input")
    await page.types("three four")
    await page.sees("option", "Count", "three four")
    await page.types(ENTER)
    await page.sees("article", "Count", "three four.")
