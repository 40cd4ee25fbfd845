"""Tools in the page: approved, denied, changed, answered, watched, tried, and brought by an MCP server."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent, AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import NAME, RehearsedModels, calls, says
from tests.e2e.visitor import Visit, Visitor
from tests.e2e.with_tools import GROUP
from tests.tools.mcp.places import HttpPlace
from tests.workshop.project import ROOT

MAIL = {"to": "ana@example.org", "subject": "Lunch", "body": "At one?"}
SMALL = {"viewport": {"width": 320, "height": 640}}


class Office:
    """The server of these tests, and what its tools have done."""

    def __init__(self, server: ServerProcess, data_dir: Path) -> None:
        self.url = server.url
        self.going = data_dir.with_suffix(".going")
        self._sent = data_dir.with_suffix(".sent")

    def sent_to(self, address: str) -> list[dict[str, Any]]:
        lines = self._sent.read_text().splitlines() if self._sent.exists() else []
        return [mail for mail in map(json.loads, lines) if mail["to"] == address]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(models: RehearsedModels, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Office, None]:
    data_dir = tmp_path_factory.mktemp("office") / "data"
    running = serving(data_dir, "--model-server", models.option, module="tests.e2e.with_tools", PYTHONPATH=str(ROOT))
    yield Office(await asyncio.to_thread(running.__enter__), data_dir)
    await asyncio.to_thread(running.__exit__, None, None, None)


@pytest_asyncio.fixture(loop_scope="session")
async def secretary(office: Office, model: str) -> Agent:
    async with AsyncClient(office.url) as client:
        config = AgentConfig(model=f"{NAME}/{model}", name="Secretary", toolgroups=[GROUP])
        return await client.create_agent(config)


@pytest_asyncio.fixture(loop_scope="session")
async def at_office(visit: Visit, office: Office, secretary: Agent) -> Visitor:
    visitor = await visit(secretary, url=office.url)
    await visitor.begin()
    return visitor


def card(page: Page, tool: str = "send_mail") -> Locator:
    return page.get_by_role("group", name=f"Decision about {tool}")


async def test_a_call_runs_when_it_is_approved_also_after_a_reload(
    at_office: Visitor, office: Office, models: RehearsedModels, model: str
) -> None:
    page, mail = at_office.page, MAIL | {"to": "reload@example.org"}
    models.will(model, calls(("send_mail", mail)), says("It is on its way."))
    await at_office.say("Invite Ana")
    await expect(card(page)).to_contain_text("reload@example.org")
    assert await violations(page) == []
    await at_office.wait_for_session()
    await page.reload()
    await expect(card(page)).to_contain_text("reload@example.org")
    assert office.sent_to("reload@example.org") == []
    await card(page).get_by_role("button", name="Approve").click()
    await expect(at_office.answer_to("Invite Ana")).to_have_text("It is on its way.")
    await expect(card(page)).to_be_hidden()
    assert office.sent_to("reload@example.org") == [mail]


async def test_a_call_is_denied_by_keys_alone_and_the_agent_told_why(
    at_office: Visitor, office: Office, models: RehearsedModels, model: str
) -> None:
    page, mail = at_office.page, MAIL | {"to": "denied@example.org"}
    models.will(model, calls(("send_mail", mail)), says("Then I will not."))
    await at_office.say("Invite Ana")
    await card(page).get_by_role("button", name="Approve").focus()
    await page.keyboard.press("d")
    await expect(page.get_by_role("textbox", name="Tell the agent why")).to_be_focused()
    await page.keyboard.type("She is away.")
    await page.keyboard.press("Enter")
    await expect(at_office.answer_to("Invite Ana")).to_have_text("Then I will not.")
    assert office.sent_to("denied@example.org") == []
    told = models.asked(model)[-1].json["messages"][-1]
    assert told["role"] == "tool"
    assert "She is away." in told["content"]
    await at_office.turn("Invite Ana").get_by_role("button", name="Worked").click()
    await expect(at_office.turn("Invite Ana").get_by_role("img", name="Denied")).to_be_visible()


async def test_of_several_calls_one_is_changed_and_allowed_for_the_session(
    at_office: Visitor, office: Office, models: RehearsedModels, model: str
) -> None:
    page = at_office.page
    wanted = [MAIL | {"to": f"{name}@example.org"} for name in ("one", "two", "three")]
    models.will(model, calls(*(("send_mail", mail) for mail in wanted[:2])), says("Both are out."))
    models.will(model, calls(("send_mail", wanted[2])), says("The third, too."))
    await at_office.say("Invite both")
    await expect(page.get_by_text("2 calls wait for you.")).to_be_visible()
    first = card(page).filter(has_text="one@example.org")
    await first.get_by_role("button", name="Edit arguments").click()
    subject = page.get_by_role("textbox", name="subject")
    await subject.fill("")
    await page.get_by_role("button", name="Approve with these").click()
    await expect(subject).to_be_focused()
    await subject.fill("Dinner")
    assert await violations(page) == []
    await page.get_by_role("button", name="Approve with these").click()
    await expect(page.get_by_text("2 calls wait for you.")).to_be_hidden()
    await card(page).get_by_role("checkbox", name="Always allow it in this session").check()
    await card(page).get_by_role("button", name="Approve").click()
    await expect(at_office.answer_to("Invite both")).to_have_text("Both are out.")
    assert office.sent_to("one@example.org") == [wanted[0] | {"subject": "Dinner"}]
    assert office.sent_to("two@example.org") == [wanted[1]]

    await at_office.say("And the third")
    await expect(at_office.answer_to("And the third")).to_have_text("The third, too.")
    assert office.sent_to("three@example.org") == [wanted[2]]


async def test_what_a_tool_asks_is_answered_in_a_form(at_office: Visitor, models: RehearsedModels, model: str) -> None:
    page = at_office.page
    models.will(model, calls(("book_table", {})), says("Booked."))
    await at_office.say("A table, please")
    question = page.get_by_role("group", name="Question of book_table")
    await expect(question).to_contain_text("For how many people")
    await page.set_viewport_size({"width": 320, "height": 640})
    assert not await at_office.is_wider_than_screen()
    await question.get_by_role("textbox", name="People").fill("40")
    await question.get_by_role("button", name="Send answer").click()
    await expect(question.get_by_text("12 or less.")).to_be_visible()
    assert await violations(page) == []
    await question.get_by_role("textbox", name="People").fill("4")
    await question.get_by_role("combobox", name="Place").select_option("Inside")
    await question.get_by_role("button", name="Send answer").click()
    await expect(at_office.answer_to("A table, please")).to_have_text("Booked.")
    told = models.asked(model)[-1].json["messages"][-1]["content"]
    assert json.loads(told)[0] == {"guest": 1, "people": 4, "place": "Inside"}


async def test_what_a_tool_puts_out_is_seen_while_it_runs_and_drawn_by_what_it_is_after(
    at_office: Visitor, office: Office, models: RehearsedModels, model: str
) -> None:
    page = at_office.page
    models.will(model, calls(("build", {})), says("Done."))
    await at_office.say("Build it")
    turn = at_office.turn("Build it")
    await expect(turn.get_by_text("compiling part 8")).to_be_visible()
    await turn.get_by_role("button", name="Using build").click()
    await turn.get_by_role("list", name="Steps").get_by_role("button", name="build").click()
    await expect(turn.get_by_role("region", name="Output so far")).to_contain_text("[1/8] compiling part 1")
    assert await violations(page) == []
    office.going.unlink()
    await expect(at_office.answer_to("Build it")).to_have_text("Done.")
    await expect(turn.get_by_role("heading", name="Built")).to_be_visible()
    await expect(turn.get_by_role("group", name="Data")).to_contain_text("parts: 8")


@pytest.fixture(scope="module")
def mcp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpPlace]:
    """A real MCP server, by HTTP."""
    place = HttpPlace(tmp_path_factory.mktemp("mcp"))
    yield place
    place.kill()


async def test_an_mcp_server_is_added_tried_given_to_an_agent_and_removed(
    visit: Visit, office: Office, secretary: Agent, mcp_server: HttpPlace
) -> None:
    visitor = await visit(secretary, url=office.url)
    page = visitor.page
    await visitor.open("/settings/tools")
    await page.get_by_role("button", name="Add MCP server").click()
    dialog = page.get_by_role("dialog", name="Add MCP server")
    await dialog.get_by_role("textbox", name="Name").fill("cinema")
    await dialog.get_by_role("textbox", name="Address").fill(mcp_server.uri)
    assert await violations(page, without=["region"]) == []
    await dialog.get_by_role("button", name="Add", exact=True).click()
    group = page.get_by_role("region", name="cinema")
    await expect(group).to_contain_text("Ready")

    await group.get_by_role("button", name="tools").click()
    await group.get_by_role("button", name="Try it: weather").click()
    trial = page.get_by_role("dialog", name="Try weather")
    await trial.get_by_role("textbox", name="city").fill("Lisbon")
    await trial.get_by_role("button", name="Run").click()
    await expect(trial.get_by_role("group", name="Result")).to_contain_text("degrees: 21.5")
    assert await violations(page, without=["region"]) == []
    await trial.get_by_role("button", name="Close").click()

    await visitor.open(f"/settings/agents/{secretary.agent_id}")
    await page.get_by_role("button", name="Tools of cinema").click()
    await page.get_by_role("checkbox", name="weather").check()
    assert await violations(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(visitor.notice("Saved “Secretary”")).to_be_visible()
    async with AsyncClient(office.url) as client:
        config = (await client.get_agent(secretary.agent_id)).agent_config
    assert config.toolgroups == [GROUP, "cinema/weather"]

    await visitor.open("/settings/tools")
    await page.get_by_role("button", name="Remove cinema").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(group).to_be_hidden()


async def test_nothing_of_tools_is_wider_than_a_small_screen(visit: Visit, office: Office, secretary: Agent) -> None:
    visitor = await visit(secretary, url=office.url, **SMALL)
    for place, heading in {"/settings/tools": "Tools", f"/settings/agents/{secretary.agent_id}": "Edit agent"}.items():
        await visitor.open(place)
        await expect(visitor.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        await (
            visitor.page.get_by_role("button", name="3 tools")
            .or_(visitor.page.get_by_role("button", name="Tools of functions::office"))
            .click()
        )
        await expect(visitor.page.get_by_role("button", name="Try it: send_mail")).to_be_visible()
        assert not await visitor.is_wider_than_screen(), place
