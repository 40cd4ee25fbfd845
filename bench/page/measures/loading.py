"""From an address to what somebody came for, cold: the browser has never been here."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from bench.page.plan import Stage
from bench.page.tab import new_tab
from bench.stage import Figure
from bench.statistics import median, percentile

SETTLED_FRAMES = 60
SCRIPTS_UNTIL = """async () => {
  const until = await probe.first;
  const files = performance.getEntriesByType("resource").filter((one) => one.name.endsWith(".js"));
  return files.filter((one) => one.responseEnd <= until).length;
}"""


@dataclass(frozen=True)
class Load:
    """One visit: when it was seen, what the page's thread had done for it, how many scripts came, how much shifted."""

    ms: float
    thread_ms: float
    scripts: int
    shifts: float


async def loading(stage: Stage) -> AsyncIterator[Figure]:
    """Load an empty document, the first screen and the long talk by turns."""
    empty, first, long = [], [], []
    for _ in range(stage.plan.runs):
        empty.append(await load(stage, f"{stage.pages}/reference/empty", "reference"))
        first.append(await load(stage, f"{stage.server}/", "composer"))
        long.append(await load(stage, f"{stage.server}{stage.seeds.long_path}", "answer", stage.seeds.last_words))
    reference = median([each.ms for each in empty])
    of = f"{stage.seeds.turns:,} turns"
    yield Figure("loading.reference_ms", "reference: an empty document, p50", "ms", reference)
    for figure in (
        *of_runs("loading.composer", "composer usable, cold", first, reference),
        *of_runs("loading.long", f"{of}, cold: last answer readable", long, reference),
    ):
        yield figure
    yield Figure(
        "loading.scripts", "scripts until the composer is usable", "files", max(each.scripts for each in first)
    )
    shifts = max(each.shifts for each in (*first, *long))
    yield Figure("loading.shifts", "layout shift of both (CLS)", "", shifts)


def of_runs(key: str, label: str, loads: list[Load], reference: float | None) -> Iterator[Figure]:
    """The median, which is set beside the reference, and the 95th percentile, which the budget is of."""
    times = [each.ms for each in loads]
    yield Figure(f"{key}_p50_ms", f"{label}, p50", "ms", median(times), reference)
    yield Figure(f"{key}_p95_ms", f"{label}, p95 of {len(times)}", "ms", percentile(times, 95))
    worked = median([each.thread_ms for each in loads])
    yield Figure(f"{key}_thread_ms", f"{label}: what the page's thread worked for it, p50", "ms", worked)


async def load(stage: Stage, url: str, sight: str, words: str = "") -> Load:
    """Visit an address for the first time."""
    async with new_tab(stage.browser, sight, words) as tab:
        await tab.open(url)
        ms = await tab.first_sight()
        thread_ms = await tab.thread_seconds() * 1e3
        scripts = await tab.page.evaluate(SCRIPTS_UNTIL)
        await tab.later(SETTLED_FRAMES)
        return Load(ms, thread_ms, scripts, await tab.page.evaluate("probe.shifts()"))
