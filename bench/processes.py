"""Starting servers as real processes, and ending them whatever happens."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

from bench.connection import Connection, request
from bench.targets import TargetError
from bench.usage import Usage

START_S = 60.0
STOP_S = 10.0
POLL_S = 0.005


@dataclass(frozen=True)
class Running:
    """A server that answers: what its paths begin with, and the time from its process to its first answer."""

    url: str
    usage: Usage
    start_seconds: float

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.usage.pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def fake_model_server(port: int) -> AsyncGenerator[Running]:
    """Run bench.fake_server."""
    command = [sys.executable, "-m", "bench.fake_server", "--port", str(port)]
    async with running(command, f"http://127.0.0.1:{port}/v1", "/models") as server:
        yield server


@asynccontextmanager
async def tertulia(data_dir: Path, model_url: str, **settings: object) -> AsyncGenerator[Running]:
    """Run our server on a free port over a data directory; other settings by their names."""
    port = free_port()
    program = Path(sys.executable).with_name("tertulia")
    options = ["--port", port, "--data-dir", data_dir, "--model-server", model_url, "--no-discover"]
    environ = {f"TERTULIA_{name.upper()}": str(value) for name, value in settings.items()}
    async with running([program, "serve", *options], f"http://127.0.0.1:{port}/v1", "/health", environ) as server:
        yield server


@asynccontextmanager
async def running(
    command: Sequence[object], url: str, health: str, environ: Mapping[str, str] | None = None
) -> AsyncGenerator[Running]:
    """Start a process, wait until it answers, and end it. A TargetError comes with the last lines it printed.

    Python keeps what it has compiled, as it does where a server is installed, also if it is told not to here.
    """
    with TemporaryFile() as output:
        began = perf_counter()
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        given = {**inherited, **(environ or {})}
        words = [str(word) for word in command]
        process = subprocess.Popen(words, stdout=output, stderr=output, env=given)  # noqa: ASYNC220 - begun, not awaited
        try:
            await _until_healthy(process, f"{url}{health}")
            yield Running(url, Usage(process.pid), perf_counter() - began)
        except TargetError as problem:
            raise TargetError(f"{problem}\n{last_lines(output)}") from None
        finally:
            await _end(process)


def last_lines(output: IO[bytes], count: int = 20) -> str:
    """The end of what a process printed."""
    output.seek(0)
    return b"".join(output.readlines()[-count:]).decode(errors="replace")


async def _until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    began = perf_counter()
    connection = Connection(url)
    try:
        while perf_counter() - began < START_S:
            try:
                if (await connection.exchange(request("GET", url))).status == 200:
                    return
            except OSError:
                pass  # not there yet
            if process.poll() is not None:
                raise TargetError(f"{process.args} ended with {process.returncode} before it answered")
            await asyncio.sleep(POLL_S)
    finally:
        connection.close()
    raise TargetError(f"{url} did not answer within {START_S:.0f} s")


async def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        await asyncio.to_thread(process.wait, STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def raise_file_limit() -> None:
    """Allow this process and those it starts as many connections as the system lets them have."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
