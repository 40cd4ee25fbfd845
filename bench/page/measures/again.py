"""The reference once more, when all else has been measured: did the machine stay the same?"""

from collections.abc import AsyncIterator

from bench.page.measures.loading import load
from bench.page.measures.streaming import read_reference
from bench.page.plan import Stage
from bench.page.script import Script
from bench.stage import Figure
from bench.statistics import median

AGAIN = Script(1_000, 200)


async def again(stage: Stage) -> AsyncIterator[Figure]:
    """An empty document, and a text that grows."""
    empty = [(await load(stage, f"{stage.pages}/reference/empty", "reference")).ms for _ in range(stage.plan.runs)]
    yield Figure("again.load_ms", "reference: an empty document, p50", "ms", median(empty))
    watched = (await read_reference(stage, AGAIN)).watched
    for share in (95, 99):
        label = f"reference: frames, p{share}; {AGAIN.tokens:,} tokens at {AGAIN.per_second}/s"
        yield Figure(f"again.p{share}_ms", label, "ms", watched.frame_ms(share))
