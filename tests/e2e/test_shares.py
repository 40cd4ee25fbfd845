"""Links to sessions: made, read by somebody without anything of ours, gone on with, revoked, expired."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor

GONE = "This link shows nothing any more"


async def share(visitor: Visitor, *choices: str) -> str:
    """Make a link to the open session; return its path."""
    await visitor.page.get_by_role("button", name="Share").click()
    dialog = visitor.page.get_by_role("dialog", name="Share this session")
    for choice in choices:
        await dialog.get_by_role("button", name=choice).click()
    await dialog.get_by_role("button", name="Make link").click()
    return urlsplit(await dialog.get_by_role("textbox", name="The link").input_value()).path


async def begin_talk(visitor: Visitor) -> str:
    await visitor.begin()
    await visitor.say("Where to go in Lisbon")
    await expect(visitor.answer_to("Where to go in Lisbon")).not_to_be_empty()
    return await visitor.wait_for_session()


async def test_a_link_shows_the_talk_to_whoever_has_it_until_it_is_revoked(visit: Visit, visitor: Visitor) -> None:
    await begin_talk(visitor)
    path = await share(visitor)
    reader = await visit(visitor.agent)
    await reader.open(path)
    await expect(reader.title("Where to go in Lisbon")).to_be_visible()
    await expect(reader.turns).to_have_count(1)
    await expect(reader.turns.get_by_text("Understood.")).to_be_visible()
    await expect(reader.sidebar).to_have_count(0)
    await expect(reader.composer).to_have_count(0)
    assert await reader.page.locator("meta[name=robots]").get_attribute("content") == "noindex, nofollow"

    dialog = visitor.page.get_by_role("dialog", name="Share this session")
    await dialog.get_by_role("button", name="Revoke the link").click()
    await expect(dialog.get_by_text("Revoked")).to_be_visible()
    reader.watch.expects.append("410 (Gone)")
    await reader.page.reload()
    await expect(reader.page.get_by_role("heading", level=1, name=GONE)).to_be_visible()


async def test_a_snapshot_stays_as_it_was_and_a_live_link_goes_on(visit: Visit, visitor: Visitor) -> None:
    await begin_talk(visitor)
    snapshot = await share(visitor)
    await visitor.page.keyboard.press("Escape")
    live = await share(visitor, "Kept up to date")
    await visitor.page.keyboard.press("Escape")
    await visitor.say("And in Porto?")
    await expect(visitor.answer_to("And in Porto?")).to_have_text("Understood.")
    reader = await visit(visitor.agent)
    await reader.open(live)
    await expect(reader.turns).to_have_count(2)
    await reader.open(snapshot)
    await expect(reader.turns).to_have_count(1)


async def test_steps_are_shown_if_their_owner_chose_so(visit: Visit, demo_agent: Agent) -> None:
    visitor = await visit(demo_agent)
    await visitor.begin()
    await visitor.say("time")
    await expect(visitor.turn("time").get_by_role("button", name="Worked")).to_be_visible()
    await visitor.wait_for_session()
    bare = await share(visitor)
    await visitor.page.keyboard.press("Escape")
    whole = await share(visitor, "Also the steps")
    reader = await visit(demo_agent)
    await reader.open(bare)
    await expect(reader.turns).to_have_count(1)
    await expect(reader.turns.get_by_role("button", name="Worked")).to_have_count(0)
    await reader.open(whole)
    await reader.turns.get_by_role("button", name="Worked").click()
    await expect(reader.turns.get_by_role("list", name="Steps").get_by_text("clock").first).to_be_visible()


async def test_whoever_has_a_link_goes_on_in_a_session_of_their_own(
    visit: Visit, visitor: Visitor, models: RehearsedModels, model: str, client: AsyncClient
) -> None:
    models.will(model, says("Up to the castle."), says("By tram."))
    session_id = await begin_talk(visitor)
    path = await share(visitor)
    reader = await visit(visitor.agent)
    await reader.open(path)
    await reader.page.get_by_role("button", name="Continue in my own session").click()
    await reader.page.get_by_role("menuitem", name="Scholar").last.click()
    mine = await reader.wait_for_session()
    assert mine != session_id
    await expect(reader.turns.get_by_text("Up to the castle.")).to_be_visible()
    await reader.say("How?")
    await expect(reader.turn("How?")).to_be_visible()
    assert (await client.get_session(visitor.agent_id, session_id)).turn_count == 1


async def test_a_link_that_has_expired_says_so(visitor: Visitor, client: AsyncClient) -> None:
    session_id = await begin_talk(visitor)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    link = await client.create_share(visitor.agent_id, session_id, expires_at=soon)
    visitor.watch.expects.append("410 (Gone)")
    gone = visitor.page.get_by_role("heading", level=1, name=GONE)
    drawn = expect(gone.or_(visitor.title("Where to go in Lisbon")))
    await visitor.open(link.url)
    await drawn.to_be_visible()
    while not await gone.is_visible():
        await visitor.page.reload()
        await drawn.to_be_visible()
    assert datetime.now(UTC) >= soon


async def test_all_links_are_listed_and_revoked_in_the_settings(visitor: Visitor, client: AsyncClient) -> None:
    session = await client.create_session(visitor.agent_id, session_name="Names for a cat")
    link = await client.create_share(visitor.agent_id, session.session_id)
    await visitor.open("/settings/shares")
    row = visitor.page.get_by_role("listitem").filter(has_text="Names for a cat")
    await row.get_by_role("button", name="Revoke").click()
    await expect(row.get_by_text("Revoked")).to_be_visible()
    (kept,) = (await client.list_session_shares(visitor.agent_id, session.session_id)).shares
    assert (kept.share_id, kept.revoked_at is not None) == (link.share_id, True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_links_are_made_read_and_listed(visit: Visit, agent: Agent, scheme: str) -> None:
    visitor = await visit(agent, color_scheme=scheme)
    await begin_talk(visitor)
    path = await share(visitor)
    await expect(visitor.page.get_by_role("list", name="Links to this session")).to_be_visible()
    assert await violations(visitor.page, without=["region"]) == [], "the dialog"
    await visitor.open("/settings/shares")
    await expect(visitor.page.get_by_role("list", name="Links", exact=True)).to_be_visible()
    assert await violations(visitor.page) == [], "the list"
    await visitor.open(path)
    await expect(visitor.turns).to_have_count(1)
    assert await violations(visitor.page) == [], "what it shows"
    visitor.watch.expects.append("404 (Not Found)")
    await visitor.open("/share/none")
    await expect(visitor.page.get_by_role("heading", level=1, name="There is no such link")).to_be_visible()
    assert await violations(visitor.page) == [], "no such link"
