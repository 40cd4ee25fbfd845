"""People with accounts: the first by the link that the server prints, others added, none seeing what is another's."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, expect

from tertulia.domain.agents import Agent, AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.axe import violations
from tests.e2e.conftest import Visit
from tests.e2e.rehearsed_models import NAME, RehearsedModels, says
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.slow

SECRETS = {"ana": "the first long secret", "ben": "another long secret"}
NOBODY = Agent(agent_id="none", agent_config=AgentConfig(model="demo/script"), version=1, created_at="", updated_at="")
"""Visitors here make their own agents: nobody can do that for them."""
REFUSED = "401 (Unauthorized)"
NOT_THERE = "404 (Not Found)"
NOT_ALLOWED = "403 (Forbidden)"
TOO_MUCH = "429 (Too Many Requests)"


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(models: RehearsedModels, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    """A server that wants to know who asks. Tests name it before `visit`: the browsers leave first."""
    given = {"TERTULIA_DEMO": "always", "TERTULIA_AUTH": "accounts"}
    running = serving(tmp_path / "data", "--model-server", models.option, **given)
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
    hers = ana.page.url

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
    ben_at = ben.page.url
    await expect(sessions_of(ben.page)).to_have_count(1)
    await expect(ben.page.get_by_text("What only Ana may know")).to_have_count(0)

    ben.watch.expects.append(NOT_THERE)
    await ben.open(hers)
    await expect(ben.page.get_by_role("heading", name="There is no such agent")).to_be_visible()
    await ben.open(ben_at)
    await ben.page.get_by_role("button", name="Search", exact=True).click()
    await ben.page.get_by_role("combobox", name="Search sessions").fill("may know")
    await expect(ben.page.get_by_role("option", name="What only Ben may know").first).to_be_visible()
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

    is_written = asyncio.Event()

    async def hold(route: Route) -> None:  # the dialog comes with the answer, and leaves nothing else to write in
        await is_written.wait()
        await route.continue_()

    await ana.page.route("**/turn", hold)
    await ana.page.context.clear_cookies()
    await ana.composer.fill("The second thing")
    await ana.composer.press("Enter")
    await ana.composer.fill("The third is not yet sent")
    is_written.set()
    dialog = ana.page.get_by_role("dialog", name="Sign in again")
    await expect(dialog).to_be_visible()
    await fill_in(dialog, "ana")
    await dialog.get_by_role("button", name="Sign in").click()

    await expect(dialog).to_have_count(0)
    await expect(ana.turn("The second thing")).to_be_visible()
    await expect(ana.turns).to_have_count(2)
    await expect(ana.page.get_by_role("button", name="Stop")).to_have_count(0)


async def test_who_may_only_read_is_told_so_and_gets_back_what_they_wrote(guarded: ServerProcess, visit: Visit) -> None:
    ana, ben = await two_people(guarded, visit)
    await say(ben.page, "While I may")
    await change_role(ana.page, "ben", "Reader")

    ben.watch.expects.append(NOT_ALLOWED)
    await ben.composer.fill("And now?")
    await ben.composer.press("Enter")
    refused = ben.turn("And now?")
    await expect(refused.get_by_text("The role 'reader' has no scope 'write'")).to_be_visible()
    assert await violations(ben.page) == []
    await refused.get_by_role("button", name="Edit").click()
    await expect(ben.composer).to_have_value("And now?")

    await expect(sessions_of(ben.page)).to_have_count(1)
    for page in ("users", "server"):
        await ben.open(f"/settings/{page}")
        await expect(ben.page.get_by_role("heading", name="You can’t see this")).to_be_visible()
        assert await violations(ben.page) == []


async def test_whoever_does_too_much_at_once_sees_when_their_message_is_sent_and_it_is(
    guarded: ServerProcess, visit: Visit, models: RehearsedModels, model: str
) -> None:
    ana, ben = await two_people(guarded, visit)
    await ben.page.request.post("/v1/agents", data={"agent_config": {"model": f"{NAME}/{model}", "name": "Slow"}})
    await limit_turns(ana.page, "ben", 1)
    go_on = asyncio.Event()
    models.will(model, says("I think", go_on, "."))

    await ben.open("/settings/agents")
    slow = ben.page.get_by_role("listitem").filter(has_text="Slow")
    await slow.get_by_role("link", name="New session").click()
    await say(ben.page, "Think long")
    await expect(ben.page.get_by_text("I think")).to_be_visible()
    ben.watch.expects.append(TOO_MUCH)
    await ben.page.get_by_role("link", name="New session").click()
    await ben.composer.fill("The next thing")
    await ben.composer.press("Enter")
    await ben.composer.fill("Half a thought")
    await expect(ben.page.get_by_role("timer")).to_be_visible()
    await expect(ben.page.get_by_text("Too many messages right now", exact=True)).to_be_visible()
    assert await violations(ben.page) == []

    go_on.set()
    await expect(ben.turn("The next thing").get_by_text("Understood.")).to_be_visible()
    await expect(ben.page.get_by_role("timer")).to_have_count(0)
    await expect(ben.composer).to_have_value("Half a thought")
    await expect(ben.turns).to_have_count(1)


async def test_an_admin_finds_in_the_audit_what_was_done(guarded: ServerProcess, visit: Visit) -> None:
    ana, _ = await two_people(guarded, visit)
    await ana.open("/settings/server")
    await expect(ana.page.get_by_text("Takes work")).to_be_visible()
    deeds = ana.page.get_by_role("list", name="Deeds, the newest first").get_by_role("listitem")
    await expect(deeds.filter(has_text="Added a user")).to_have_count(1)
    await expect(deeds.last).to_contain_text("Set the server up")
    assert await violations(ana.page) == []

    await ana.page.get_by_role("combobox", name="Who").click()
    await ana.page.get_by_role("option", name="ben").click()
    await expect(deeds).to_have_count(1)
    await expect(deeds).to_contain_text("Signed in")


async def two_people(server: ServerProcess, visit: Visit) -> tuple[Visitor, Visitor]:
    """Ana, who is the admin, and Ben, each signed in in a browser of their own."""
    ana, ben = await visit(NOBODY, url=server.url), await visit(NOBODY, url=server.url)
    await ana.open(await link_of(server))
    await fill_in(ana.page, "ana")
    await ana.page.get_by_role("button", name="Create account").click()
    await expect(ana.composer).to_be_visible()
    given = {"name": "ben", "password": SECRETS["ben"], "role": "user"}
    assert (await ana.page.request.post("/v1/users", data=given)).status == 201
    ben.watch.expects.append(REFUSED)
    await sign_in(ben.page, "ben")
    await expect(ben.composer).to_be_visible()
    return ana, ben


async def change_role(page: Page, name: str, role: str) -> None:
    await page.goto("/settings/users")
    await page.get_by_role("combobox", name=f"Role of {name}").click()
    await page.get_by_role("option", name=role).click()
    await expect(page.get_by_role("combobox", name=f"Role of {name}")).to_have_text(role)
    await expect(page.get_by_role("group", name=f"{name}: {role}")).to_be_visible()


async def limit_turns(page: Page, name: str, most: int) -> None:
    """Let a user have so many turns at once."""
    await page.goto("/settings/users")
    await page.get_by_role("button", name=f"Actions for {name}").click()
    await page.get_by_role("menuitem", name="Limits").click()
    dialog = page.get_by_role("dialog", name=f"Limits of {name}")
    await dialog.get_by_label("Turns at once").fill(str(most))
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)


async def link_of(server: ServerProcess) -> str:
    """Read the line after the one that says that the server is ready: it ends with the link."""
    assert server.process.stdout is not None
    line = await asyncio.to_thread(server.process.stdout.readline)
    return line.split()[-1]


async def fill_in(place: Page | Locator, name: str) -> None:
    await place.get_by_label("Name").fill(name)
    await place.get_by_label("Password", exact=True).fill(SECRETS[name])


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
