"""A reload in the middle of an answer: how soon new words come."""

from collections.abc import AsyncIterator

from bench.page.measures.loading import load
from bench.page.measures.streaming import new_session, settle
from bench.page.plan import Stage
from bench.page.script import Script
from bench.page.tab import new_tab
from bench.stage import Figure
from bench.statistics import median, percentile
from bench.targets import TargetError

ANSWER = Script(3_000, 50, "words")
NEWS = """async () => {
  const first = (await probe.untilWords(1))[0];
  return [first[1], (await probe.untilWords(2))[1][1]].map((at) => at - performance.timeOrigin);
}"""


async def resuming(stage: Stage) -> AsyncIterator[Figure]:
    """Reload once some words have come; again and again."""
    empty, first, new = [], [], []
    for _ in range(stage.plan.runs):
        empty.append((await load(stage, f"{stage.pages}/reference/empty", "reference")).ms)
        shown, came = await resume(stage)
        first.append(shown)
        new.append(came)
    yield Figure(
        "resuming.first_ms", "reload in an answer: what it had is back, p50", "ms", median(first), median(empty)
    )
    yield Figure("resuming.new_p50_ms", "reload in an answer: its next token, p50", "ms", median(new), median(empty))
    label = f"reload in an answer: its next token, p95 of {len(new)}"
    yield Figure("resuming.new_p95_ms", label, "ms", percentile(new, 95))


async def resume(stage: Stage) -> tuple[float, float]:
    """Begin an answer, reload, and note when words were painted: the first, and the first after it."""
    async with new_tab(stage.browser, script="probe.watchWords();") as tab:
        await tab.open(f"{stage.server}{await new_session(stage)}")
        await settle(tab)
        stage.model.forget()
        await tab.send(ANSWER.text)
        said = await stage.model.next_answer()
        await tab.page.evaluate("probe.untilWords(20)")
        await tab.page.reload(wait_until="commit")
        shown, came = await tab.page.evaluate(NEWS)
        await tab.page.get_by_role("button", name="Stop", exact=True).click()
        await said.rest.wait()
        if said.left_at is None:
            raise TargetError("the answer had ended before it was gone on with")
        return shown, came
