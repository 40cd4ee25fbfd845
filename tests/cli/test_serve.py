"""`tertulia serve` as a process: one line when it is ready, sentences when it cannot start, a clean end."""

import asyncio
import json
import os
import select
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tertulia.cli.listening import listen
from tertulia.cli.serve import in_words
from tertulia.client import AsyncClient, Patience
from tertulia.domain.events import TurnCompleted, TurnStarted
from tertulia.domain.models import ModelInfo, ModelList, ServerStatus
from tests.cli.server_process import launched, serving

pytestmark = pytest.mark.slow


def failing(data_dir: Path, *options: str, **variables: str) -> tuple[int, str, str]:
    """Start a server that cannot start; return its exit code, stdout and stderr."""
    with launched(data_dir, *options, **variables) as process:
        out, _ = process.communicate(timeout=60)
    return process.returncode, out, data_dir.with_suffix(".log").read_text()


async def test_when_it_says_that_it_is_ready_it_answers(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        assert server.models == "demo/script (a script, no AI)"
        async with AsyncClient(server.url) as client:
            config = await client.get_config()
    assert server.line.startswith(f"Tertulia {config.version} is ready at http://127.0.0.1:")


NOT_AT_A_START = frozenset(
    {
        "alembic",
        "anyio._backends._asyncio",
        "mcp",
        "obstore",
        "psycopg",
        "pydantic",
        "regex",
        "rich.console",
        "tertulia.extract.worker",
        "tertulia.server.llama_stack.app",
    }
)
"""Modules that take long to import, and that a server needs later or never."""


async def test_a_start_imports_nothing_that_it_can_do_without(tmp_path: Path) -> None:
    with serving(tmp_path / "data", PYTHONPROFILEIMPORTTIME="1") as server:
        imported = {line.rpartition("|")[2].strip() for line in server.log.splitlines() if "import time:" in line}
        assert "tertulia.asgi" in imported
        assert not imported & NOT_AT_A_START
        async with ClientSession() as session:
            asked = {"x-dialect": "llama_stack"}
            for _ in range(2):
                async with session.get(f"{server.url}/v1/agents", headers=asked) as answer:
                    assert answer.status == 200
        assert server.log.count(" tertulia.server.llama_stack.app\n") == 1


TOOLS = '''
def plus(one: int, other: int) -> int:
    """Add two numbers."""
    return one + other
'''


async def test_functions_of_the_current_directory_are_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sums.py").write_text(TOOLS)
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path / "data", "--tools", "sums:plus") as server:
        async with AsyncClient(server.url) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools["plus"].toolgroup == "functions::plus"
    assert {"calculator", "clock", "search_sessions"} < set(tools)
    assert "web_fetch" not in tools
    code, out, log = failing(tmp_path / "other", "--tools", "sums:minus")
    assert (code, out) == (1, "")
    assert '"sums:minus" of --tools (TERTULIA_TOOLS) cannot be loaded: AttributeError' in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_silently(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "data") as server:
        assert server.end(number) == (0, "")
    assert "Traceback" not in server.log


def test_a_signal_in_the_middle_of_the_start_ends_it_cleanly_too(tmp_path: Path) -> None:
    with launched(tmp_path / "data", "--port", "0") as process:
        # The lock on the database is taken in the middle of the start.
        while not (tmp_path / "data/tertulia.db.lock").exists():
            assert process.poll() is None
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in (tmp_path / "data.log").read_text()


