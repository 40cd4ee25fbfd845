"""The list of sessions: name, pin, archive, delete, find; and the server knows what the page shows."""

import pytest
from playwright.async_api import expect

from tertulia.client import ApiError, AsyncClient
from tests.e2e.visitor import Visitor


async def begin_session(client: AsyncClient, visitor: Visitor, name: str) -> str:
    return (await client.create_session(visitor.agent_id, session_name=name)).session_id


async def name_of(client: AsyncClient, visitor: Visitor, session_id: str) -> str:
    return (await client.get_session(visitor.agent_id, session_id)).session_name


async def test_a_session_is_named_by_its_first_message_and_renamed_in_its_title(
    visitor: Visitor, client: AsyncClient
) -> None:
    await visitor.begin()
    await visitor.say("Where to go in Lisbon")
    await expect(visitor.title("Where to go in Lisbon")).to_be_visible()
    session_id = await visitor.wait_for_session()
    await visitor.title("Where to go in Lisbon").get_by_role("button").click()
    field = visitor.page.get_by_role("textbox", name="Session name")
    await expect(field).to_be_focused()
    await field.fill("Lisbon")
    await field.press("Enter")
    await expect(visitor.title("Lisbon")).to_be_visible()
    await expect(visitor.row("Lisbon")).to_be_visible()
    await visitor.page.reload()
    await expect(visitor.title("Lisbon")).to_be_visible()
    assert await name_of(client, visitor, session_id) == "Lisbon"


async def test_a_session_is_renamed_in_the_list_and_escape_changes_nothing(
    visitor: Visitor, client: AsyncClient
) -> None:
    session_id = await begin_session(client, visitor, "Plans")
    await visitor.begin()
    await visitor.choose("Plans", "Rename")
    field = visitor.sidebar.get_by_role("textbox", name="Session name")
    await field.fill("Nonsense")
    await field.press("Escape")
    await expect(visitor.row("Plans")).to_be_focused()
    await visitor.row("Plans").press("F2")
    await field.fill("Plans for May")
    await field.press("Enter")
    await expect(visitor.row("Plans for May")).to_be_visible()
    await visitor.page.reload()
    await expect(visitor.row("Plans for May")).to_be_visible()
    assert await name_of(client, visitor, session_id) == "Plans for May"


async def test_a_pinned_session_stands_first_also_after_a_reload(visitor: Visitor, client: AsyncClient) -> None:
    for name in ("Old", "Middle", "New"):
        await begin_session(client, visitor, name)
    await visitor.begin()
    links = visitor.sidebar.get_by_role("list", name="Sessions").get_by_role("link")
    await expect(links.first).to_contain_text("New")
    await visitor.choose("Old", "Pin")
    for _ in ("at once", "after a reload"):
        await expect(visitor.sidebar.get_by_role("heading", name="Pinned")).to_be_visible()
        await expect(links.first).to_contain_text("Old")
        await expect(links).to_have_count(3)
        await visitor.page.reload()
    await visitor.choose("Old", "Unpin")
    await expect(visitor.sidebar.get_by_role("heading", name="Pinned")).to_be_hidden()
    await expect(links.first).to_contain_text("New")


async def test_an_archived_session_leaves_the_list_and_is_found_in_the_archive(
    visitor: Visitor, client: AsyncClient
) -> None:
    await begin_session(client, visitor, "Done with")
    await visitor.begin()
    await visitor.choose("Done with", "Archive")
    await expect(visitor.row("Done with")).to_be_hidden()
    await visitor.page.reload()
    await expect(visitor.sidebar.get_by_text("No sessions yet")).to_be_visible()
    await visitor.sidebar.get_by_role("button", name="Archived").click()
    await expect(visitor.row("Done with")).to_be_visible()
    await visitor.choose("Done with", "Move out of the archive")
    await expect(visitor.row("Done with")).to_be_hidden()
    await visitor.sidebar.get_by_role("button", name="Archived sessions").click()
    await expect(visitor.row("Done with")).to_be_visible()


