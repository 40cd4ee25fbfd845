"""Runs commands side by side. The first one's output is shown as it comes, each other's in one piece at the end.

A command that fails is told at once and stops no other; then this fails, too. With `--again WORD` it has a second try
first: by itself when all have ended, WORD added to it. Ctrl+C reaches each of them, once.

    python scripts/side_by_side.py --again AGAIN=yes "make test-others" "make test-processes"
"""

import argparse
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


class Jobs:
    """Commands, some of them side by side, until all have ended or a signal ends them."""

    def __init__(self) -> None:
        self.all: list[Job] = []
        self.received: int | None = None
        for number in FORWARDED:
            asyncio.get_running_loop().add_signal_handler(number, self._forward, number)

    def _forward(self, number: int) -> None:
        self.received = number
        for job in self.all:
            job.signal(number)

    async def run(self, commands: list[str]) -> list[Job]:
        """Run commands side by side; return those that failed."""
        jobs = [Job(command, is_shown=not place) for place, command in enumerate(commands)]
        self.all += jobs
        await asyncio.gather(*(job.run() for job in jobs))
        for job in jobs:
            job.show()
        return [job for job in jobs if job.code]


async def main(commands: list[str], again: str | None) -> int:
    """Run commands, and those that fail once more if a word for that is given; return the exit code."""
    jobs = Jobs()
    failed = await jobs.run(commands)
    if again:
        second = [f"{job.command} {again}" for job in failed]
        failed = [job for command in second if jobs.received is None for job in await jobs.run([command])]
    print("", *(job.outcome for job in jobs.all), sep="\n", flush=True)
    return 128 + jobs.received if jobs.received else int(bool(failed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Runs commands side by side.")
    parser.add_argument("--again", metavar="WORD", help="run what failed once more, with this word")
    parser.add_argument("commands", nargs="+")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.commands, given.again)))
