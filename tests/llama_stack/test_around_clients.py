"""Official Llama Stack clients, as they are, and what they ask besides agents: each check of theirs is a test here."""

import json
import re
import subprocess
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.server_process import serving
from tests.fakes.upstream import Upstream
from tests.llama_stack.client_environments import CLIENTS, FOLDER, NoSuchPython
from tests.llama_stack.loop_thread import entered
from tests.llama_stack.moderated_upstream import moderated
from tests.tools.mcp.places import HttpPlace

pytestmark = pytest.mark.slow

SCRIPT = FOLDER / "around_client.py"
RUNNING = 120
"""Seconds that all checks of a client may take."""
NAMES = re.findall(r"^(?:async )?def check_(\w+)", SCRIPT.read_text(), re.MULTILINE)
CHECKS = [
    *(("python-0.2.12", name) for name in NAMES),
    *(("python-0.3.5", name) for name in NAMES if not name.startswith(("lib_", "old_"))),
]
SHIELDS = r"""
[[shields]]
shield_id = "cards"
kind = "pattern"
patterns = ['\d{16}']
message = "No card numbers, please."
"""


class Running:
    """A server that clients are run against, each of them once."""

    def __init__(self, urls: tuple[str, str], cache: Path) -> None:
        self._urls = urls
        self._cache = cache
        self._results: dict[str, dict[str, str]] = {}

    def results_of(self, name: str) -> dict[str, str]:
        """Return what the checks of a client came to."""
        if name not in self._results:
            python = CLIENTS[name].command(self._cache)[0]
            command = [python, str(SCRIPT), *self._urls]
            run = subprocess.run(command, capture_output=True, text=True, timeout=RUNNING, check=False)
            assert run.returncode == 0, run.stderr
            self._results[name] = json.loads(run.stdout.splitlines()[-1])
        return self._results[name]


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Running, None, None]:
    """A server with a shield of its own, before a model server that has a moderation model; and an MCP server."""
    cache = request.config.cache.mkdir("llama-stack-clients")
    folder = tmp_path_factory.mktemp("server")
    shields = folder / "shields.toml"
    shields.write_text(SHIELDS)
    with (
        entered(Upstream(moderated)) as upstream,
        serving(
            folder / "data", TERTULIA_MODEL_SERVERS=f"fake={upstream.url}", TERTULIA_SHIELDS=str(shields)
        ) as server,
        ExitStack() as stack,
    ):
        numbers = HttpPlace(folder)
        stack.callback(numbers.kill)
        yield Running((server.url, numbers.uri), cache)


@pytest.mark.parametrize(("client", "check"), CHECKS)
def test_an_official_client_works_as_it_is(running: Running, client: str, check: str) -> None:
    try:
        results = running.results_of(client)
    except NoSuchPython as error:
        pytest.skip(f"{client}: {error}")
    assert results[check] == "ok", results[check]
