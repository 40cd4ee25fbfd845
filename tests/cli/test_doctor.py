"""`tertulia doctor`: it finds what is there, says what to do, changes nothing, and keeps secrets."""

import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tertulia.cli.listening import listen
from tertulia.cli.model_findings import find_models
from tertulia.settings.shown import Secret
from tertulia.settings.values import Settings
from tests.cli.server_process import environment, serving

CANARY = "sk-canary-5520"


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with listen("127.0.0.1", 0) as listener:
        return listener.getsockname()[1]


def doctor(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tertulia.cli", "doctor", "--no-discover", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment(**environ))


def findings_of(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """The findings by their matter; of several, the last."""
    return {finding["matter"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_on_a_fresh_machine_the_server_can_start_and_nothing_is_made(tmp_path: Path, port: int) -> None:
    done = doctor("--data-dir", f"{tmp_path}/data", "--port", str(port))
    assert done.returncode == 0
    assert "`tertulia serve` can start." in done.stdout
    assert f"{tmp_path}/data (will be made)" in done.stdout
    assert "a script and no AI" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_same_is_told_as_json(tmp_path: Path, port: int) -> None:
    done = doctor("--json", "--data-dir", str(tmp_path), "--port", str(port))
    assert json.loads(done.stdout)["can_serve"] is True
    assert {"python", "page", "data directory", "database", "address", "models", "variables"} == set(findings_of(done))


def test_a_port_that_is_taken_is_a_problem(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.settimeout(0)
        done = doctor("--json", "--data-dir", str(tmp_path), "--port", str(port))
    finding = findings_of(done)["address"]
    assert (done.returncode, finding["level"]) == (1, "problem")
    assert f"Port {port} of 127.0.0.1 is in use" in finding["text"]


def test_an_address_that_others_can_reach_is_a_problem_where_nobody_signs_in(tmp_path: Path, port: int) -> None:
    done = doctor(
        "--json", "--data-dir", str(tmp_path), "--port", str(port), TERTULIA_HOST="0.0.0.0", TERTULIA_AUTH="none"
    )
    assert (done.returncode, findings_of(done)["address"]["level"]) == (1, "problem")


def test_a_data_directory_that_is_a_file_is_a_problem(tmp_path: Path, port: int) -> None:
    (tmp_path / "data").touch()
    done = doctor("--json", "--data-dir", f"{tmp_path}/data/deep", "--port", str(port))
    assert (done.returncode, findings_of(done)["data directory"]["level"]) == (1, "problem")


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["CREATE TABLE recipes (id)"], "was not made by Tertulia"),
        (
            ["CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('9999')"],
            "schema version 9999",
        ),
    ],
)
def test_a_database_that_is_not_for_this_version_is_a_problem(
    tmp_path: Path, port: int, statements: list[str], says: str
) -> None:
    with sqlite3.connect(tmp_path / "tertulia.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    done = doctor("--json", "--data-dir", str(tmp_path), "--port", str(port))
    finding = findings_of(done)["database"]
    assert (done.returncode, finding["level"]) == (1, "problem")
    assert says in finding["text"]


def test_a_database_that_is_damaged_is_a_problem(tmp_path: Path, port: int) -> None:
    (tmp_path / "tertulia.db").write_bytes(b"this is no database at all, but long enough to be read as one" * 99)
    done = doctor("--json", "--data-dir", str(tmp_path), "--port", str(port))
    assert (done.returncode, findings_of(done)["database"]["level"]) == (1, "problem")


@pytest.mark.slow
def test_a_server_that_runs_is_found_with_its_database(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        during = doctor("--json", "--data-dir", f"{tmp_path}/data", "--port", str(server.port))
    after = doctor("--json", "--data-dir", f"{tmp_path}/data", "--port", str(server.port))
    assert (during.returncode, after.returncode) == (0, 0)
    assert f"runs at {server.url}" in findings_of(during)["address"]["text"]
    assert "in use by a running Tertulia" in findings_of(during)["database"]["text"]
    assert "is free" in findings_of(after)["address"]["text"]
    assert "in use" not in findings_of(after)["database"]["text"]
    assert "schema version" in findings_of(after)["database"]["text"]


def test_a_setting_that_is_wrong_is_a_problem_in_a_sentence() -> None:
    done = doctor(TERTULIA_PORT="many")
    assert done.returncode == 1
    assert 'TERTULIA_PORT is "many", but it takes a whole number' in done.stdout


def test_variables_are_shown_without_their_secrets(tmp_path: Path, port: int) -> None:
    done = doctor(
        "--port",
        str(port),
        TERTULIA_DATA_DIR=str(tmp_path),
        TERTULIA_LOG_LEVEL="debug",
        TERTULIA_PROT="1",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
        OPENAI_API_KEY=CANARY,
    )
    assert "TERTULIA_LOG_LEVEL=debug" in done.stdout
    assert "OPENAI_API_KEY=set, not shown" in done.stdout
    assert "Nothing reads TERTULIA_PROT" in done.stdout
    assert CANARY not in done.stdout + done.stderr


async def test_a_model_server_is_told_with_its_models() -> None:
    async def models(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {CANARY}"
        return web.json_response({"data": [{"id": f"m{number}", "object": "model"} for number in range(5)]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        url = str(server.make_url("/v1"))
        (found,) = await find_models(Settings(openai_base_url=url, openai_api_key=Secret(CANARY), discover=False))
    assert (found.level, found.text) == ("ok", f"openai at {url} has 5 models: m0, m1, m2, and 2 more")


async def test_a_model_server_that_is_silent_is_a_note() -> None:
    (found,) = await find_models(Settings(model_servers=["gpu=http://127.0.0.1:9/v1"], discover=False))
    assert found.level == "note"
    assert "gpu cannot be reached" in found.text


async def test_a_model_server_that_cannot_be_named_is_a_problem() -> None:
    (found,) = await find_models(Settings(model_servers=["http://me:pass@a/v1"], discover=False))
    assert found.level == "problem"
    assert "pass" not in found.text.replace("password", "")
