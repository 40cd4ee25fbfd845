"""S7: without accounts nobody but this machine is served, however the server is started."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tertulia import asgi
from tertulia.domain.errors import StartupError
from tests.cli.server_process import environment
from tests.server.conftest import OpenSite
from tests.server.site import Site


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "10.0.0.1", "example.com", "0", ""])
def test_an_address_that_others_can_reach_does_not_start(tmp_path: Path, host: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tertulia.cli",
            "serve",
            "--host",
            host,
            "--port",
            "0",
            "--data-dir",
            str(tmp_path / "d"),
        ],
        env=environment(TERTULIA_AUTH="none"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "can be reached from other machines" in done.stderr
    assert not (tmp_path / "d").exists()


def test_nor_does_it_under_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_HOST", "0.0.0.0")
    monkeypatch.setenv("TERTULIA_AUTH", "none")
    with pytest.raises(StartupError, match="can be reached from other machines"):
        asgi.app()


async def test_with_accounts_others_are_served_by_the_address_they_have_asked_for(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    for host, status in (("192.168.1.2:8321", 401), ("192.168.1.3", 403), ("evil.example", 403), ("localhost", 401)):
        assert await status_at(site, "192.168.1.2", host) == status


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.5", 200),
        ("::1", 200),
        ("192.168.1.2", 403),
        ("0.0.0.0", 403),
        ("fe80::1", 403),
        ("::ffff:192.168.1.2", 403),
        ("8.8.8.8", 403),
        ("/run/tertulia.sock", 200),
        (None, 200),
    ],
)
async def test_a_connection_from_elsewhere_is_refused_whatever_another_server_was_told(
    site: Site, address: str | None, status: int
) -> None:
    """`uvicorn --factory tertulia.asgi:app --host 0.0.0.0` listens where we would not."""
    assert await status_at(site, address, "localhost") == status


async def status_at(site: Site, address: str | None, host: str) -> int:
    """Ask as a connection does that came in at an address."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/v1/agents",
        "raw_path": b"/v1/agents",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "scheme": "http",
        "server": address and (address, 8321),
        "client": ("127.0.0.1", 5),
        "root_path": "",
    }
    await site.app(scope, receive, send)
    return sent[0]["status"]


def test_started_by_another_server_it_logs_as_it_does_by_itself(tmp_path: Path) -> None:
    """Otherwise tracebacks would show the values of variables: what people wrote, and keys."""
    program = "from tertulia.asgi import app; import structlog; app(); structlog.get_logger().info('hello', n=1)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(TERTULIA_DATA_DIR=str(tmp_path), PYTHONPATH=os.environ.get("PYTHONPATH", "")),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == ""
    assert '"event":"hello"' in done.stderr
