"""What the page weighs: the JavaScript of its first screen and of a session's page, by `web/scripts/sizes.mjs`."""

import asyncio
import importlib.util
import re
from collections.abc import AsyncIterator
from pathlib import Path

from bench.page.plan import Stage
from bench.stage import Figure
from bench.targets import TargetError

ROOT = Path(__file__).parents[3]
LINE = re.compile(r"^([\w ]+): ([\d.]+) kB gz of \d+, ([\d.]+) kB br of \d+, (\d+) files", re.MULTILINE)
SCREENS = {"first screen": "first", "session page": "session"}


async def weight(_stage: Stage) -> AsyncIterator[Figure]:
    """Weigh the page that is installed."""
    folder = installed()
    for screen, gz, br, files in LINE.findall(await report_of(folder)):
        key = f"weight.{SCREENS[screen]}"
        yield Figure(f"{key}_gz_kb", f"JavaScript of the {screen}, gzip", "kB", float(gz), note=f"in {files} files")
        yield Figure(f"{key}_br_kb", f"JavaScript of the {screen}, brotli", "kB", float(br))


def installed() -> Path:
    """Where the page is."""
    page = importlib.util.find_spec("tertulia_web")
    if page is None or not page.submodule_search_locations:
        raise TargetError("the installation has no page: run `uv sync` without TERTULIA_SKIP_WEB")
    return Path(page.submodule_search_locations[0])


async def report_of(folder: Path) -> str:
    """What the project's own scales say."""
    command = [ROOT / "scripts" / "npm", "run", "sizes", "--", folder]
    run = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await run.communicate()
    if len(LINE.findall(said.decode())) != len(SCREENS):
        raise TargetError(f"the page could not be weighed: {said.decode()}")
    return said.decode()
