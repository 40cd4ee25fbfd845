"""People with accounts: the first by the link that the server prints, others added, none seeing what is another's."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tertulia.domain.agents import Agent, AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.axe import violations
from tests.e2e.conftest import Visit

pytestmark = pytest.mark.slow

SECRETS = {"ana": "the first long secret", "ben": "another long secret"}
NOBODY = Agent(agent_id="none", agent_config=AgentConfig(model="demo/script"), version=1, created_at="", updated_at="")
"""Visitors here make their own agents: nobody can do that for them."""
REFUSED = "401 (Unauthorized)"


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    """A server that wants to know who asks. Tests name it before `visit`: the browsers leave first."""
    running = serving(tmp_path / "data", TERTULIA_DEMO="always", TERTULIA_AUTH="accounts")
    yield await asyncio.to_thread(running.__enter__)
    running.__exit__(None, None, None)


async def test_two_people_share_a_server_and_see_nothing_of_each_other(guarded: ServerProcess, visit: Visit) -> None:
    ana = await visit(NOBODY, url=guarded.url)
    ana.watch.expects.append(REFUSED)
    await ana.open(await link_of(guarded))
    await expect(ana.page.get_by_role("heading", name="Welcome to Tertulia")).to_be_visible()
    assert await violations(ana.page) == []
    await fill_in(ana.page, "ana")
    await ana.page.get_by_role("button", name="Create account").click()
    await say(ana.page, "What only Ana may know")

    await ana.open("/settings/users")
    await ana.page.get_by_role("button", name="Add user").click()
    dialog = ana.page.get_by_role("dialog", name="Add a user")
    await fill_in(dialog, "ben")
    await dialog.get_by_role("button", name="Add user").click()
    await expect(ana.page.get_by_role("list", name="Users of this server")).to_contain_text("ben")
    assert await violations(ana.page) == []

    ben = await visit(NOBODY, url=guarded.url)
    ben.watch.expects.append(REFUSED)
    await sign_in(ben.page, "ben")
    await expect(ben.page.get_by_role("heading", name="Sign in")).to_have_count(0)
    await an_agent_of(ben.page)
    await say(ben.page, "What only Ben may know")
    await expect(sessions_of(ben.page)).to_have_count(1)
    await expect(ben.page.get_by_text("What only Ana may know")).to_have_count(0)

    await ana.open("/")
    await expect(ana.page.get_by_role("link", name="What only Ana may know")).to_be_visible()
    await expect(ana.page.get_by_text("What only Ben may know")).to_have_count(0)


async def test_a_sign_in_that_ends_takes_no_word_with_it(guarded: ServerProcess, visit: Visit) -> None:
    ana = await visit(NOBODY, url=guarded.url)
    ana.watch.expects.append(REFUSED)
    await ana.open(await link_of(guarded))
    await fill_in(ana.page, "ana")
    await ana.page.get_by_role("button", name="Create account").click()
    await say(ana.page, "The first thing")

    await ana.page.context.clear_cookies()
    await ana.composer.fill("The second thing")
    await ana.composer.press("Enter")
    await ana.composer.fill("The third is not yet sent")
    dialog = ana.page.get_by_role("dialog", name="Sign in again")
    await expect(dialog).to_be_visible()
    await fill_in(dialog, "ana")
    await dialog.get_by_role("button", name="Sign in").click()

    await expect(dialog).to_have_count(0)
    await expect(ana.turn("The second thing")).to_be_visible()
    await expect(ana.turns).to_have_count(2)
    await expect(ana.page.get_by_role("button", name="Stop")).to_have_count(0)


async def link_of(server: ServerProcess) -> str:
    """Read the line after the one that says that the server is ready: it ends with the link."""
    assert server.process.stdout is not None
    line = await asyncio.to_thread(server.process.stdout.readline)
    return line.split()[-1]


async def fill_in(place: Page | Locator, name: str) -> None:
    await place.get_by_label("Name").fill(name)
    await place.get_by_label("Password").fill(SECRETS[name])


async def sign_in(page: Page, name: str) -> None:
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await fill_in(page, name)
    await page.get_by_role("button", name="Sign in").click()


async def an_agent_of(page: Page) -> None:
    """Make an agent for who has signed in: what the server makes by itself is the first admin's."""
    made = await page.request.post("/v1/agents", data={"agent_config": {"model": "demo/script", "name": "Ben's"}})
    assert made.status == 201
    await page.goto("/")


async def say(page: Page, text: str) -> None:
    """Say something to the agent that there is, in a new session."""
    composer = page.get_by_role("textbox", name="Write a message")
    await expect(composer).to_be_visible()
    await composer.fill(text)
    await composer.press("Enter")
    await expect(page.get_by_role("article", name=text, exact=True)).to_be_visible()
    await page.wait_for_url("**/s/*")


def sessions_of(page: Page) -> Locator:
    """The sessions in the list. Between them stand headings of days, which are items of the list too."""
    return page.get_by_role("list", name="Sessions").get_by_role("link")
