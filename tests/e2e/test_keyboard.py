"""Everything by keys: the way past the sidebar, talking, stopping, the list, the shortcuts and their help."""

import asyncio

from playwright.async_api import expect

from tertulia.client import AsyncClient
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visitor


async def test_the_first_tab_stop_leads_past_the_sidebar(visitor: Visitor, client: AsyncClient) -> None:
    await visitor.open_session((await client.create_session(visitor.agent_id)).session_id)
    await expect(visitor.composer).to_be_visible()
    await visitor.page.keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to the talk")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_role("main")).to_be_focused()


async def test_a_new_session_can_be_written_in_at_once(visitor: Visitor) -> None:
    await visitor.begin()
    await expect(visitor.composer).to_be_focused()
    new = visitor.sidebar.get_by_role("link", name="New session")
    await new.click()
    await visitor.page.keyboard.type("Good morning")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.answer_to("Good morning")).to_be_visible()
    await visitor.wait_for_session()
    await visitor.page.reload()
    await expect(visitor.turn("Good morning")).to_be_visible()
    await expect(visitor.composer).not_to_be_focused()
    await new.click()
    await expect(visitor.turns).to_have_count(0)
    await expect(visitor.composer).to_be_focused()


async def test_the_help_lists_the_shortcuts_and_gives_the_focus_back(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.composer.focus()
    await visitor.page.keyboard.press("Control+/")
    dialog = visitor.page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(dialog).to_contain_text("Rename the session")
    await visitor.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(visitor.composer).to_be_focused()
    await visitor.page.keyboard.type("Why?")
    await expect(visitor.composer).to_have_value("Why?")
    await expect(dialog).to_be_hidden()


async def test_a_session_is_talked_in_renamed_left_and_deleted_by_keys_alone(
    visitor: Visitor, models: RehearsedModels, model: str, client: AsyncClient
) -> None:
    models.will(model, says("One ", asyncio.Event()))
    keys = visitor.page.keyboard
    await visitor.begin()
    await keys.press("Shift+Escape")
    await keys.type("Count")
    await keys.press("Shift+Enter")
    await keys.type("to three")
    await keys.press("Enter")
    await expect(visitor.answer_to("Count to three")).to_have_text("One")
    await expect(visitor.composer).to_be_focused()
    await keys.press("Escape")
    await expect(visitor.turn("Count to three").get_by_text("Stopped")).to_be_visible()
    await expect(visitor.composer).to_be_focused()

    await keys.press("F2")
    await keys.type("Numbers")
    await keys.press("Enter")
    await expect(visitor.title("Numbers")).to_be_visible()
    await keys.press("Control+Shift+O")
    await expect(visitor.turns).to_have_count(0)
    await keys.press("Control+k")
    await expect(visitor.page.get_by_role("combobox", name="Search sessions and commands")).to_be_focused()
    await keys.press("Escape")
    while not await visitor.row("Numbers").evaluate("row => row === document.activeElement"):
        await keys.press("Shift+Tab")
    await keys.press("Delete")
    await expect(visitor.row("Numbers")).to_be_hidden()
    await keys.press("Control+z")
    await expect(visitor.row("Numbers")).to_be_visible()
    assert len((await client.list_sessions(visitor.agent_id)).sessions) == 1


async def test_alt_and_arrows_go_through_the_sessions(visitor: Visitor, client: AsyncClient) -> None:
    for name in ("Older", "Newer"):
        await client.create_session(visitor.agent_id, session_name=name)
    await visitor.begin()
    await visitor.row("Newer").click()
    await expect(visitor.title("Newer")).to_be_visible()
    await visitor.page.keyboard.press("Alt+ArrowDown")
    await expect(visitor.title("Older")).to_be_visible()
    await visitor.page.keyboard.press("Alt+ArrowUp")
    await expect(visitor.title("Newer")).to_be_visible()


async def test_what_becomes_of_a_turn_is_told_to_screen_readers(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    go_on = asyncio.Event()
    models.will(model, says("One two ", go_on, "three."))
    await visitor.begin()
    await visitor.say("Count")
    status = visitor.page.get_by_role("status").first
    await expect(status).to_have_text("The agent is working")
    go_on.set()
    await expect(status).to_have_text("Answer ready, 3 words")
