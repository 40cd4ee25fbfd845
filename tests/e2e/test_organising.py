"""A list of sessions in order: what is unread in it, tags, and copies; the server knows what the page shows."""

from playwright.async_api import expect

from tertulia.client import AsyncClient
from tertulia.domain.messages import UserMessage
from tests.e2e.visitor import Visitor


async def test_what_was_answered_elsewhere_is_unread_until_it_is_opened_in_some_tab(
    visitor: Visitor, client: AsyncClient
) -> None:
    session = await client.create_session(visitor.agent_id, session_name="Plans")
    other = await visitor.second_tab()
    for each in (visitor, other):
        await each.begin()
        await expect(each.row("Plans")).to_be_visible()
    await client.create_turn(visitor.agent_id, session.session_id, [UserMessage(content="Where to?")])
    for each in (visitor, other):
        await expect(each.row("Plans").get_by_text("Unread")).to_be_attached()
    await other.page.bring_to_front()
    await other.row("Plans").click()
    for each in (other, visitor):
        await expect(each.row("Plans").get_by_text("Unread")).to_have_count(0)
    await visitor.page.reload()
    await expect(visitor.row("Plans")).to_be_visible()
    await expect(visitor.row("Plans").get_by_text("Unread")).to_have_count(0)


async def test_a_session_is_tagged_found_by_its_tag_and_duplicated_with_it(
    visitor: Visitor, client: AsyncClient
) -> None:
    session = await client.create_session(visitor.agent_id, session_name="Lisbon")
    await client.create_session(visitor.agent_id, session_name="Taxes")
    await visitor.open_session(session.session_id)
    await visitor.choose("Lisbon", "Tags…")
    await expect(visitor.page.get_by_role("textbox", name="Add a tag")).to_be_focused()
    await visitor.page.keyboard.type("travel")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.keyboard.type("May,")
    await expect(visitor.page.get_by_role("button", name="Remove the tag May")).to_be_visible()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.get_by_role("group", name="Tags of this session").get_by_role("button", name="travel").click()
    await expect(visitor.row("Taxes")).to_be_hidden()
    await expect(visitor.row("Lisbon")).to_be_visible()
    await visitor.choose("Lisbon", "Duplicate")
    await expect(visitor.title("Copy of Lisbon")).to_be_visible()
    await expect(visitor.row("Copy of Lisbon")).to_be_visible()
    tagged = (await client.list_sessions(visitor.agent_id, tag="TRAVEL")).sessions
    assert [(each.session_name, each.tags) for each in tagged] == [
        ("Copy of Lisbon", ["travel", "May"]),
        ("Lisbon", ["travel", "May"]),
    ]
