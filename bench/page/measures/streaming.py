"""An answer that grows: how even the frames are, beside the same text in a page that does nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from bench.page.plan import Stage
from bench.page.prose import END
from bench.page.script import Script
from bench.page.seed import LONG
from bench.page.tab import Tab, Watched, new_tab
from bench.stage import Figure
from bench.statistics import percentile, ratio
from bench.targets import TargetError

RENDERER_IS_THERE = """() => performance.getEntriesByType("resource")
  .some((one) => one.name.includes("/markdown-view") && one.responseEnd > 0)"""


@dataclass(frozen=True)
class Streamed:
    """What was seen of one answer, what it cost the page, and how long after the last token all of it was painted."""

    watched: Watched
    script_s: float
    thread_s: float
    late_s: float


async def streaming(stage: Stage) -> AsyncIterator[Figure]:
    """Read one answer at the pace of a good model, one at a very fast one, a large one, and one in the long talk."""
    plan = stage.plan
    for key, label, script in (("stream", "", plan.stream), ("fast", "", plan.fast), ("large", "", plan.large)):
        reference = await read_reference(stage, script)
        ours = await read_answer(stage, script, await new_session(stage))
        for figure in figures_of(f"streaming.{key}", label_of(script) + label, ours, reference):
            yield figure
    ours = await read_answer(stage, plan.in_long, stage.seeds.long_path)
    for figure in figures_of("streaming.in_long", f"{label_of(plan.in_long)}, after {stage.seeds.turns:,} turns", ours):
        yield figure


def label_of(script: Script) -> str:
    """An answer in a few words."""
    return f"{script.tokens:,} tokens at {script.per_second:,}/s"


def figures_of(key: str, label: str, ours: Streamed, reference: Streamed | None = None) -> Iterator[Figure]:
    """Everything about one answer."""
    for name, share in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)):
        direct = reference.watched.frame_ms(share) if reference else None
        yield Figure(f"{key}.{name}_ms", f"frames, {name}; {label}", "ms", ours.watched.frame_ms(share), direct)
    blocked = len(ours.watched.long_tasks)
    direct = len(reference.watched.long_tasks) if reference else None
    longest = max(ours.watched.long_tasks, default=0.0)
    note = f"the longest {longest:.0f} ms" if blocked else ""
    yield Figure(f"{key}.long_tasks", f"long tasks; {label}", "tasks", blocked, direct, note)
    script = reference.script_s if reference else None
    yield Figure(f"{key}.script_s", f"script; {label}", "s", ours.script_s, script)
    thread = reference.thread_s if reference else None
    yield Figure(f"{key}.thread_s", f"the page's thread; {label}", "s", ours.thread_s, thread)
    late = reference.late_s if reference else None
    yield Figure(f"{key}.late_s", f"all of it painted after its last token; {label}", "s", ours.late_s, late)
    growth = ratio(percentile(ours.watched.part(0.75, 1), 95), percentile(ours.watched.part(0, 0.25), 95))
    yield Figure(f"{key}.growth", f"frames, p95, last quarter against first; {label}", "×", growth)


async def new_session(stage: Stage) -> str:
    """Where a talk begins that nothing was said in."""
    agent = f"{stage.api.url}/agents/{stage.seeds.agent_id}"
    made = await stage.api.call("POST", f"{agent}/session", {"session_name": "An answer that grows"})
    return f"{stage.seeds.agent_path}/s/{made['session_id']}"


async def read_answer(stage: Stage, script: Script, path: str) -> Streamed:
    """Ask for an answer in our page and watch it come."""
    async with new_tab(stage.browser) as tab:
        await tab.open(f"{stage.server}{path}")
        await settle(tab)
        stage.model.forget()
        before = await tab.script_seconds(), await tab.thread_seconds()
        await tab.begin()
        await tab.send(script.text)
        said = await stage.model.next_answer()
        await asyncio.wait_for(said.rest.wait(), 3 * script.seconds + 60)
        if len(said.times) != script.tokens:
            raise TargetError(f"the model was cut off after {len(said.times)} of {script.tokens} tokens")
        return await ended(tab, said.times[-1], before)


async def read_reference(stage: Stage, script: Script) -> Streamed:
    """The same text in the reference page."""
    async with new_tab(stage.browser, "reference") as tab:
        await tab.open(f"{stage.pages}/reference/stream")
        await tab.page.wait_for_function("() => window.ask !== undefined")
        before = await tab.script_seconds(), await tab.thread_seconds()
        await tab.begin()
        await tab.page.evaluate("what => ask(what)", script.text)
        return await ended(tab, stage.reference.times[-1], before)


async def settle(tab: Tab) -> None:
    """Wait until one can write, and what comes along has come: the list of sessions, and what draws turns."""
    await tab.first_sight()
    await tab.sight("row", LONG)
    await tab.page.wait_for_function(RENDERER_IS_THERE)
    await tab.later(30)


async def ended(tab: Tab, last_token_at: float, before: tuple[float, float]) -> Streamed:
    """Wait until the end of the answer is painted, and gather what was seen."""
    await tab.sight("answer", END)
    wall, offset = await tab.page.evaluate("probe.wallClock()"), await tab.clock_offset_s()
    watched = await tab.end()
    script_s, thread_s = await tab.script_seconds() - before[0], await tab.thread_seconds() - before[1]
    return Streamed(watched, script_s, thread_s, wall / 1e3 - offset - last_token_at)
