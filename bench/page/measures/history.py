"""Up through the long talk: how even the frames are, whether what is read stays put, and what the page has become."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Route

from bench.page.plan import Stage
from bench.page.seed import LONG, TALK_TURNS, end_of, talk_name
from bench.page.tab import Tab, Watched, new_tab
from bench.stage import Figure

WHEEL_PX = 240
OLDER = re.compile(r"/turns\?.*cursor=")
STILL_FRAMES = 40
FEED = "[role=feed]"
REFERENCE_LINES = 6_000

# Where the topmost turn in sight stands, in every frame from now on.
FOLLOW = """(feed) => {
  const top = feed.parentElement.getBoundingClientRect().top;
  const read = [...feed.children].find((turn) => turn.getBoundingClientRect().top >= top);
  const followed = (window.tops = []);
  const follow = () => {
    if (tops !== followed) return; // another turn is followed by now
    followed.push(read.getBoundingClientRect().top);
    requestAnimationFrame(follow);
  };
  follow();
}"""
JUMP = "async (frames) => { await probe.later(frames); return Math.max(...tops) - Math.min(...tops); }"


async def history(stage: Stage) -> AsyncIterator[Figure]:
    """Scroll, then weigh what is there, then open other talks and weigh again."""
    reference = await scroll_reference(stage)
    async with open_long(stage) as tab:
        ours = await scroll(tab, FEED, stage.plan.wheels)
        for name, share in (("p95", 95), ("p99", 99), ("max", 100)):
            value, direct = ours.frame_ms(share), reference.frame_ms(share)
            yield Figure(f"history.{name}_ms", f"frames while scrolling up, {name}", "ms", value, direct)
        yield Figure("history.long_tasks", "long tasks while scrolling up", "tasks", len(ours.long_tasks))
        note = f"{await drawn(tab)} turns of {stage.seeds.turns:,} drawn"
        yield Figure("history.nodes", "elements in the page after it", "", await tab.nodes(), note=note)
        before = await tab.heap_mb()
        yield Figure("history.heap_mb", "memory of scripts after it", "MB", before)
        await open_talks(tab, stage)
        grown = await tab.heap_mb() - before
        label = f"more after {len(stage.seeds.talk_ids)} other talks"
        yield Figure("history.heap_growth_mb", label, "MB", grown)
    async with open_long(stage) as tab:
        jump = max([await prepend(tab) for _ in range(stage.plan.prepends)])
        yield Figure("history.jump_px", "what is read moves when older turns come, at most", "px", jump)


@asynccontextmanager
async def open_long(stage: Stage) -> AsyncGenerator[Tab]:
    """The long talk, at its end."""
    async with new_tab(stage.browser, "answer", stage.seeds.last_words) as tab:
        await tab.open(f"{stage.server}{stage.seeds.long_path}")
        await tab.first_sight()
        yield tab


async def scroll_reference(stage: Stage) -> Watched:
    """Scroll up through as much plain text."""
    async with new_tab(stage.browser, "reference") as tab:
        await tab.open(f"{stage.pages}/reference/stream")
        await tab.page.wait_for_function("() => window.fill !== undefined")
        await tab.page.evaluate("lines => fill(lines)", REFERENCE_LINES)
        await tab.later(5)
        return await scroll(tab, "main", stage.plan.wheels)


async def scroll(tab: Tab, place: str, wheels: int) -> Watched:
    """Turn the wheel, a notch a frame."""
    await tab.page.locator(place).hover()
    await tab.begin()
    for _ in range(wheels):
        await tab.page.mouse.wheel(0, -WHEEL_PX)
        await tab.later(1)
    return await tab.end()


async def drawn(tab: Tab) -> int:
    """How many turns are in the page."""
    return await tab.page.locator(f"{FEED} > *").count()


async def open_talks(tab: Tab, stage: Stage) -> None:
    """Go through the other talks and come back."""
    for number in range(1, len(stage.seeds.talk_ids) + 1):
        await tab.row(talk_name(number)).click()
        await tab.sight("answer", end_of(talk_name(number), TALK_TURNS))
    await tab.row(LONG).click()
    await tab.sight("answer", stage.seeds.last_words)


async def prepend(tab: Tab) -> float:
    """Scroll up until older turns are asked for; let them come while nobody scrolls: how far did that move the rest?"""
    asked, may_come = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await may_come.wait()
        await route.continue_()

    await tab.page.route(OLDER, hold)
    feed = tab.page.locator(FEED)
    await feed.hover()
    async with asyncio.timeout(60):
        while not asked.is_set():
            await tab.page.mouse.wheel(0, -WHEEL_PX)
            await tab.later(1)
    await tab.later(10)
    await feed.evaluate(FOLLOW)
    height = await feed.evaluate("feed => feed.offsetHeight")
    may_come.set()
    await tab.page.wait_for_function(
        f"height => document.querySelector('{FEED}').offsetHeight > height + 500", arg=height
    )
    await tab.page.unroute(OLDER)
    return await tab.page.evaluate(JUMP, STILL_FRAMES)