async def test_a_deleted_session_comes_back_by_undo(visitor: Visitor, client: AsyncClient) -> None:
    session_id = await begin_session(client, visitor, "Precious")
    await visitor.begin()
    await visitor.choose("Precious", "Delete")
    await expect(visitor.row("Precious")).to_be_hidden()
    await visitor.notice("Deleted “Precious”").get_by_role("button", name="Undo").click()
    await expect(visitor.row("Precious")).to_be_visible()
    await visitor.page.reload()
    await expect(visitor.row("Precious")).to_be_visible()
    assert await name_of(client, visitor, session_id) == "Precious"


async def test_a_session_that_was_deleted_is_gone_from_the_page_and_the_server(
    visitor: Visitor, client: AsyncClient
) -> None:
    session_id = await begin_session(client, visitor, "Rubbish")
    await visitor.page.clock.install()
    await visitor.begin()
    await visitor.choose("Rubbish", "Delete")
    await expect(visitor.notice("Deleted “Rubbish”")).to_be_visible()
    async with visitor.page.expect_response(
        lambda answer: answer.request.method == "DELETE" and session_id in answer.url
    ):
        await visitor.page.clock.fast_forward("00:11")
    await expect(visitor.notice("Deleted “Rubbish”")).to_be_hidden()
    with pytest.raises(ApiError) as gone:
        await client.get_session(visitor.agent_id, session_id)
    assert gone.value.code == "session_not_found"
    await visitor.page.reload()
    await expect(visitor.sidebar.get_by_text("No sessions yet")).to_be_visible()


async def test_a_session_is_deleted_for_good_when_the_tab_is_left_before_undo_ran_out(
    visitor: Visitor, client: AsyncClient
) -> None:
    await begin_session(client, visitor, "Rubbish")
    await visitor.begin()
    await visitor.choose("Rubbish", "Delete")
    await expect(visitor.row("Rubbish")).to_be_hidden()
    await visitor.page.reload()
    await expect(visitor.sidebar.get_by_text("No sessions yet")).to_be_visible()
    assert (await client.list_sessions(visitor.agent_id)).sessions == []


async def test_to_delete_the_open_session_leaves_no_ghost_of_it(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.say("Hello there")
    await expect(visitor.answer_to("Hello there")).to_have_text("Understood.")
    await visitor.page.get_by_role("button", name="Actions for this session").click()
    await visitor.page.get_by_role("menuitem", name="Delete").click()
    await visitor.page.wait_for_url(f"**/a/{visitor.agent_id}")
    await expect(visitor.turns).to_have_count(0)
    await expect(visitor.row("Hello there")).to_be_hidden()
    await visitor.page.keyboard.press("Shift+Escape")
    await expect(visitor.composer).to_be_focused()
    await visitor.notice("Deleted “Hello there”").get_by_role("button", name="Undo").click()
    await expect(visitor.answer_to("Hello there")).to_have_text("Understood.")


async def test_the_filter_narrows_the_list_and_says_when_nothing_fits(visitor: Visitor, client: AsyncClient) -> None:
    for name in ("Lisbon in May", "Names for a cat"):
        await begin_session(client, visitor, name)
    await visitor.begin()
    field = visitor.sidebar.get_by_role("searchbox", name="Filter sessions")
    await field.fill("lisbon")
    await expect(visitor.row("Names for a cat")).to_be_hidden()
    await expect(visitor.row("Lisbon in May")).to_be_visible()
    await field.fill("zebra")
    await expect(visitor.sidebar.get_by_text("Nothing for “zebra”.")).to_be_visible()
    await field.press("Escape")
    await expect(visitor.row("Names for a cat")).to_be_visible()


SEEN = "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"


async def test_many_sessions_are_all_reached_by_scrolling_though_few_are_drawn(
    visitor: Visitor, client: AsyncClient
) -> None:
    for number in range(150):
        await begin_session(client, visitor, f"Session {number:03}")
    await visitor.begin()
    await expect(visitor.sidebar.get_by_text("more below")).to_be_visible()
    rows = visitor.sidebar.get_by_role("list", name="Sessions").get_by_role("link")
    await visitor.row("Session 149").focus()
    while not await visitor.row("Session 000").is_visible():
        await visitor.page.keyboard.press("End")
        await visitor.page.evaluate(SEEN)
    await expect(visitor.sidebar.get_by_text("150 sessions")).to_be_visible()
    assert await rows.count() < 60
    await visitor.row("Session 000").click()
    await expect(visitor.title("Session 000")).to_be_visible()
