"""How servers are reached that do not come, that say no, or that are not what they seem; and programs of all kinds."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import ToolServerUnavailable
from tertulia.domain.toolgroups import McpEndpoint, McpServer
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.mcp.base import ConnectionFailed, Listing, McpConnection, NotBegun
from tertulia.tools.mcp.connection import connect
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.redaction import Redaction
from tertulia.tools.mcp.stderr import MOST_LINES, StandardError
from tests.fakes.upstream import Behaviour, Upstream, Wire, answers
from tests.tools.mcp.places import ROOT, Caller

SECRET = "canary-secret-4410"


@pytest.fixture(autouse=True)
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as lines:
        yield lines


def program(*command: str, **env: str) -> Caller:
    endpoint = McpEndpoint(command=command[0], args=[*command[1:]])
    return Caller(McpServer(toolgroup_id="prog", endpoint=endpoint, env=env))


def at(uri: str, **more: Any) -> Caller:
    return Caller(McpServer(toolgroup_id="far", endpoint=McpEndpoint(uri=uri), **more))


async def problem_of(caller: Caller) -> str:
    with pytest.raises(ToolServerUnavailable) as failed:
        await caller.link.listing()
    await caller.link.close()
    return failed.value.message


def test_a_start_waits_neither_for_the_sdk_nor_for_what_it_brings() -> None:
    program = (
        "import sys; from tertulia.asgi import create_app; from tertulia.settings.values import Settings\n"
        "create_app(Settings(database_url='sqlite:///:memory:', mcp_servers=['x=http://127.0.0.1:1/mcp']))\n"
        "print({'mcp', 'mcp_types', 'pydantic', 'httpx2', 'cryptography'} & {*sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert said.stdout == "set()\n"


# --- waiting for a server that does not come ---


async def test_the_longer_a_server_is_away_the_more_seldom_it_is_tried() -> None:
    tries: list[float] = []
    now = 0.0

    async def connect() -> McpConnection:
        tries.append(now)
        raise ConnectionFailed("Nobody is there.")

    link = McpLink("x", connect, now=lambda: now)
    for tenth in range(1000):
        now = tenth / 10
        with pytest.raises(ToolServerUnavailable, match="Nobody is there"):
            await link.listing()
    waits = [round(after - before, 1) for before, after in pairwise(tries)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


async def test_those_who_wait_for_the_same_connection_wait_together_and_may_leave() -> None:
    tries, gate = 0, asyncio.Event()

    async def connect() -> McpConnection:
        nonlocal tries
        tries += 1
        await gate.wait()
        raise ConnectionFailed("Nobody is there.")

    link = McpLink("x", connect)
    waiting = [asyncio.create_task(link.listing()) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [asyncio.CancelledError, *[ToolServerUnavailable] * 4]
    assert tries == 1


class Scripted:
    """A connection whose server has one tool, `pay`, and does with a call what a test wants."""

    def __init__(self, pay: Callable[[], Awaitable[ToolResult]]) -> None:
        self._pay = pay
        self.is_lost = False
        self.listing: Listing = {"pay": ToolDef(name="x__pay")}

    async def call(self, own_name: str, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return await self._pay()

    async def close(self) -> None:
        self.is_lost = True


async def pay(link: McpLink) -> ToolResult:
    async def output(text: str) -> None: ...

    context = ToolContext(owner="ana", session_id="s", turn_id="t", idempotency_key="k", output=output)
    return await link.call("pay", ToolDef(name="x__pay"), {}, context)


async def test_a_server_that_has_forgotten_a_connection_is_connected_to_once_for_all_calls_on_it() -> None:
    both_run, both_pay, first_pays = asyncio.Barrier(2), asyncio.Barrier(2), asyncio.Event()

    async def forgets() -> ToolResult:
        if await both_run.wait():
            await first_pays.wait()
        raise NotBegun

    async def pays() -> ToolResult:
        first_pays.set()
        await both_pay.wait()
        return ToolResult(content="paid")

    connections: list[Scripted] = []

    async def connect() -> McpConnection:
        connections.append(Scripted(pays if connections else forgets))
        return connections[-1]

    link = McpLink("x", connect)
    results = await asyncio.gather(pay(link), pay(link))
    assert [result.content for result in results] == ["paid", "paid"]
    assert len(connections) == 2


async def test_a_link_that_was_let_go_of_is_not_used_by_those_who_still_have_it() -> None:
    opened: list[Scripted] = []

    async def pays() -> ToolResult:
        return ToolResult(content="paid")

    async def connect() -> McpConnection:
        opened.append(Scripted(pays))
        return opened[-1]

    link = McpLink("x", connect)
    assert (await pay(link)).content == "paid"
    await link.close()
    refused = await pay(link)
    assert (refused.is_error, [each.is_lost for each in opened]) == (True, [True])
    assert "unregistered" in refused.content


async def test_who_waits_for_a_link_that_is_let_go_of_is_told_and_not_cancelled() -> None:
    begun = asyncio.Event()

    async def connect() -> McpConnection:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    link = McpLink("x", connect)
    waiting = asyncio.create_task(link.listing())
    await begun.wait()
    await link.close()
    with pytest.raises(ToolServerUnavailable, match="let go of"):
        await waiting


# --- programs ---


async def test_a_program_that_is_not_there_is_named() -> None:
    assert "no-such-program cannot be run: No such file" in await problem_of(program("no-such-program"))


async def test_what_a_program_says_when_it_ends_is_said_without_its_secrets(log: list[Any]) -> None:
    said = "import os, sys; sys.exit(f'The token {os.environ[\"TOKEN\"]} is wrong.')"
    problem = await problem_of(program(sys.executable, "-c", said, TOKEN=SECRET))
    assert "Its program said last: The token … is wrong." in problem
    assert SECRET not in json.dumps(log)
    assert [line["line"] for line in log if line["event"] == "mcp.stderr"] == ["The token … is wrong."]


async def test_no_more_of_what_a_program_says_is_logged_than_can_be_read(log: list[Any]) -> None:
    stderr = StandardError("x", Redaction([]))
    async with stderr.pipe() as file:
        program = [sys.executable, "-c", f"for n in range({MOST_LINES * 3}): print('line', n, 'x' * 2000)"]
        await (await asyncio.create_subprocess_exec(*program, stdout=file)).wait()
    lines = [line for line in log if line["event"] == "mcp.stderr"]
    assert len(lines) == MOST_LINES
    assert max(len(line["line"]) for line in lines) == 500
    assert [line["event"] for line in log].count("mcp.stderr_quiet") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems leave it to the program to notice")
@pytest.mark.slow
async def test_a_program_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stubborn = (
        f"import os, time; open({str(note) + '.new'!r}, 'w').write(str(os.getpid()));"
        f"os.rename({str(note) + '.new'!r}, {str(note)!r}); time.sleep(600)"
    )
    ours = (
        "import asyncio, sys\n"
        "from tests.tools.mcp.test_link import program\n"
        f"asyncio.run(program(sys.executable, '-c', {stubborn!r}).link.listing())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", ours, cwd=ROOT)
    async with asyncio.timeout(60):
        while not note.exists():
            assert parent.returncode is None
            await asyncio.sleep(0.02)
    child = int(note.read_text())
    parent.kill()
    await parent.wait()
    try:
        async with asyncio.timeout(60):
            while is_alive(child):  # noqa: ASYNC110 - not a child of ours
                await asyncio.sleep(0.02)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has asked about (a zombie) does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
async def test_a_server_that_others_wrote_is_used_as_it_is() -> None:
    caller = program(sys.executable, "-m", "mcp_server_time", "--local-timezone", "UTC")
    listing = await caller.link.listing()
    assert [listing[name].name for name in listing] == ["prog__get_current_time", "prog__convert_time"]
    told = await caller.call(
        "convert_time", source_timezone="Europe/Lisbon", time="12:00", target_timezone="Asia/Tokyo"
    )
    assert json.loads(told.content)["source"]["timezone"] == "Europe/Lisbon"
    assert (await caller.call("get_current_time", timezone="Nowhere/Land")).is_error
    await caller.link.close()


# --- HTTP ---


async def test_a_server_that_wants_other_credentials_says_so_without_telling_them() -> None:
    denies = answers(401, {"error": f"Incorrect token: {SECRET}"})
    async with Upstream(denies) as upstream:
        problem = await problem_of(at(f"{upstream.url}/mcp", authorization=SECRET))
        assert all(request.headers["authorization"] == f"Bearer {SECRET}" for request in upstream.requests)
    assert "It answered 401: its authorization is missing or wrong." in problem
    assert SECRET not in problem


async def test_where_nobody_listens_that_is_said() -> None:
    async with Upstream(answers(404, {})) as upstream:
        url = upstream.url
    assert "cannot be used" in await problem_of(at(f"{url}/mcp"))


async def test_what_does_not_speak_the_protocol_is_not_taken_for_a_server() -> None:
    async with Upstream(answers(200, {"hello": "world"})) as upstream:
        assert "cannot be used" in await problem_of(at(upstream.url))


def speaks(call: Behaviour, tools: list[dict[str, Any]]) -> Behaviour:
    """Speak as servers did before 2026, with a session; what becomes of a call is said by `call`."""
    info = {"name": "bank", "version": "1"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
    results = {"initialize": hello, "tools/list": {"tools": tools}}

    async def serve(wire: Wire) -> None:
        if wire.request.method != "POST":  # for the rest of an answer that broke off, and for what else it might say
            await answers(404 if "last-event-id" in wire.request.headers else 405)(wire)
            return
        asked = wire.request.json
        match asked["method"]:
            case "tools/call":
                await call(wire)
            case "server/discover":
                await answers(400)(wire)
            case method if method in results:
                answer = {"jsonrpc": "2.0", "id": asked["id"], "result": results[method]}
                await answers(200, answer, {"Mcp-Session-Id": "s1"})(wire)
            case _:
                await answers(202)(wire)

    return serve


async def test_a_call_whose_answer_broke_off_is_not_made_again_when_its_session_is_gone() -> None:
    calls = 0

    async def begin(wire: Wire) -> None:
        nonlocal calls
        calls += 1
        await wire.head(200)
        await wire.send(b"id: 1\nretry: 1\ndata: \n\n")
        await wire.end()

    async with Upstream(speaks(begin, [{"name": "pay", "inputSchema": {"type": "object"}}])) as upstream:
        caller = at(upstream.url)
        result = await caller.call("pay")
        await caller.link.close()
    assert (calls, result.is_error) == (1, True)
    assert "nobody knows whether it had its effect" in result.content


async def test_of_a_server_that_says_endlessly_much_of_its_tools_some_are_left_out(log: list[Any]) -> None:
    tools = [{"name": f"tool{n}", "description": "x" * 50_000, "inputSchema": {"type": "object"}} for n in range(40)]
    async with Upstream(speaks(answers(500), tools)) as upstream:
        caller = at(upstream.url)
        listing = await caller.link.listing()
        await caller.link.close()
    assert 0 < len(listing) < 40
    assert sum(len(tool.description) for tool in listing.values()) <= 1_000_000
    assert len([line for line in log if line["event"] == "mcp.tool_left_out"]) == 40 - len(listing)


async def test_a_server_that_does_not_tell_that_its_tools_have_changed_is_asked_now_and_then() -> None:
    tools = [{"name": "pay", "description": "Pay.", "inputSchema": {"type": "object"}}]
    async with Upstream(speaks(answers(500), tools)) as upstream:
        server = McpServer(toolgroup_id="far", endpoint=McpEndpoint(uri=upstream.url))
        connection = await connect(server, None, read_again=0.01)
        tools[0]["description"] = "Pay twice."
        async with asyncio.timeout(60):
            while connection.listing["pay"].description != "Pay twice.":  # noqa: ASYNC110 - nobody tells, that is it
                await asyncio.sleep(0.01)
        await connection.close()
