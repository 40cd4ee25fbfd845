"""Stop: from the click to the model's server seeing that nobody listens."""

import asyncio
from collections.abc import AsyncIterator

from bench.page.measures.loading import load
from bench.page.measures.streaming import new_session, settle
from bench.page.plan import Stage
from bench.page.script import Script
from bench.page.tab import new_tab
from bench.stage import Figure
from bench.statistics import median, percentile
from bench.targets import TargetError

ANSWER = Script(20_000, 200)
PATIENCE_S = 60.0


async def stopping(stage: Stage) -> AsyncIterator[Figure]:
    """Stop an answer, again and again."""
    empty, times = [], []
    for _ in range(stage.plan.runs):
        empty.append((await load(stage, f"{stage.pages}/reference/empty", "reference")).ms)
        times.append(await stop(stage))
    label = "stop: the model's server is hung up on"
    yield Figure("stopping.p50_ms", f"{label}, p50", "ms", median(times), median(empty))
    yield Figure("stopping.p95_ms", f"{label}, p95 of {len(times)}", "ms", percentile(times, 95))


async def stop(stage: Stage) -> float:
    """Begin an answer and click; the milliseconds until the model was left."""
    async with new_tab(stage.browser) as tab:
        await tab.open(f"{stage.server}{await new_session(stage)}")
        await settle(tab)
        stage.model.forget()
        await tab.send(ANSWER.text)
        said = await stage.model.next_answer()
        await tab.later(60)
        await tab.page.get_by_role("button", name="Stop", exact=True).click()
        await asyncio.wait_for(said.rest.wait(), PATIENCE_S)
        clicked = await tab.page.evaluate("performance.timeOrigin + probe.pressedAt()")
        if said.left_at is None:
            raise TargetError("the answer had ended before it could be stopped")
        return (said.left_at - (clicked / 1e3 - await tab.clock_offset_s())) * 1e3
