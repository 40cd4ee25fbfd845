"""The list of very many sessions: shown, and narrowed."""

from collections.abc import AsyncIterator

from bench.page.measures.loading import load
from bench.page.plan import Stage
from bench.page.seed import LONG
from bench.page.tab import Tab, new_tab
from bench.stage import Figure
from bench.statistics import median, percentile

TOGGLE = "Control+Shift+S"
ASKED_AT = """() => performance.getEntriesByType("resource")
  .filter((one) => /sessions\\?.*q=/.test(one.name)).at(-1)?.startTime"""


async def listing(stage: Stage) -> AsyncIterator[Figure]:
    """Hide and show the list, then filter it by a number that few names have."""
    count, runs = stage.plan.sessions, stage.plan.runs
    empty = [(await load(stage, f"{stage.pages}/reference/empty", "reference")).ms for _ in range(runs)]
    async with new_tab(stage.browser, "row", LONG) as tab:
        await tab.open(f"{stage.server}{stage.seeds.agent_path}")
        cold = await tab.first_sight()
        opened = [await show(tab) for _ in range(runs)]
        filtered = [await narrow(tab, f"{count - 7 - run}") for run in range(runs)]
    reference, of = median(empty), f"list of {count:,} sessions"
    yield Figure("listing.cold_ms", f"{of}: in sight, cold", "ms", cold, reference)
    yield Figure("listing.open_p50_ms", f"{of}: opened, p50", "ms", median(opened), reference)
    yield Figure("listing.open_p95_ms", f"{of}: opened, p95 of {runs}", "ms", percentile(opened, 95))
    asked, typed = [since_asked for _, since_asked in filtered], [since_typed for since_typed, _ in filtered]
    yield Figure("listing.filter_p50_ms", f"{of}: filtered, from asking, p50", "ms", median(asked), reference)
    yield Figure("listing.filter_p95_ms", f"{of}: filtered, from asking, p95 of {runs}", "ms", percentile(asked, 95))
    label = f"{of}: filtered, from the last key, with the pause of 150 ms that is waited for more, p50"
    yield Figure("listing.typed_p50_ms", label, "ms", median(typed))


async def show(tab: Tab) -> float:
    """Hide the list and show it: how long after the keys its rows were painted."""
    await tab.page.keyboard.press(TOGGLE)
    await tab.sight("noRow")
    await tab.later(30)
    await tab.page.keyboard.press(TOGGLE)
    return await tab.since_press(await tab.sight("row", LONG))


async def narrow(tab: Tab, words: str) -> tuple[float, float]:
    """Filter: how long after the last key, and after the server was asked, only what has the words was painted."""
    field = tab.page.get_by_role("navigation").get_by_role("searchbox")
    await field.press_sequentially(words)
    seen = await tab.sight("onlyRow", words)
    since_typed, since_asked = await tab.since_press(seen), seen - await tab.page.evaluate(ASKED_AT)
    await field.fill("")
    await tab.sight("row", LONG)
    await tab.later(30)
    return since_typed, since_asked
