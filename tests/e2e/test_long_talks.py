"""A talk of a hundred turns: it opens at its end, and what is older comes without pushing what is read."""

import asyncio
import re

import pytest_asyncio
from playwright.async_api import Route, expect

from tertulia.client import AsyncClient
from tests.e2e.visitor import Visitor

TURNS = 100


@pytest_asyncio.fixture(loop_scope="session")
async def long_session(client: AsyncClient, visitor: Visitor) -> str:
    session = await client.create_session(visitor.agent_id, session_name="A long talk")
    for number in range(1, TURNS + 1):
        turn = await client.start_turn(visitor.agent_id, session.session_id, f"Question {number}")
        async for _ in client.follow_turn(visitor.agent_id, session.session_id, turn.turn_id):
            pass
    return session.session_id


HEIGHT = "feed => feed.offsetHeight"
FRAME = "() => new Promise(requestAnimationFrame)"

# Where the topmost turn in sight stands, in every frame from now on.
FOLLOW = """(feed) => {
  const top = feed.parentElement.getBoundingClientRect().top;
  const read = [...feed.children].find((turn) => turn.getBoundingClientRect().top >= top);
  window.tops = [];
  const follow = () => { tops.push(read.getBoundingClientRect().top); requestAnimationFrame(follow); };
  follow();
}"""


async def test_a_long_talk_opens_at_its_end_with_few_turns_drawn(visitor: Visitor, long_session: str) -> None:
    await visitor.open_session(long_session)
    last = visitor.turn(f"Question {TURNS}")
    await expect(last).to_be_in_viewport()
    await expect(last).to_have_attribute("aria-posinset", str(TURNS))
    await expect(last).to_have_attribute("aria-setsize", str(TURNS))
    await expect(visitor.page.get_by_role("button", name="To the end")).to_be_hidden()
    assert await visitor.turns.count() <= 60


async def test_older_turns_come_in_above_without_moving_what_is_read(visitor: Visitor, long_session: str) -> None:
    page = visitor.page
    is_asked, may_come = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        is_asked.set()
        await may_come.wait()
        await route.continue_()

    await page.route(re.compile("/turns[?].*cursor="), hold)
    await visitor.open_session(long_session)
    await expect(visitor.turn(f"Question {TURNS}")).to_be_in_viewport()
    feed = page.get_by_role("feed", name="Talk")
    await feed.hover()
    while not is_asked.is_set():
        await page.mouse.wheel(0, -200)
        await page.evaluate(FRAME)
    await feed.evaluate(FOLLOW)
    height = await feed.evaluate(HEIGHT)
    async with page.expect_response(re.compile("/turns[?].*cursor=")):
        may_come.set()
    await expect(page.get_by_label("Loading earlier turns")).to_be_hidden()
    frames = await page.evaluate("() => tops.length")
    await page.wait_for_function("frames => tops.length > frames + 40", arg=frames)
    tops = await page.evaluate("() => tops")
    assert await feed.evaluate(HEIGHT) > 1.5 * height
    assert max(tops) - min(tops) < 1


async def test_the_first_turn_is_reached_and_the_end_is_one_click_away(visitor: Visitor, long_session: str) -> None:
    await visitor.open_session(long_session)
    await expect(visitor.turn(f"Question {TURNS}")).to_be_in_viewport()
    await visitor.page.get_by_role("feed", name="Talk").hover()
    first = visitor.turn("Question 1")
    while not await first.is_visible():
        await visitor.page.mouse.wheel(0, -2000)
        await visitor.page.evaluate(FRAME)
    await expect(first).to_have_attribute("aria-posinset", "1")
    await visitor.page.get_by_role("button", name="To the end").click()
    await expect(visitor.turn(f"Question {TURNS}")).to_be_in_viewport()


async def test_a_link_to_a_turn_leads_there(visitor: Visitor, long_session: str, client: AsyncClient) -> None:
    turns = (await client.get_session(visitor.agent_id, long_session)).turns
    await visitor.open(f"/a/{visitor.agent_id}/s/{long_session}?turn={turns[49].turn_id}")
    await expect(visitor.turn("Question 50")).to_be_in_viewport()


# Which turn is the topmost in sight, and where it stands.
READ = """(feed) => {
  const top = feed.parentElement.getBoundingClientRect().top;
  const read = [...feed.children].find((turn) => turn.getBoundingClientRect().top >= top);
  return [read.getAttribute("aria-posinset"), read.getBoundingClientRect().top - top];
}"""


async def test_who_comes_back_reads_on_in_the_same_place_and_who_opens_it_anew_at_its_end(
    visitor: Visitor, long_session: str, client: AsyncClient
) -> None:
    await client.create_session(visitor.agent_id, session_name="Another")
    page, feed = visitor.page, visitor.page.get_by_role("feed", name="Talk")
    await visitor.open_session(long_session)
    await expect(visitor.turn(f"Question {TURNS}")).to_be_in_viewport()
    await feed.hover()
    while not await visitor.turn("Question 51").is_visible():
        await page.mouse.wheel(0, -700)
        await page.evaluate(FRAME)
    await page.evaluate(FRAME)
    turn, top = await feed.evaluate(READ)

    await visitor.row("Another").click()
    await expect(visitor.title("Another")).to_be_visible()
    await page.go_back()
    await expect(visitor.title("A long talk")).to_be_visible()
    await page.wait_for_function(f"feed => ({READ})(feed)[0] === {turn!r}", arg=await feed.element_handle())
    assert abs((await feed.evaluate(READ))[1] - top) < 2
    await expect(page.get_by_role("button", name="To the end")).to_be_visible()

    await visitor.row("Another").click()
    await visitor.row("A long talk").click()
    await expect(visitor.turn(f"Question {TURNS}")).to_be_in_viewport()


async def test_a_long_talk_is_searched_and_gone_through_by_keys(visitor: Visitor, long_session: str) -> None:
    page, last = visitor.page, visitor.turn(f"Question {TURNS}")
    await visitor.open_session(long_session)
    await expect(last).to_be_in_viewport()
    await page.keyboard.press("Control+f")
    await page.keyboard.type("Question 17")
    found = page.get_by_role("search", name="Find in this session")
    await expect(found.get_by_text("1 of 1")).to_be_visible()
    await expect(visitor.turn("Question 17")).to_be_in_viewport()
    assert await page.evaluate("[...CSS.highlights.get('found')].map(String).join(' ')") == "Question 17"
    await page.keyboard.press("Escape")
    await expect(found).to_be_hidden()
    await expect(visitor.turn("Question 17")).to_be_focused()
    await page.keyboard.press("Control+End")
    await expect(last).to_be_in_viewport()
    await page.keyboard.press("Control+Home")
    await expect(visitor.turn("Question 1")).to_be_in_viewport()
