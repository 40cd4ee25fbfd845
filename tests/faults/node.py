"""A server as a process that a test starts, kills, freezes and starts again on the same data, at the same port."""

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.usage import Usage
from tests.cli.server_process import ServerProcess, launch
from tests.fakes.ports import free_port
from tests.faults.size import PATIENCE_S

ROOT = Path(__file__).parents[2]
PLAIN = "tertulia.cli"
RIGGED = "tests.faults.rigged"


class Node:
    """One server: its data directory, its settings, and its process while there is one."""

    def __init__(self, data_dir: Path, *options: str, module: str = PLAIN, **variables: str) -> None:
        self.data_dir = data_dir
        self.module = module
        self.options = list(options)
        self.variables = variables
        self.port = free_port()
        self.starts = 0
        self.is_there = False
        """It takes requests, as far as the test knows."""
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data_dir / "tertulia.db"

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def usage(self) -> Usage:
        return Usage(self.pid)

    @property
    def log(self) -> list[dict[str, Any]]:
        """What it has logged, over all its lives; a kill may have torn a line."""
        lines = self.data_dir.with_suffix(".log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    @property
    def has_ended(self) -> bool:
        """Whether its process has ended, by itself or not."""
        return self._process is None or self._process.poll() is not None

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the server does not run"
        return self._process

    async def start(self, **variables: str) -> float:
        """Start it, each time at the same port; return the seconds until it said that it is ready."""
        begun = time.monotonic()
        given = {"PYTHONPATH": str(ROOT), **self.variables, **variables}
        process = launch(self.data_dir, "--port", str(self.port), *self.options, module=self.module, **given)
        self._process = process
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await asyncio.to_thread(process.stdout.readline)
        assert ServerProcess(process, line, self.data_dir.with_suffix(".log")).port == self.port
        self.starts += 1
        self.is_there = True
        return time.monotonic() - begun

    def send(self, number: signal.Signals) -> None:
        """Send its process a signal, after which it may take no requests."""
        self.is_there = number == signal.SIGCONT
        self._running.send_signal(number)

    async def ended(self) -> int:
        """Wait until its process has ended; return the exit code."""
        process = self._running
        code = await asyncio.to_thread(process.wait, PATIENCE_S)
        assert process.stdout is not None
        process.stdout.close()
        self._process = None
        return code

    async def kill(self) -> None:
        """`kill -9`."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def terminate(self) -> int:
        """Ask it to stop, and wait until it has."""
        self.send(signal.SIGTERM)
        return await self.ended()

    async def restart(self, **variables: str) -> float:
        """`kill -9`, and start again; return the seconds that the start took."""
        await self.kill()
        return await self.start(**variables)

    async def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self._process is not None:
            await self.kill()

    def connections(self) -> int:
        """How many connections of clients it has, as the kernel counts them."""
        return len(list(_connections_at(self.port)))

    def unsent(self) -> int:
        """The most bytes that the kernel holds for one of its clients, because that client does not take them."""
        return max((size for size in _connections_at(self.port)), default=0)

    def files(self) -> int:
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def _connections_at(port: int) -> "list[int]":
    """The bytes that wait in the kernel for each client of a port; `man 5 proc` describes the table."""
    waiting: list[int] = []
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if int(local.rpartition(":")[2], 16) == port and state in ("01", "08", "04"):
            waiting.append(int(queues.partition(":")[0], 16))
    return waiting
