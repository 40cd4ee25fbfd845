"""Every address of the page, and what opens over it, as people with other eyes, hands and screens meet it.

The page is loaded once for all that a signed-in person sees, and walks from address to address by itself, as it does
when a link is clicked. What must not be forgotten is read from the page's own table of addresses.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tertulia.domain.agents import Agent
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.rehearsed_models import RehearsedModels
from tests.e2e.sight import objections
from tests.e2e.test_accounts import NOBODY, NOT_THERE, REFUSED, SECRETS, fill_in, link_of
from tests.e2e.visitor import Visit
from tests.workshop.project import ROOT

pytestmark = pytest.mark.slow

TABLE = ROOT / "web/src/components/paths.ts"
ADDRESSES = {
    "home": "/",
    "agent": "/a/{agent}",
    "session": "/a/{agent}/s/{session}",
    "settings": "/settings",
    "appearance": "/settings/appearance",
    "keyboard": "/settings/keyboard",
    "models": "/settings/models",
    "agents": "/settings/agents",
    "newAgent": "/settings/agents/new",
    "editAgent": "/settings/agents/{agent}",
    "tools": "/settings/tools",
    "shares": "/settings/shares",
    "trash": "/settings/trash",
    "data": "/settings/data",
    "account": "/settings/account",
    "users": "/settings/users",
    "server": "/settings/server",
    "about": "/settings/about",
    "no session": "/a/{agent}/s/none",
    "no agent": "/a/none",
    "nothing": "/none",
}
"""Where a signed-in person comes."""
OUTSIDE = {"setUp": "/set-up", "shared": "/share/none", "revoked": "/share/{revoked}", "link": "/share/{link}"}
"""Where nobody has signed in."""


async def test_no_address_of_the_page_is_forgotten() -> None:
    table = re.search(r"export const paths = \{(.*?)\n\} as const", TABLE.read_text(), re.DOTALL)
    assert table
    names = set(re.findall(r"^  (\w+):", table[1], re.MULTILINE))
    assert names - ADDRESSES.keys() - OUTSIDE.keys() == set()


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(models: RehearsedModels, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    """A server with accounts."""
    given = {"TERTULIA_DEMO": "always", "TERTULIA_AUTH": "accounts"}
    running = serving(tmp_path / "data", "--model-server", models.option, **given)
    yield await asyncio.to_thread(running.__enter__)
    running.__exit__(None, None, None)


async def test_every_address_is_fit_for_all_eyes_and_hands(guarded: ServerProcess, visit: Visit) -> None:
    ana = await visit(NOBODY, url=guarded.url)
    page, found = ana.page, dict[str, list[str]]()
    ana.watch.expects += [REFUSED, NOT_THERE, "410 (Gone)"]
    await page.goto(await link_of(guarded))
    await expect(page.get_by_role("heading", name="Welcome to Tertulia")).to_be_visible()
    found["set up"] = await objections(page)
    await fill_in(page, "ana")
    await page.get_by_role("button", name="Create account").click()
    await expect(ana.composer).to_be_visible()
    ids = await furnish(page)
    for name, address in ADDRESSES.items():
        await walk(page, address.format(**ids))
        found[name] = await objections(page)
    for name, address in OUTSIDE.items():
        await walk(page, address.format(**ids))
        found[name] = await objections(page)
    await page.context.clear_cookies()
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    found["sign in"] = await objections(page)
    assert [f"{name}: {one}" for name, sentences in found.items() for one in sentences] == []


async def test_what_opens_over_a_talk_is_fit_for_all_eyes_and_hands(
    visit: Visit, models: RehearsedModels, demo_agent: Agent
) -> None:
    visitor = await visit(demo_agent)
    page, found = visitor.page, dict[str, list[str]]()
    visitor.watch.expects += ["ERR_INTERNET_DISCONNECTED"]
    await visitor.begin()
    await visitor.say("markdown")
    await expect(visitor.turn("markdown").get_by_role("button", name="Worked")).to_be_visible()
    await visitor.say("error")
    await expect(visitor.turn("error").get_by_text("The agent could not answer")).to_be_visible()
    found["failed"] = await objections(page)
    for name, keys in {"search": "Control+k", "shortcuts": "Control+/"}.items():
        await page.keyboard.press(keys)
        await expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = await objections(page, without=HIDDEN_AROUND)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    for name in ("Share", "Actions for this session"):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("dialog").or_(page.get_by_role("menu"))).to_be_visible()
        found[name] = await objections(page, without=HIDDEN_AROUND)
        await page.keyboard.press("Escape")
    await page.context.set_offline(True)
    await expect(page.get_by_text("You are offline")).to_be_visible()
    found["offline"] = await objections(page)
    assert [f"{name}: {one}" for name, sentences in found.items() for one in sentences] == []


HIDDEN_AROUND = ("region",)
"""What is open hangs at the end of the document, and what is around it is hidden meanwhile, landmarks too."""


async def furnish(page: Page) -> dict[str, str]:
    """Fill a server with what its pages list, as the one who has signed in; return what addresses are made of."""

    async def post(path: str, **data: object) -> dict[str, str]:
        answer = await page.request.post(f"/v1{path}", data=data)
        assert answer.ok, await answer.text()
        return await answer.json()

    config = {"model": "demo/script", "name": "Scholar", "toolgroups": ["builtin::clock"]}
    agent = (await post("/agents", agent_config=config))["agent_id"]
    await post("/users", name="ben", password=SECRETS["ben"], role="user")
    sessions = f"/agents/{agent}/session"
    session, trashed = [
        (await post(sessions, session_name=name))["session_id"]
        for name in ("A week in Lisbon with a very long name that has no room in the list", "Packing")
    ]
    await page.request.delete(f"/v1{sessions}/{trashed}")
    link, revoked = [await post(f"{sessions}/{session}/share", include="messages") for _ in range(2)]
    await page.request.delete(f"/v1{sessions}/{session}/share/{revoked['share_id']}")
    tokens = {name: share["url"].rpartition("/")[2] for name, share in (("link", link), ("revoked", revoked))}
    return {"agent": agent, "session": session, **tokens}


async def walk(page: Page, address: str) -> None:
    """Go to an address as a link within the page goes."""
    await page.evaluate("address => history.pushState(null, '', address)", address)
    await settled(page)


async def settled(page: Page) -> None:
    """Wait until the page has drawn what it came for."""
    await expect(page.get_by_role("heading", level=1).or_(page.get_by_role("textbox")).first).to_be_visible()
    await expect(page.get_by_text("Loading…")).to_have_count(0)
