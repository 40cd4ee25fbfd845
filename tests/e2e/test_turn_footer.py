"""Under an answer: what one thinks of it, another agent, a link up to it; code that is saved; stopped turns."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tertulia.domain.feedback import Feedback
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import NAME, RehearsedModels, says
from tests.e2e.talks import begin_talk, tool
from tests.e2e.visitor import Visit, Visitor


async def more(visitor: Visitor, asked: str, name: str) -> None:
    """Choose from what is behind a turn's ⋯."""
    await visitor.turn(asked).hover()
    await tool(visitor, asked, "More actions").click()
    await visitor.page.get_by_role("menuitem", name=name).click()


async def test_what_one_thinks_of_an_answer_is_there_after_a_reload_and_can_be_taken_back(
    visitor: Visitor, client: AsyncClient
) -> None:
    session_id = await begin_talk(visitor, "First")
    await tool(visitor, "First", "Bad answer").click()
    words = visitor.page.get_by_role("dialog", name="Say more")
    await words.get_by_role("textbox").fill("Too short.")
    assert await violations(visitor.page) == []
    async with visitor.page.expect_response(lambda answer: answer.request.method == "PUT"):
        await words.get_by_role("button", name="Send").click()
    await expect(words).to_be_hidden()
    await visitor.page.reload()
    await expect(tool(visitor, "First", "Bad answer")).to_have_attribute("aria-pressed", "true")
    [turn] = (await client.list_turns(visitor.agent_id, session_id)).turns
    assert turn.feedback == Feedback(rating="down", comment="Too short.")
    async with visitor.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        await tool(visitor, "First", "Bad answer").click()
    await expect(tool(visitor, "First", "Bad answer")).to_have_attribute("aria-pressed", "false")
    await visitor.page.reload()
    await expect(tool(visitor, "First", "Bad answer")).to_have_attribute("aria-pressed", "false")


async def test_thumbs_of_earlier_turns_are_seen_when_one_comes_near_or_has_pressed_one(visitor: Visitor) -> None:
    await begin_talk(visitor, "First", "Second")
    page, thumbs = visitor.page, visitor.turn("First").get_by_role("group", name="Feedback")
    await visitor.composer.hover()
    await expect(thumbs).to_have_css("opacity", "0")
    await visitor.turn("First").hover()
    await expect(thumbs).to_have_css("opacity", "1")
    await tool(visitor, "First", "Good answer").click()
    words = page.get_by_role("dialog", name="Say more")
    await expect(words.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("Just so.")
    async with page.expect_response(lambda answer: answer.request.method == "PUT"):
        await words.get_by_role("button", name="Send").click()
    await visitor.composer.click()
    await expect(tool(visitor, "First", "Retry")).to_have_css("opacity", "0")
    await expect(thumbs).to_have_css("opacity", "1")


async def test_another_agent_answers_the_same_in_a_session_of_its_own(
    visitor: Visitor, client: AsyncClient, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One."), says("Two."), says("Three."))
    poet = await client.create_agent(AgentConfig(model=f"{NAME}/{model}", name="Poet of the footer"))
    session_id = await begin_talk(visitor, "First", "Second")
    await visitor.page.reload()  # the page learns of the new agent
    await more(visitor, "Second", "Retry with another agent")
    await visitor.page.get_by_role("menuitem", name="Retry with Poet of the footer").click()
    there = Visitor(visitor.page, visitor.watch, poet)
    await expect(there.answer_to("Second")).to_have_text("Three.")
    assert f"/a/{poet.agent_id}/s/" in visitor.page.url
    await expect(there.answer_to("First")).to_have_text("One.")
    await expect(there.row("First")).to_be_visible()
    await expect(there.row("First").get_by_text("Unread")).to_have_count(0)
    said = [message["content"] for message in models.asked(model)[-1].json["messages"]]
    assert said == ["First", "One.", "Second"]
    assert (await client.get_session(visitor.agent_id, session_id)).turn_count == 2


async def test_a_link_ends_with_the_turn_that_it_was_made_at(visit: Visit, visitor: Visitor) -> None:
    await begin_talk(visitor, "First", "Second")
    await more(visitor, "First", "Share up to here")
    dialog = visitor.page.get_by_role("dialog", name="Share the talk up to here")
    await dialog.get_by_role("button", name="Also the raw data").click()
    await dialog.get_by_role("button", name="Make link").click()
    path = urlsplit(await dialog.get_by_role("textbox", name="The link").input_value()).path
    reader = await visit(visitor.agent)
    await reader.open(path)
    await expect(reader.turn("First")).to_be_visible()
    await expect(reader.turns).to_have_count(1)
    await expect(reader.page.get_by_text("snapshot of 1 turn")).to_be_visible()
    await reader.page.get_by_role("button", name="Show raw").click()
    raw = reader.page.get_by_role("region", name="The turn as the server has it")
    await expect(raw).to_contain_text('"content": "Understood."')
    assert await violations(reader.page) == []


async def test_code_is_saved_as_a_file_of_its_language(visitor: Visitor, models: RehearsedModels, model: str) -> None:
    models.will(model, says("```python\nprint(1)\n```\n"))
    await begin_talk(visitor, "Code")
    async with visitor.page.expect_download() as download:
        await visitor.turn("Code").get_by_role("button", name="Save as a file").click()
    saved = await download.value
    assert saved.suggested_filename == "code.py"
    content = await asyncio.to_thread(Path(await saved.path()).read_text)
    assert content.strip() == "print(1)"


async def test_an_answer_that_was_stopped_can_be_gone_on_with(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    held = asyncio.Event()
    models.will(model, says("One", held), says("Two."))
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One")
    await visitor.stop.click()
    turn = visitor.turn("Count")
    await expect(turn.get_by_text("Stopped")).to_be_visible()
    await expect(turn.get_by_role("button", name="Retry")).to_be_visible()
    await turn.get_by_role("button", name="Continue").click()
    await expect(visitor.answer_to("Continue")).to_have_text("Two.")
    held.set()
