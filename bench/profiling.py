"""Where the server's time goes under load, by py-spy, if that is installed (`uv tool install py-spy`)."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import Load, run_load
from bench.stage import Stage
from bench.targets import TargetError

RATE = 500
MOST_LINES = 40


async def profile(stage: Stage, load: Load) -> Iterator[str]:
    """Load our server and sample its stacks; give the functions that cost most, by their own time."""
    spy = shutil.which("py-spy")
    if spy is None or stage.usage is None:
        raise TargetError("A profile needs py-spy on the PATH, and a server whose process is known (--pid).")
    with TemporaryDirectory() as directory:
        stacks = Path(directory) / "stacks"
        options = ["--pid", stage.usage.pid, "--rate", RATE, "--duration", int(load.seconds), "--format", "raw"]
        command = [spy, "record", "--nonblocking", "--output", stacks, *options]
        loading = asyncio.create_task(run_load(stage.server, load))
        process = await asyncio.create_subprocess_exec(
            *map(str, command), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        await process.wait()
        await loading
        return summary(stacks.read_text(encoding="utf-8").splitlines())


def summary(stacks: Iterable[str]) -> Iterator[str]:
    """Collapsed stacks (`outer;inner 12`) to lines: share of own time, share with all that is called, function."""
    own, total = Counter[str](), Counter[str]()
    for line in stacks:
        path, _, count = line.rpartition(" ")
        functions = path.split(";")
        own[functions[-1]] += int(count)
        for function in set(functions):
            total[function] += int(count)
    samples = own.total() or 1
    yield f"{'own':>7} {'with callees':>13}  function, of {samples:,} samples"
    for function, count in own.most_common(MOST_LINES):
        yield f"{count / samples:7.1%} {total[function] / samples:13.1%}  {function}"
