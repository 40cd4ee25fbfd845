"""Where the server's time goes under load, by py-spy, if that is installed (`uv tool install py-spy`)."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ask import Ask
from bench.load import Load, run_load
from bench.stage import Stage
from bench.targets import TargetError

SECONDS = 10
RATE = 400
MOST_LINES = 45
LOADS = {
    "turns": Load(Ask(50), readers=16, seconds=SECONDS),
    "plain": Load(Ask(50), readers=16, seconds=SECONDS, stream=False),
    "tokens": Load(Ask(500), readers=16, seconds=SECONDS),
    "paced": Load(Ask(100, pause_ms=20), readers=64, seconds=SECONDS),
}


async def profile(stage: Stage, load: Load) -> list[str]:
    """Load our server and sample its stacks: the functions that cost most, by their own time and with their callees."""
    spy = shutil.which("py-spy")
    if spy is None or stage.usage is None:
        raise TargetError("A profile needs py-spy on the PATH, and a server whose process is known (--pid).")
    with TemporaryDirectory() as directory:
        stacks = Path(directory) / "stacks"
        options = ["--pid", stage.usage.pid, "--rate", RATE, "--duration", SECONDS, "--format", "raw", "--function"]
        loading = asyncio.create_task(run_load(stage.server, load))
        process = await asyncio.create_subprocess_exec(
            *map(str, [spy, "record", "--nonblocking", "--output", stacks, *options]),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()
        await loading
        return list(summary(stacks.read_text(encoding="utf-8").splitlines()))


def summary(stacks: Iterable[str]) -> Iterator[str]:
    """Collapsed stacks (`outer;inner 12`) to two lists: by own time, and with all that a function calls."""
    own, total = Counter[str](), Counter[str]()
    for line in stacks:
        path, _, count = line.rpartition(" ")
        functions = path.split(";")
        own[functions[-1]] += int(count)
        for function in set(functions):
            total[function] += int(count)
    samples = own.total() or 1
    for title, counts in (("own time", own), ("with callees", total)):
        yield f"{title}, share of {samples:,} samples:"
        yield from (f"{count / samples:7.1%}  {function}" for function, count in counts.most_common(MOST_LINES))
        yield ""