async def test_a_turn_that_runs_may_end_before_the_server_does(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        async with AsyncClient(server.url) as client:
            agent_id = (await client.get_config()).default_agent_id
            assert agent_id is not None
            session = await client.create_session(agent_id)
            events = client.stream_turn(agent_id, session.session_id, "Hello there")
            seen = [await anext(events), await anext(events)]
            assert isinstance(seen[-1].event, TurnStarted)
            server.process.terminate()
            seen += [event async for event in events]
        assert isinstance(seen[-1].event, TurnCompleted)
        assert server.process.wait(20) == 0


async def test_what_is_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        async with AsyncClient(server.url) as client:
            before = await client.list_agents()
        server.end(signal.SIGTERM)
    with serving(tmp_path / "data") as server:
        async with AsyncClient(server.url) as client:
            assert (await client.list_agents()) == before
    assert len(before.agents) == 1


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        code, out, err = failing(tmp_path / "other", "--port", str(server.port))
    assert (code, out) == (1, "")
    assert f"Port {server.port} of 127.0.0.1 is in use" in err
    assert "Traceback" not in err


def test_a_second_server_on_one_data_directory_is_a_sentence(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        with launched(tmp_path / "data", "--port", "0") as second:
            out, _ = second.communicate(timeout=60)
        err = (tmp_path / "data.log").read_text()
    assert (second.returncode, out) == (1, "")
    assert "Another Tertulia" in err
    assert "Traceback" not in err
    assert "Application startup failed" not in err


@pytest.mark.parametrize(
    ("options", "variables", "sentence"),
    [
        (["--host", "0.0.0.0"], {"TERTULIA_AUTH": "none"}, "can be reached from other machines"),
        (["--port", "many"], {}, '--port is "many", but it takes a whole number'),
        ([], {"TERTULIA_PORT": "many"}, 'TERTULIA_PORT is "many", but it takes a whole number'),
        (["--model-server", "http://me:pw-canary@a/v1"], {}, "leave them out"),
        (["--database-url", "sqlite:////proc/nowhere/x.db"], {}, "/proc/nowhere"),
    ],
)
def test_what_keeps_it_from_starting_is_a_sentence(
    tmp_path: Path, options: list[str], variables: dict[str, str], sentence: str
) -> None:
    code, out, err = failing(tmp_path / "data", *options, **variables)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err
    assert "canary" not in err


def test_options_go_before_variables(tmp_path: Path) -> None:
    with serving(tmp_path / "data", TERTULIA_PORT="1", TERTULIA_DATA_DIR=str(tmp_path / "unused")) as server:
        assert server.port > 1
    assert (tmp_path / "data/tertulia.db").exists()
    assert not (tmp_path / "unused").exists()


async def test_it_serves_also_when_nobody_reads_what_it_prints(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
    with launched(tmp_path / "data", "--port", str(port)) as process:
        assert process.stdout is not None
        process.stdout.close()
        async with AsyncClient(f"http://127.0.0.1:{port}", patience=Patience(attempts=250, longest_wait=0.2)) as client:
            assert (await client.get_config()).default_agent_id
        process.terminate()
        assert process.wait(20) == 0


def test_the_page_is_opened_in_the_browser_when_that_is_asked_for(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    os.mkfifo(opened)
    said = os.open(opened, os.O_RDONLY | os.O_NONBLOCK)
    with serving(tmp_path / "data", "--open", BROWSER=str(browser)) as server:
        select.select([said], [], [], 20)
        assert os.read(said, 100).decode().strip() == server.url
    os.close(said)


def test_a_misspelt_variable_is_warned_of(tmp_path: Path) -> None:
    with serving(tmp_path / "data", TERTULIA_PROT="1") as server:
        assert "TERTULIA_PROT" in server.log


def test_log_lines_are_json_where_there_is_no_terminal(tmp_path: Path) -> None:
    with serving(tmp_path / "data", TERTULIA_PROT="1") as server:
        server.end(signal.SIGTERM)
        lines = [json.loads(line) for line in server.log.splitlines()]
    assert {"timestamp", "level", "event"} <= set.intersection(*(set(line) for line in lines))


async def test_the_key_of_a_model_server_is_nowhere_in_what_it_prints(tmp_path: Path) -> None:
    key = "sk-canary-8842"
    asked: list[str] = []

    async def models(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        return web.json_response({"data": [{"id": "m1", "object": "model"}]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as upstream:
        url = str(upstream.make_url("/v1"))
        variables = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, "TERTULIA_LOG_LEVEL": "debug"}
        with launched(tmp_path / "data", "--port", "0", **variables) as process:
            assert process.stdout is not None
            line = await asyncio.to_thread(process.stdout.readline)
            process.terminate()
    assert line.endswith("models: openai/m1\n")
    assert asked[0] == f"Bearer {key}"
    assert key not in (tmp_path / "data.log").read_text()


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (ModelList(models=[], servers=[]), "none; connect some with --model-server URL"),
        (
            ModelList(models=[ModelInfo(id="demo/script", server="demo", name="script", is_demo=True)], servers=[]),
            "demo/script (a script, no AI)",
        ),
        (
            ModelList(models=[ModelInfo(id=f"o/m{n}", server="o", name=f"m{n}") for n in range(5)], servers=[]),
            "o/m0, o/m1, o/m2 and 2 more",
        ),
        (
            ModelList(
                models=[ModelInfo(id="o/m", server="o", name="m")],
                servers=[ServerStatus(name="gpu", url="http://gpu", status="unreachable")],
            ),
            "o/m; no answer from gpu",
        ),
    ],
)
def test_the_ready_line_says_what_can_be_talked_with(models: ModelList, words: str) -> None:
    assert in_words(models) == words
