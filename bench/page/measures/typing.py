"""Keys while an answer grows: from the press to the paint, by the browser's Event Timing."""

from collections.abc import AsyncIterator

from bench.page.measures.streaming import new_session, settle
from bench.page.plan import Stage
from bench.page.script import Script
from bench.page.tab import Tab, Watched, new_tab
from bench.stage import Figure
from bench.statistics import percentile

PAUSE_MS = 60
FLOOR_MS = 16.0
"""The browser tells of no event that took less."""
WORDS = "How would it be in the morning, with a cache that is warm? And what would that change for those who wait? "


async def typing(stage: Stage) -> AsyncIterator[Figure]:
    """Type beside the stream of the reference page, then beside an answer of ours."""
    script = Script(round(stage.plan.keys * (PAUSE_MS + 40) / 1e3 * 200) + 400, 200)
    reference, ours = await in_reference(stage, script), await in_page(stage, script)
    for share in (50, 95, 100):
        name = "max" if share == 100 else f"p{share}"
        value, direct = percentile(times_of(ours), share), percentile(times_of(reference), share)
        yield Figure(f"typing.{name}_ms", f"key to paint while an answer grows, {name}", "ms", value, direct)


async def in_page(stage: Stage, script: Script) -> Watched:
    """Type the next message while the answer to the last one comes."""
    async with new_tab(stage.browser) as tab:
        await tab.open(f"{stage.server}{await new_session(stage)}")
        await settle(tab)
        stage.model.forget()
        await tab.send(script.text)
        await stage.model.next_answer()
        await tab.later(30)
        return await type_words(tab, stage.plan.keys)


async def in_reference(stage: Stage, script: Script) -> Watched:
    """Type into a field beside the text."""
    async with new_tab(stage.browser, "reference") as tab:
        await tab.open(f"{stage.pages}/reference/stream")
        await tab.page.wait_for_function("() => window.ask !== undefined")
        await tab.page.evaluate("what => void ask(what)", script.text)
        await tab.later(30)
        return await type_words(tab, stage.plan.keys)


async def type_words(tab: Tab, keys: int) -> Watched:
    """Press so many keys, one after the other."""
    await tab.composer().focus()
    await tab.begin()
    await tab.page.keyboard.type((WORDS * (keys // len(WORDS) + 1))[:keys], delay=PAUSE_MS)
    await tab.later(30)
    return await tab.end()


def times_of(watched: Watched) -> list[float]:
    """The time of each key; those that the browser does not tell of took no more than the floor."""
    return [*watched.keys, *[FLOOR_MS] * (watched.pressed - len(watched.keys))]
