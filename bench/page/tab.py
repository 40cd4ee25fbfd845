"""A tab of a browser that has never been here: its cache is empty, and the probe is in it before the page is."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Locator, Page, ViewportSize, async_playwright

from bench.statistics import percentile
from tests.e2e.conftest import FLAGS

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
SCREEN: ViewportSize = {"width": 1280, "height": 800}
PATIENCE_MS = 60_000
TICKS = 10
"""Of clocks that are compared: the quickest answer counts."""


@dataclass(frozen=True)
class Watched:
    """What was seen between two moments: when frames were begun, tasks that blocked, keys and how soon they showed."""

    frames: list[float]
    long_tasks: list[float]
    keys: list[float]
    pressed: int

    @property
    def deltas(self) -> list[float]:
        """The milliseconds between frames."""
        return deltas(self.frames)

    def part(self, begin: float, end: float) -> list[float]:
        """The deltas of a part of the time, which goes from 0 to 1."""
        first, span = self.frames[0], self.frames[-1] - self.frames[0]
        inside = [at for at in self.frames if begin <= (at - first) / span <= end]
        return deltas(inside)

    def frame_ms(self, share: float) -> float | None:
        """A percentile of the deltas."""
        return percentile(self.deltas, share)


def deltas(times: Sequence[float]) -> list[float]:
    """From each to the next."""
    return [after - before for before, after in pairwise(times)]


@dataclass(frozen=True)
class Tab:
    """One page, and the browser's own view of it."""

    page: Page
    cdp: CDPSession

    async def open(self, url: str) -> None:
        """Go there, and wait for no more than that it is on its way."""
        await self.page.goto(url, wait_until="commit")

    async def first_sight(self) -> float:
        """When that was painted which the tab was opened for, in milliseconds from the navigation."""
        return await self.page.evaluate("probe.first")

    async def sight(self, name: str, words: str = "") -> float:
        """Wait until something is painted; when that was. `SIGHTS` in probe.js has the names."""
        async with asyncio.timeout(PATIENCE_MS / 1e3):
            return await self.page.evaluate("([name, words]) => probe.sight(name, words)", [name, words])

    async def later(self, frames: int) -> None:
        """Let so many frames pass."""
        await self.page.evaluate("count => probe.later(count)", frames)

    async def begin(self) -> None:
        """Watch from now on."""
        await self.page.evaluate("probe.begin()")

    async def end(self) -> Watched:
        """Watch no more."""
        seen = await self.page.evaluate("probe.end()")
        return Watched(seen["frames"], [took for _, took in seen["long"]], seen["keys"], seen["pressed"])

    async def since_press(self, seen_at: float) -> float:
        """The milliseconds from the last press of a key or a button to what was seen."""
        return seen_at - await self.page.evaluate("probe.pressedAt()")

    async def script_seconds(self) -> float:
        """How much of a processor scripts have taken in the page's thread so far, however busy the machine is."""
        return (await self._metrics())["ScriptDuration"]

    async def thread_seconds(self) -> float:
        """The same with style, layout and paint: all that the page's thread has done so far."""
        return (await self._metrics())["TaskDuration"]

    async def heap_mb(self) -> float:
        """What the page's objects take once what is not used is gone, in MB of 2^20 bytes."""
        await self.cdp.send("HeapProfiler.collectGarbage")
        return (await self._metrics())["JSHeapUsedSize"] / 2**20

    async def nodes(self) -> int:
        """The elements of the page."""
        return await self.page.evaluate("document.getElementsByTagName('*').length")

    async def clock_offset_s(self) -> float:
        """How far the page's clock is ahead of ours."""
        found: list[tuple[float, float]] = []
        for _ in range(TICKS):
            before = time.time()
            theirs = await self.page.evaluate("probe.wallClock()")
            took = time.time() - before
            found.append((took, theirs / 1e3 - before - took / 2))
        return min(found)[1]

    def composer(self) -> Locator:
        """Where a message is written."""
        return self.page.locator("textarea").first

    async def send(self, text: str) -> None:
        """Write a message and send it."""
        await self.composer().fill(text)
        await self.composer().press("Enter")

    def row(self, name: str) -> Locator:
        """A session in the list."""
        return self.page.get_by_role("navigation").get_by_role("link").filter(has_text=name).first

    async def _metrics(self) -> dict[str, float]:
        answer: dict[str, Any] = await self.cdp.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in answer["metrics"]}


@asynccontextmanager
async def new_tab(browser: Browser, sight: str = "composer", words: str = "", script: str = "") -> AsyncGenerator[Tab]:
    """Open one that notes when something is first seen; a script may prepare more."""
    context = await browser.new_context(viewport=SCREEN, locale="en-GB")
    try:
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(f"{PROBE}\nprobe.first = probe.sight({sight!r}, {words!r});\n{script}")
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        yield Tab(page, cdp)
    finally:
        await context.close()


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """The browser: `TERTULIA_CHROMIUM`, else the system's, else Playwright's own."""
    program = os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
