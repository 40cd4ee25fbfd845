"""Official Llama Stack clients, as they are, against a real server: each check of theirs is a test here."""

import json
import subprocess
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.server_process import serving
from tests.client.cutting_proxy import CuttingProxy
from tests.fakes.upstream import Upstream
from tests.llama_stack.client_environments import CLIENTS, NoSuchPython
from tests.llama_stack.directed_upstream import directed
from tests.llama_stack.loop_thread import entered

pytestmark = pytest.mark.slow

CUT_AFTER = 2_000
RUNNING = 240
"""Seconds that all checks of a client may take."""
CHECKS = [(client, check) for client in CLIENTS for check in CLIENTS[client].checks()]


class Running:
    """A server that clients are run against, each of them once and all of them at once: mostly they wait."""

    def __init__(self, urls: tuple[str, str], cache: Path, names: Iterable[str]) -> None:
        self._urls = urls
        self._cache = cache
        self._threads = ThreadPoolExecutor(len(CLIENTS))
        self._runs = {name: self._threads.submit(self._run, name) for name in names}

    def _run(self, name: str) -> dict[str, str]:
        command = CLIENTS[name].command(self._cache)
        run = subprocess.run([*command, *self._urls], capture_output=True, text=True, timeout=RUNNING, check=False)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout.splitlines()[-1])

    def results_of(self, name: str) -> dict[str, str]:
        """Return what the checks of a client came to. Raises NoSuchPython."""
        return self._runs[name].result()

    def close(self) -> None:
        """Wait for those that still run."""
        self._threads.shutdown()


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Running, None, None]:
    """A server whose signs of life come often, where only one turn may wait, before a model that does as it is told."""
    cache = request.config.cache.mkdir("llama-stack-clients")
    folder = tmp_path_factory.mktemp("server")
    settings = {"TERTULIA_HEARTBEAT": "0.1", "TERTULIA_MAX_QUEUED": "1"}
    names = {name: None for item in request.session.items if (name := client_of(item))}
    with (
        entered(Upstream(directed)) as upstream,
        serving(folder / "data", TERTULIA_MODEL_SERVERS=f"fake={upstream.url}", **settings) as server,
        entered(CuttingProxy(server.port).running()) as proxy,
    ):
        proxy.cuts = [CUT_AFTER] * 100
        with closing(Running((server.url, proxy.url), cache, names)) as clients:
            yield clients


def client_of(item: pytest.Item) -> str | None:
    """The client that a test of this file wants to be run."""
    if item.path != Path(__file__) or not isinstance(item, pytest.Function):
        return None
    name = item.callspec.params["client"]
    assert isinstance(name, str)
    return name


@pytest.mark.parametrize(("client", "check"), CHECKS)
def test_an_official_client_works_as_it_is(running: Running, client: str, check: str) -> None:
    try:
        results = running.results_of(client)
    except NoSuchPython as error:
        pytest.skip(f"{client}: {error}")
    assert results[check] == "ok", results[check]
