"""`tertulia serve` as a process of its own, with an empty data directory and the demo model."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY = re.compile(r"Tertulia \S+ is ready at (http://\S+) — models: (.+)\n")


def environment(**variables: str) -> dict[str, str]:
    """The environment of these tests, without settings that a person may have."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "OPENAI_"))}
    return inherited | variables


class ServerProcess:
    """A server that has said that it is ready."""

    def __init__(self, process: subprocess.Popen[str], line: str, log: Path) -> None:
        self.process = process
        self.line = line
        self._log = log
        match = READY.fullmatch(line)
        assert match, f"no ready line but {line!r}, and in the log: {self.log}"
        self.url, self.models = match.groups()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def log(self) -> str:
        return self._log.read_text()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code and what came on stdout after the ready line."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest


def launch(data_dir: Path, *options: str, module: str = "tertulia.cli", **variables: str) -> subprocess.Popen[str]:
    """Start `tertulia serve` and return at once. Its log goes to a file beside the data directory."""
    with data_dir.with_suffix(".log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, "serve", "--data-dir", str(data_dir), "--no-discover", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(**variables),
        )


@contextmanager
def launched(data_dir: Path, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Start `tertulia serve`, and let it end with the block at the latest: a test that fails waits for nothing."""
    with launch(data_dir, *options, **variables) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(data_dir: Path, *options: str, **variables: str) -> Iterator[ServerProcess]:
    """Run a server at a port of its own for as long as the block runs."""
    with launched(data_dir, *(options if "--port" in options else ("--port", "0", *options)), **variables) as process:
        assert process.stdout is not None
        yield ServerProcess(process, process.stdout.readline(), data_dir.with_suffix(".log"))
