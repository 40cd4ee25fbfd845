"""Runs commands side by side. The first one's output is shown as it comes, each other's in one piece at the end.

A command that fails is told at once and stops no other; then this fails, too. Ctrl+C reaches each of them, once.

    python scripts/side_by_side.py "make test-others" "make test-processes"
"""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import IO

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Job:
    """A command that runs in a process group of its own, its output kept in a file unless it is shown."""

    def __init__(self, command: str, *, is_shown: bool) -> None:
        self.command = command
        self.kept: IO[bytes] | None = None if is_shown else tempfile.TemporaryFile()  # noqa: SIM115 - read at the end
        self.code: int | None = None
        self.outcome = ""
        self._begun = time.monotonic()
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Run it to its end."""
        self._process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            stdin=subprocess.DEVNULL,
            stdout=self.kept,
            stderr=self.kept and subprocess.STDOUT,
            process_group=0,
        )
        self.code = await self._process.wait()
        minutes, seconds = divmod(round(time.monotonic() - self._begun), 60)
        self.outcome = f"{self.command}: {'passed' if not self.code else 'FAILED'} in {minutes}:{seconds:02}"
        if self.code and self.kept:
            print(f"\n{self.outcome}; what it said follows when all have ended", flush=True)

    def signal(self, number: int) -> None:
        """Send a signal to all of its processes."""
        if self._process is not None and self.code is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def show(self) -> None:
        """Show what it said, if that has not been shown."""
        if self.kept is not None:
            print(f"\n----- {self.command} -----", flush=True)
            self.kept.seek(0)
            shutil.copyfileobj(self.kept, sys.stdout.buffer)


async def main(commands: list[str]) -> int:
    """Run commands; return the exit code."""
    jobs = [Job(command, is_shown=not place) for place, command in enumerate(commands)]
    received: list[int] = []

    def forward(number: int) -> None:
        received.append(number)
        for job in jobs:
            job.signal(number)

    for number in FORWARDED:
        asyncio.get_running_loop().add_signal_handler(number, forward, number)
    await asyncio.gather(*(job.run() for job in jobs))
    for job in jobs:
        job.show()
    print("", *(job.outcome for job in jobs), sep="\n", flush=True)
    return 128 + received[0] if received else int(any(job.code for job in jobs))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
