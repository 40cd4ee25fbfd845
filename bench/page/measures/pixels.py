"""From the model's write to the screen: when each token was written, and when it was painted."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

from bench.page.measures.streaming import new_session, settle
from bench.page.plan import Stage
from bench.page.prose import END
from bench.page.tab import Tab, new_tab
from bench.stage import Figure
from bench.statistics import percentile

PATIENCE_S = 60.0
Painted = Sequence[tuple[int, float]]


async def pixels(stage: Stage) -> AsyncIterator[Figure]:
    """Watch the words of one answer come, in the reference page and in ours."""
    reference = await delays_in_reference(stage)
    ours = await delays_in_page(stage)
    for share in (50, 95):
        value, direct = percentile(ours, share), percentile(reference, share)
        yield Figure(f"pixels.p{share}_ms", f"token to pixels, p{share}", "ms", value, direct)


async def delays_in_page(stage: Stage) -> list[float]:
    """Through our server."""
    async with new_tab(stage.browser) as tab:
        await tab.open(f"{stage.server}{await new_session(stage)}")
        await settle(tab)
        await tab.page.evaluate("probe.watchWords()")
        stage.model.forget()
        await tab.send(stage.plan.words.text)
        said = await stage.model.next_answer()
        await asyncio.wait_for(said.rest.wait(), PATIENCE_S)
        return await delays_of(tab, said.times)


async def delays_in_reference(stage: Stage) -> list[float]:
    """Straight from the model."""
    async with new_tab(stage.browser, "reference") as tab:
        await tab.open(f"{stage.pages}/reference/stream")
        await tab.page.wait_for_function("() => window.ask !== undefined")
        await tab.page.evaluate("probe.watchWords()")
        await tab.page.evaluate("what => ask(what)", stage.plan.words.text)
        return await delays_of(tab, stage.reference.times)


async def delays_of(tab: Tab, written: Sequence[float]) -> list[float]:
    """Wait for the end, then set both lists of times side by side."""
    await tab.sight("answer", END)
    await tab.later(2)
    painted = await tab.page.evaluate("probe.words()")
    offset = await tab.clock_offset_s()
    return delays(written, [(number, at / 1e3 - offset) for number, at in painted])


def delays(written: Sequence[float], painted: Painted) -> list[float]:
    """For each token the milliseconds until a frame had it, or a later one; tokens are counted from 1."""
    numbers = [number for number, _ in painted]
    found: list[float] = []
    for number, at in enumerate(written, start=1):
        place = bisect_left(numbers, number)
        if place < len(painted):
            found.append((painted[place][1] - at) * 1e3)
    return found
