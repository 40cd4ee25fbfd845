"""From one talk to the long one, by a click in the list: the page is there, the talk is not."""

from collections.abc import AsyncIterator

from bench.page.measures.loading import load
from bench.page.plan import Stage
from bench.page.seed import LONG, TALK_TURNS, end_of, talk_name
from bench.page.tab import Tab, new_tab
from bench.stage import Figure
from bench.statistics import median, percentile

FETCHED = """(since) => performance.getEntriesByType("resource")
  .filter((one) => one.initiatorType === "fetch" && one.startTime >= since)
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""


async def switching(stage: Stage) -> AsyncIterator[Figure]:
    """Open another talk, then the long one; each time in a browser that has never seen it."""
    empty, times, payloads = [], [], []
    for _ in range(stage.plan.runs):
        empty.append((await load(stage, f"{stage.pages}/reference/empty", "reference")).ms)
        async with new_tab(stage.browser, "answer", end_of(talk_name(1), TALK_TURNS)) as tab:
            await tab.open(f"{stage.server}{stage.seeds.agent_path}/s/{stage.seeds.talk_ids[0]}")
            await tab.first_sight()
            took, payload = await switch(tab, stage.seeds.last_words)
        times.append(took)
        payloads.append(payload)
    of = f"{stage.seeds.turns:,} turns"
    yield Figure("switching.p50_ms", f"{of}, by a click: last answer readable, p50", "ms", median(times), median(empty))
    yield Figure("switching.p95_ms", f"{of}, by a click, p95 of {len(times)}", "ms", percentile(times, 95))
    yield Figure("switching.payload_kb", "what was fetched for it, as JSON", "kB", max(payloads))


async def switch(tab: Tab, words: str) -> tuple[float, float]:
    """Click the long talk; how long until its end was painted, and the kilobytes that were fetched since."""
    await tab.sight("row", LONG)
    began = await tab.page.evaluate("performance.now()")
    await tab.row(LONG).click()
    took = await tab.since_press(await tab.sight("answer", words))
    return took, await tab.page.evaluate(FETCHED, began) / 1e3
