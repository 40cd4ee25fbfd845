"""While an answer is on its way: it belongs to the server, so tabs may come, go and look on."""

import asyncio

from playwright.async_api import Response, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor

ONCE = "One two three four five."


async def test_an_answer_goes_on_through_a_reload_and_no_word_is_lost_or_said_twice(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    go_on, end = asyncio.Event(), asyncio.Event()
    models.will(model, says("One two ", go_on, "three four ", end, "five."))
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    await visitor.wait_for_session()

    await visitor.page.reload()
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    await expect(visitor.stop).to_be_visible()
    go_on.set()
    await expect(visitor.answer_to("Count")).to_have_text("One two three four")
    end.set()
    await expect(visitor.answer_to("Count")).to_have_text(ONCE)
    await expect(visitor.turn("Count").get_by_role("button", name="Worked")).to_be_visible()
    await visitor.page.reload()
    await expect(visitor.answer_to("Count")).to_have_text(ONCE)
    await expect(visitor.turns).to_have_count(1)
    assert len(models.asked(model)) == 1


async def test_an_answer_is_whole_for_whoever_comes_back_when_it_has_ended(
    visitor: Visitor, models: RehearsedModels, model: str, client: AsyncClient
) -> None:
    end = asyncio.Event()
    models.will(model, says("One two ", end, "three four five."))
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    session_id = await visitor.wait_for_session()
    [turn] = (await client.get_session(visitor.agent_id, session_id)).turns
    await visitor.open("about:blank")
    end.set()
    _ = [event async for event in client.follow_turn(visitor.agent_id, session_id, turn.turn_id)]
    await visitor.page.go_back()
    await expect(visitor.answer_to("Count")).to_have_text(ONCE)


async def test_what_was_said_until_it_was_stopped_is_kept(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One two ", asyncio.Event()))
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    await visitor.stop.click()
    await expect(visitor.turn("Count").get_by_text("Stopped")).to_be_visible()
    await expect(visitor.stop).to_be_hidden()

    await visitor.wait_for_session()
    await visitor.page.reload()
    await expect(visitor.turn("Count").get_by_text("Stopped")).to_be_visible()
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    await expect(visitor.stop).to_be_hidden()


async def test_escape_stops_and_retry_asks_again(visitor: Visitor, models: RehearsedModels, model: str) -> None:
    models.will(model, says("Perhaps ", asyncio.Event()), says("Certainly."))
    await visitor.begin()
    await visitor.say("Well?")
    await expect(visitor.answer_to("Well?")).to_have_text("Perhaps")
    await visitor.composer.press("Escape")
    await visitor.page.get_by_role("button", name="Retry").click()
    await expect(visitor.answer_to("Well?").last).to_have_text("Certainly.")


async def test_the_focus_is_in_the_composer_after_sending_and_stopping_with_the_mouse(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One ", asyncio.Event()))
    await visitor.begin()
    await visitor.composer.fill("Count")
    await visitor.page.get_by_role("button", name="Send", exact=True).click()
    await expect(visitor.answer_to("Count")).to_have_text("One")
    await expect(visitor.composer).to_be_focused()
    await visitor.stop.click()
    await expect(visitor.stop).to_be_hidden()
    await expect(visitor.composer).to_be_focused()


def is_change(response: Response) -> bool:
    return response.request.method == "PATCH"


async def test_two_tabs_see_the_same_talk_and_its_one_name(
    visitor: Visitor, models: RehearsedModels, model: str, client: AsyncClient
) -> None:
    go_on = asyncio.Event()
    models.will(model, says("Here."), says("There ", go_on, "and everywhere."))
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("Here.")
    session_id = await visitor.wait_for_session()
    other = await visitor.second_tab()
    await other.open_session(session_id)
    await expect(other.answer_to("First")).to_have_text("Here.")

    await other.say("Second")
    await expect(visitor.answer_to("Second")).to_have_text("There")
    go_on.set()
    for tab in (visitor, other):
        await expect(tab.answer_to("Second")).to_have_text("There and everywhere.")
        await expect(tab.turns).to_have_count(2)

    await visitor.say("Third")
    await expect(other.answer_to("Third")).to_have_text("Understood.")
    assert len(models.asked(model)) == 3

    # Both rename it at once: it has one of both names, and both tabs and the server say the same.
    names = {"Ours": visitor, "Theirs": other}
    for name, tab in names.items():
        await tab.title("First").get_by_role("button").click()
        await tab.page.get_by_role("main").get_by_role("textbox", name="Session name").fill(name)
    async with visitor.page.expect_response(is_change), other.page.expect_response(is_change):
        await asyncio.gather(*(tab.page.keyboard.press("Enter") for tab in names.values()))
    name = (await client.get_session(visitor.agent_id, session_id)).session_name
    assert name in names
    for tab in names.values():
        await expect(tab.title(name)).to_be_visible()
        await expect(tab.row(name)).to_be_visible()


async def test_what_is_sent_while_the_agent_works_waits_its_turn(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    go_on = asyncio.Event()
    models.will(model, says("The first ", go_on, "answer."), says("The second answer."))
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("The first")
    await visitor.composer.fill("Second")
    await visitor.composer.press("Enter")
    waiting = visitor.page.get_by_role("list", name="Waiting messages").get_by_role("listitem")
    await expect(waiting).to_have_text(["Second"])
    await expect(visitor.composer).to_have_value("")
    await expect(visitor.turns).to_have_count(1)
    go_on.set()
    await expect(visitor.answer_to("First")).to_have_text("The first answer.")
    await expect(visitor.answer_to("Second")).to_have_text("The second answer.")
    await expect(waiting).to_have_count(0)
    await expect(visitor.turns).to_have_count(2)


async def test_a_message_that_waits_can_be_taken_back(visitor: Visitor, models: RehearsedModels, model: str) -> None:
    go_on = asyncio.Event()
    models.will(model, says("The first ", go_on, "answer."))
    await visitor.begin()
    await visitor.say("First")
    await expect(visitor.answer_to("First")).to_have_text("The first")
    await visitor.say("Second")
    waiting = visitor.page.get_by_role("list", name="Waiting messages")
    await waiting.get_by_role("button", name="Edit").click()
    await expect(visitor.composer).to_have_value("Second")
    await visitor.composer.fill("")
    go_on.set()
    await expect(visitor.answer_to("First")).to_have_text("The first answer.")
    await expect(visitor.turns).to_have_count(1)


HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_tab_in_the_background_gives_its_line_back_and_knows_all_when_it_is_looked_at(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    go_on, end = asyncio.Event(), asyncio.Event()
    models.will(model, says("One two ", go_on, "three four ", end, "five."))
    page = visitor.page
    await page.clock.install()
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One two")

    await page.evaluate(HIDE, "hidden")
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        await page.clock.fast_forward("01:00")
    go_on.set()
    await page.evaluate(HIDE, "visible")
    await expect(visitor.answer_to("Count")).to_have_text("One two three four")
    end.set()
    await expect(visitor.answer_to("Count")).to_have_text(ONCE)
    await expect(visitor.turns).to_have_count(1)


async def test_a_turn_that_takes_a_minute_offers_to_be_told_of_or_to_be_stopped(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says("One two ", asyncio.Event()))
    visitor = await visit(agent, permissions=["notifications"])
    page = visitor.page
    await page.clock.install()
    await visitor.begin()
    await visitor.say("Count")
    await expect(visitor.answer_to("Count")).to_have_text("One two")
    offer = page.get_by_role("group", name="This takes long.")
    await expect(offer).to_have_count(0)
    await page.clock.fast_forward("01:10")
    await expect(visitor.turn("Count").get_by_text("still working")).to_be_visible()
    await offer.get_by_role("button", name="Notify me when it ends").click()
    await expect(offer.get_by_text("You will be notified.")).to_be_visible()
    await offer.get_by_role("button", name="Stop").click()
    await expect(visitor.turn("Count").get_by_text("Stopped")).to_be_visible()
    await expect(offer).to_have_count(0)


LINES = "".join(f"line {number}\n" for number in range(20_000))
PARAGRAPHS = "".join(f"Paragraph {number}.\n\n" for number in range(40))
SCROLLED = "one => one.getBoundingClientRect().top"


async def test_who_scrolls_up_in_an_answer_stays_there_though_it_grows_by_twenty_thousand_lines(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    go_on = asyncio.Event()
    models.will(model, says(PARAGRAPHS, go_on, f"```text\n{LINES}```\n\nThat was all."))
    await visitor.begin()
    await visitor.say("Count")
    turn, last = visitor.turn("Count"), visitor.page.get_by_text("Paragraph 39.", exact=True)
    await expect(last).to_be_in_viewport()
    await last.hover()
    await visitor.page.mouse.wheel(0, -300)
    await expect(last).not_to_be_in_viewport()
    await visitor.page.wait_for_timeout(500)  # a wheel may roll on for a moment
    place = await last.evaluate(SCROLLED)

    go_on.set()
    await expect(visitor.stop).to_be_hidden()
    await expect(turn.get_by_role("button", name="Show all 20,000 lines")).to_be_attached()
    assert await last.evaluate(SCROLLED) == place
    assert await turn.evaluate("one => one.querySelectorAll('*').length") < 1000
    await visitor.page.get_by_role("button", name="To the end").click()
    await expect(turn.get_by_text("That was all.")).to_be_in_viewport()


SEES_ARTICLES = """() => {
  window.drawn = [];
  new MutationObserver(() => {
    for (const one of document.querySelectorAll("article"))
      drawn.push([one.checkVisibility(), one.querySelectorAll("figure, table").length, one.dataset.turn]);
  }).observe(document, { childList: true, subtree: true });
}"""


async def test_where_a_session_begins_a_turn_is_rehearsed_that_nobody_sees_and_that_goes_away(visitor: Visitor) -> None:
    await visitor.page.add_init_script(f"({SEES_ARTICLES})()")
    await visitor.begin()
    await visitor.page.wait_for_function("() => new Set(drawn.map(([, , turn]) => turn)).size === 2")
    await expect(visitor.page.locator("article")).to_have_count(0)
    drawn = await visitor.page.evaluate("drawn")
    assert [(is_seen, parts) for is_seen, parts, _ in drawn if is_seen or parts != 2] == []

    await visitor.say("Hello")
    await expect(visitor.answer_to("Hello")).to_have_text("Understood.")
    await expect(visitor.turns).to_have_count(1)
