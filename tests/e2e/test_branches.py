"""Branches of a talk: try again, in other words, leaf through what came of it, go on elsewhere, delete."""

from playwright.async_api import expect

from tertulia.client import AsyncClient
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.talks import begin_talk, tool
from tests.e2e.visitor import Visitor


async def test_a_turn_that_was_tried_again_has_two_versions_also_after_a_reload_and_in_another_tab(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One."), says("Two."), says("Three."))
    session_id = await begin_talk(visitor, "First", "Second")
    await visitor.turn("First").hover()
    await tool(visitor, "First", "Retry").click()
    await expect(visitor.answer_to("First")).to_have_text("Three.")
    await expect(visitor.turn("Second")).to_have_count(0)
    await visitor.page.reload()
    await expect(visitor.turn("First").get_by_role("group", name="Version 2 of 2")).to_be_visible()
    other = await visitor.second_tab()
    await other.open_session(session_id)
    await expect(other.answer_to("First")).to_have_text("Three.")

    await tool(visitor, "First", "Previous version").click()
    await expect(visitor.answer_to("Second")).to_have_text("Two.")
    await expect(visitor.answer_to("First")).to_have_text("One.")
    await expect(other.answer_to("Second")).to_have_text("Two.")  # by itself
    await expect(other.turn("First").get_by_role("group", name="Version 1 of 2")).to_be_visible()
    await other.page.reload()
    await expect(other.answer_to("Second")).to_have_text("Two.")


async def test_a_message_in_other_words_is_a_branch_that_the_talk_goes_on_from(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One."), says("Two."), says("Three."), says("Four."))
    await begin_talk(visitor, "First", "Secund")
    await visitor.composer.press("ArrowUp")
    editor = visitor.page.get_by_role("textbox", name="Edit your message")
    await expect(editor).to_be_focused()
    await editor.fill("Second")
    await editor.press("Enter")
    await expect(visitor.answer_to("Second")).to_have_text("Three.")
    await expect(visitor.turns).to_have_count(2)
    await visitor.say("Third")
    await expect(visitor.answer_to("Third")).to_have_text("Four.")
    said = [message["content"] for message in models.asked(model)[-1].json["messages"]]
    assert said == ["First", "One.", "Second", "Three.", "Third"]


async def test_branches_are_worked_with_by_keys_alone(visitor: Visitor, models: RehearsedModels, model: str) -> None:
    models.will(model, says("One."), says("Two."), says("Three."))
    await begin_talk(visitor, "First")
    keys = visitor.page.keyboard
    await visitor.turn("First").focus()
    await keys.press("r")
    await expect(visitor.answer_to("First")).to_have_text("Two.")
    await expect(visitor.stop).to_be_hidden()
    await visitor.turn("First").focus()
    await keys.press("ArrowLeft")
    await expect(visitor.answer_to("First")).to_have_text("One.")
    await expect(visitor.turn("First")).to_be_focused()
    await keys.press("ArrowLeft")
    await expect(visitor.answer_to("First")).to_have_text("Two.")
    await keys.press("e")
    await expect(visitor.page.get_by_role("textbox", name="Edit your message")).to_have_value("First")
    await keys.type("!")
    await keys.press("Enter")
    await expect(visitor.answer_to("First!")).to_have_text("Three.")
    await expect(visitor.turn("First!").get_by_role("group", name="Version 3 of 3")).to_be_visible()


async def test_a_talk_goes_on_from_one_of_its_turns_in_a_session_of_its_own(
    visitor: Visitor, client: AsyncClient
) -> None:
    session_id = await begin_talk(visitor, "First", "Second")
    await visitor.turn("First").hover()
    await tool(visitor, "First", "More actions").click()
    await visitor.page.get_by_role("menuitem", name="Continue in a new session").click()
    await expect(visitor.turn("Second")).to_have_count(0)
    await expect(visitor.answer_to("First")).to_have_text("Understood.")
    assert await visitor.wait_for_session() != session_id
    await visitor.say("Third")
    await expect(visitor.answer_to("Third")).to_have_text("Understood.")
    assert (await client.get_session(visitor.agent_id, session_id)).turn_count == 2


async def test_a_turn_is_deleted_with_what_came_after_it(visitor: Visitor, client: AsyncClient) -> None:
    session_id = await begin_talk(visitor, "First", "Second", "Third")
    await visitor.turn("Second").hover()
    await tool(visitor, "Second", "More actions").click()
    await visitor.page.get_by_role("menuitem", name="Delete").click()
    dialog = visitor.page.get_by_role("alertdialog", name="Delete this turn?")
    await dialog.get_by_role("button", name="Delete").click()
    await expect(visitor.turns).to_have_count(1)
    assert (await client.get_session(visitor.agent_id, session_id)).turn_count == 1
    await visitor.page.reload()
    await expect(visitor.turns).to_have_count(1)
