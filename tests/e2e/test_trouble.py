"""When something goes wrong it is said where it happened, and there is a way on."""

import asyncio
import json
import re

from playwright.async_api import Route, expect

from tertulia.client import AsyncClient
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visitor
from tests.fakes.upstream import answers, streams, text


async def test_a_refusal_of_the_model_server_is_told_in_the_talk_and_can_be_retried(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    models.will(model, answers(400, {"error": {"message": "Out of paper."}}), says("Here it is."))
    await visitor.begin()
    await visitor.say("Write")
    turn = visitor.turn("Write")
    await expect(turn.get_by_text("The agent could not answer")).to_be_visible()
    await expect(turn.get_by_text("Out of paper")).to_be_visible()
    await expect(visitor.row("Write").get_by_text("The last turn failed")).to_be_attached()
    await visitor.wait_for_session()
    await visitor.page.reload()
    await expect(turn.get_by_text("Out of paper")).to_be_visible()
    await turn.get_by_role("button", name="Retry").click()
    await expect(visitor.answer_to("Write").last).to_have_text("Here it is.")
    await expect(visitor.row("Write").get_by_text("The last turn failed")).not_to_be_attached()


async def test_what_was_said_before_the_model_server_broke_off_is_kept(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    break_off = asyncio.Event()
    models.will(model, streams(text("I begin, and in the middle of the"), break_off, ending="reset"))
    await visitor.begin()
    await visitor.say("Tell")
    await expect(visitor.answer_to("Tell")).to_have_text("I begin, and in the middle of the")
    break_off.set()
    await expect(visitor.turn("Tell").get_by_text("The agent could not answer")).to_be_visible()
    await expect(visitor.answer_to("Tell")).to_have_text("I begin, and in the middle of the")


async def test_a_session_that_is_gone_offers_a_new_one_with_what_was_being_written(
    visitor: Visitor, client: AsyncClient
) -> None:
    visitor.watch.expects.append("404 (Not Found)")
    session = await client.create_session(visitor.agent_id, session_name="Short-lived")
    await visitor.open_session(session.session_id)
    await visitor.composer.fill("Half a thought")
    await expect(visitor.title("Short-lived")).to_be_visible()
    await visitor.page.wait_for_timeout(1000)  # a draft is stored a quarter of a second after the last key
    await visitor.open("/settings")
    await client.delete_session(visitor.agent_id, session.session_id)
    await visitor.open_session(session.session_id)
    await expect(visitor.title("This session doesn’t exist or was deleted.")).to_be_visible()
    await visitor.page.get_by_role("button", name="Start a new session with this draft").click()
    await expect(visitor.composer).to_have_value("Half a thought")
    await visitor.composer.press("Enter")
    await expect(visitor.answer_to("Half a thought")).to_have_text("Understood.")


async def test_a_turn_that_cannot_be_drawn_takes_nothing_else_with_it(visitor: Visitor) -> None:
    visitor.watch.expects.append("TypeError")
    await visitor.begin()
    for words in ("First", "Second"):
        await visitor.say(words)
        await expect(visitor.answer_to(words)).to_have_text("Understood.")

    async def break_the_second(route: Route) -> None:
        page = await (await route.fetch()).json()
        page["turns"][0]["steps"] = None  # the newest comes first
        await route.fulfill(json=page)

    await visitor.page.route(re.compile(r"/turns\?"), break_the_second)
    await visitor.wait_for_session()
    await visitor.page.reload()
    broken = visitor.turn("Second")
    await expect(broken.get_by_text("This turn cannot be shown")).to_be_visible()
    await expect(visitor.answer_to("First")).to_have_text("Understood.")
    await broken.get_by_role("button", name="Show raw").click()
    await expect(broken.get_by_role("region", name="The turn as the server has it")).to_contain_text("Understood.")
    await expect(visitor.composer).to_be_editable()


async def test_a_draft_survives_a_reload_and_belongs_to_its_session(visitor: Visitor, client: AsyncClient) -> None:
    first, second = [(await client.create_session(visitor.agent_id, session_name=name)) for name in ("One", "Two")]
    await visitor.open_session(first.session_id)
    await visitor.composer.fill("For the first")
    await visitor.page.wait_for_timeout(1000)  # a draft is stored a quarter of a second after the last key
    await visitor.page.reload()
    await expect(visitor.composer).to_have_value("For the first")
    await visitor.row("Two").click()
    await visitor.page.wait_for_url(f"**/s/{second.session_id}")
    await expect(visitor.composer).to_have_value("")
    await visitor.row("One").click()
    await expect(visitor.composer).to_have_value("For the first")
    await visitor.composer.press("Enter")
    await expect(visitor.answer_to("For the first")).to_have_text("Understood.")
    await visitor.page.reload()
    await expect(visitor.turns).to_have_count(1)
    await expect(visitor.composer).to_have_value("")


async def test_nothing_is_lost_or_sent_twice_when_the_network_goes_in_an_answer_a_message_or_an_upload(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    visitor.watch.expects.append("net::ERR_INTERNET_DISCONNECTED")
    context, banner = visitor.page.context, visitor.page.get_by_role("main").get_by_text("Offline.")
    end = asyncio.Event()
    models.will(model, says("One two ", end, "three four."))
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("One two")
    await visitor.wait_for_session()

    await context.set_offline(True)
    await expect(banner).to_be_visible()
    end.set()
    await expect(visitor.answer_to("First")).to_have_text("One two")
    await visitor.page.locator("input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Bring apples."}
    )
    await expect(visitor.page.get_by_role("progressbar", name="Upload of notes.txt")).to_be_visible()
    await visitor.say("Second")
    await expect(visitor.page.get_by_text("Second")).to_be_visible()
    assert len(models.asked(model)) == 1

    await context.set_offline(False)
    await expect(banner).to_be_hidden()
    await expect(visitor.answer_to("First")).to_have_text("One two three four.")
    await expect(visitor.answer_to("Second")).to_have_text("Understood.")
    await expect(visitor.turns).to_have_count(2)
    [_, second] = models.asked(model)
    assert "Bring apples." in json.dumps(second.json["messages"])


async def test_a_message_whose_acceptance_is_lost_with_the_network_becomes_one_turn(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    visitor.watch.expects.append("net::ERR_INTERNET_DISCONNECTED")
    await visitor.begin()
    keys: list[str | None] = []

    async def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) > 1:
            await route.continue_()
            return
        assert (await route.fetch()).status == 202  # the server has it, and the page does not hear so
        await route.abort("internetdisconnected")

    await visitor.page.route("**/turn", lose_the_first)
    await visitor.say("Hello")
    await expect(visitor.answer_to("Hello")).to_have_text("Understood.")
    await expect(visitor.turns).to_have_count(1)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert len(models.asked(model)) == 1
