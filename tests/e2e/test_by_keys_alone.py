"""The whole path by keys alone: in, an agent, a talk, a decision, stop, rename, search, share, delete and undo.

The rule it keeps: nothing here clicks, fills or focuses. Keys go where the focus is, and at each stop of it a person
can see where that is.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tertulia.cli.set_up import make_token
from tertulia.client import AsyncClient
from tertulia.settings.values import Settings
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.rehearsed_models import NAME, RehearsedModels, calls, says
from tests.e2e.test_accounts import NOBODY, REFUSED, SECRETS
from tests.e2e.visitor import Visit, Visitor
from tests.workshop.project import ROOT

pytestmark = pytest.mark.slow

MOST_STOPS = 60
MAIL = {"to": "ana@example.org", "subject": "Lunch"}

# A ring on what has the focus, or on its frame; a field says by a caret where it is.
IS_SEEN = """() => {
  const one = document.activeElement;
  const ringed = (at) => {
    const { outlineStyle, outlineWidth } = at ? getComputedStyle(at) : { outlineStyle: "none" };
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  };
  const { width, height } = one.getBoundingClientRect();
  return width > 1 && height > 1 && (one.matches("input, textarea") || ringed(one) || ringed(one.parentElement)
    || ringed(one.closest(".Mui-focusVisible")));
}"""
WHERE = "() => document.activeElement.outerHTML.slice(0, 200)"


@pytest_asyncio.fixture(loop_scope="session")
async def office(models: RehearsedModels, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    """A server with accounts, of which Ana has one, and with a tool that must be approved."""
    data_dir = tmp_path / "data"
    token = await make_token(Settings(data_dir=data_dir, auth="accounts"))
    given = {"PYTHONPATH": str(ROOT), "TERTULIA_AUTH": "accounts"}
    running = serving(data_dir, "--model-server", models.option, module="tests.e2e.with_tools", **given)
    server = await asyncio.to_thread(running.__enter__)
    async with AsyncClient(server.url) as client:
        await client.set_up(token, name="ana", password=SECRETS["ana"])
    yield server
    await asyncio.to_thread(running.__exit__, None, None, None)


async def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus; wherever it stops on the way is to be seen."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        await page.keyboard.press(key)
        if await page.evaluate("document.activeElement === document.body"):
            continue  # from the last stop to the first the way leads through the browser itself
        assert await page.evaluate(IS_SEEN), await page.evaluate(WHERE)
        if await wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by {key}")


async def goes_round(page: Page, dialog: Locator) -> None:
    """The focus does not leave an open dialog, whichever way it goes."""
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 9:
        await page.keyboard.press(key)
        assert await dialog.evaluate("one => one.parentElement.contains(document.activeElement)"), key


async def test_the_whole_path_is_gone_by_keys_alone(
    office: ServerProcess, visit: Visit, models: RehearsedModels, model: str
) -> None:
    models.will(model, calls(("send_mail", MAIL)), says("On its way."), says("One ", asyncio.Event()))
    ana = await visit(NOBODY, url=office.url)
    ana.watch.expects.append(REFUSED)
    await comes_in(ana.page)
    await makes_an_agent(ana.page, f"{NAME}/{model}")
    await approves(ana)
    await stops_and_reads(ana)
    await renames_and_shares(ana)
    await finds_and_deletes(ana)


async def comes_in(page: Page) -> None:
    await page.goto("/")
    await tab_to(page, page.get_by_label("Name"))
    await page.keyboard.type("ana")
    await page.keyboard.press("Tab")
    await page.keyboard.type(SECRETS["ana"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Write a message")).to_be_visible()


async def makes_an_agent(page: Page, model: str) -> None:
    keys = page.keyboard
    await keys.press("Control+k")
    dialog = page.get_by_role("dialog", name="Search sessions and commands")
    await expect(dialog.get_by_role("combobox").first).to_be_focused()
    await goes_round(page, dialog)
    await keys.press("Escape")
    await expect(dialog).to_have_count(0)
    await keys.press("Control+k")
    await keys.type("create")
    await expect(dialog.get_by_role("option", name="Create an agent")).to_be_visible()
    await keys.press("Enter")
    await tab_to(page, page.get_by_role("textbox", name="Name"))
    await keys.type("Secretary")
    await tab_to(page, page.get_by_role("combobox", name="Model"))
    await keys.type(model)
    await tab_to(page, page.get_by_role("checkbox", name="office"))
    await keys.press("Space")
    await tab_to(page, page.get_by_role("button", name="Create agent"))
    await keys.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="New agent")).to_have_count(0)


async def approves(ana: Visitor) -> None:
    page, keys = ana.page, ana.page.keyboard
    await keys.press("Shift+Escape")
    await expect(ana.composer).to_be_focused()
    await keys.type("Invite Ana")
    await keys.press("Enter")
    card = page.get_by_role("group", name="Decision about send_mail")
    await expect(card).to_be_visible()
    await expect(ana.composer).to_be_focused()
    await tab_to(page, card.get_by_role("button", name="Approve"), "Shift+Tab")
    await keys.press("a")
    await expect(ana.turn("Invite Ana").get_by_text("On its way.")).to_be_visible()
    assert await page.evaluate("document.activeElement !== document.body"), "the card took the focus with it"


async def stops_and_reads(ana: Visitor) -> None:
    page, keys, first, second = ana.page, ana.page.keyboard, ana.turn("Invite Ana"), ana.turn("Count")
    await keys.press("Shift+Escape")
    await keys.type("Count")
    await keys.press("Enter")
    await expect(second.get_by_text("One")).to_be_visible()
    await keys.press("Escape")
    await expect(second.get_by_text("Stopped")).to_be_visible()
    await expect(ana.composer).to_be_focused()
    await tab_to(page, second, "Shift+Tab")
    await keys.press("k")
    await expect(first).to_be_focused()
    await keys.press("s")
    await expect(first.get_by_role("list", name="Steps")).to_be_visible()
    await expect(first).to_be_focused()


async def renames_and_shares(ana: Visitor) -> None:
    page, keys = ana.page, ana.page.keyboard
    await keys.press("F2")
    await keys.type("Invitations")
    await keys.press("Enter")
    await expect(ana.title("Invitations").get_by_role("button")).to_be_focused()
    await tab_to(page, page.get_by_role("button", name="Share"))
    await keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Share this session")
    await expect(dialog).to_be_visible()
    await goes_round(page, dialog)
    await tab_to(page, dialog.get_by_role("button", name="Make link"))
    await keys.press("Enter")
    await expect(dialog.get_by_role("textbox", name="The link")).to_be_focused()
    await keys.press("Escape")
    await expect(page.get_by_role("button", name="Share")).to_be_focused()


async def finds_and_deletes(ana: Visitor) -> None:
    page, keys = ana.page, ana.page.keyboard
    await keys.press("Control+Shift+O")
    await expect(ana.turns).to_have_count(0)
    await keys.press("Control+k")
    await keys.type("On its way")
    await expect(page.get_by_role("option", name="Invitations").first).to_be_visible()
    await keys.press("Enter")
    await expect(ana.title("Invitations")).to_be_visible()
    await tab_to(page, ana.row("Invitations"), "Shift+Tab")
    await keys.press("Delete")
    await expect(ana.row("Invitations")).to_be_hidden()
    await keys.press("Control+z")
    await expect(ana.row("Invitations")).to_be_visible()
