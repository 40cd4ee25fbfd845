"""`tertulia chat` as a process, with a real server: answers, sessions, Ctrl+C, cut connections, and sentences."""

import asyncio
import os
import pty
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tertulia.domain.turns import Turn
from tests.cli.server_process import ServerProcess, environment, serving
from tests.client.cutting_proxy import CuttingProxy

pytestmark = pytest.mark.slow

ENDS = 60
"""Seconds after which a test gives up on a process."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("chat") / "data") as process:
        yield process


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.url) as one:
        yield one


@pytest.fixture
async def agent_id(client: AsyncClient) -> str:
    """An agent of the test's own, so that its sessions are."""
    return (await client.create_agent(AgentConfig(model="demo/script", toolgroups=["builtin::clock"]))).agent_id


async def start(url: str, *words: str, stdin: int = asyncio.subprocess.DEVNULL) -> Process:
    command = ("-m", "tertulia.cli", "chat", "--url", url, *words)
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=stdin, stdout=PIPE, stderr=PIPE, env=environment()
    )


async def end_of(process: Process, words: bytes | None = None) -> tuple[int, str, str]:
    """Wait for a process; return its exit code, stdout and stderr."""
    out, err = await asyncio.wait_for(process.communicate(words), ENDS)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def chat(url: str, *words: str) -> tuple[int, str, str]:
    return await end_of(await start(url, *words))


@asynccontextmanager
async def terminal(url: str, *words: str) -> AsyncIterator[tuple[Process, int]]:
    """A chat that has a terminal to read from: the process, and where a person types."""
    keyboard, tty = pty.openpty()
    process = await start(url, *words, stdin=tty)
    os.close(tty)
    try:
        yield process, keyboard
    finally:
        os.close(keyboard)
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def read_until(process: Process, words: bytes) -> bytes:
    assert process.stdout is not None
    return await asyncio.wait_for(process.stdout.readuntil(words), ENDS)


def wait_until_it_reads(process: Process) -> None:
    """Wait until a process that has printed its prompt waits for a line: a signal before that comes too early."""
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.01)


async def turns_of(client: AsyncClient, agent_id: str) -> list[Turn]:
    """The turns of the agent's one session."""
    (session,) = (await client.list_sessions(agent_id)).sessions
    return (await client.list_turns(agent_id, session.session_id)).turns


async def test_a_message_is_answered_on_stdout_and_nothing_else_is_there(client: AsyncClient, agent_id: str) -> None:
    code, out, err = await chat(client.base_url, "--agent", agent_id, "Good morning")
    (turn,) = await turns_of(client, agent_id)
    assert (code, out.rstrip("\n")) == (0, turn.output_message.content.rstrip("\n"))
    assert "demo/script" in err
    assert f"To come back: tertulia chat --url {client.base_url} --session {turn.session_id}" in err


async def test_words_from_a_pipe_are_a_message(client: AsyncClient, agent_id: str) -> None:
    process = await start(client.base_url, "--agent", agent_id, stdin=PIPE)
    code, out, _ = await end_of(process, b"Good evening\n")
    (turn,) = await turns_of(client, agent_id)
    assert (code, out.rstrip("\n")) == (0, turn.output_message.content.rstrip("\n"))
    assert turn.input_messages[0].content == "Good evening"


async def test_without_an_agent_the_default_one_answers(client: AsyncClient) -> None:
    code, out, _ = await chat(client.base_url, "Hello")
    assert code == 0
    assert "no AI" in out


async def test_it_goes_on_with_the_newest_session_or_with_a_named_one(client: AsyncClient, agent_id: str) -> None:
    assert (await chat(client.base_url, "--agent", agent_id, "--continue", "One"))[0] == 0
    assert (await chat(client.base_url, "--agent", agent_id, "--continue", "Two"))[0] == 0
    (session,) = (await client.list_sessions(agent_id)).sessions
    assert (await chat(client.base_url, "--session", session.session_id, "Three"))[0] == 0
    assert [turn.input_messages[0].content for turn in await turns_of(client, agent_id)] == ["One", "Two", "Three"]


async def test_tool_calls_are_shown_beside_the_answer(client: AsyncClient) -> None:
    code, out, err = await chat(client.base_url, "time")
    assert code == 0
    assert "→ clock {" in err
    assert "← " in err
    assert "→" not in out


async def test_a_turn_that_fails_is_exit_code_1_and_says_why(client: AsyncClient, agent_id: str) -> None:
    code, out, err = await chat(client.base_url, "--agent", agent_id, "error")
    assert (code, "The turn failed: " in err) == (1, True)
    (turn,) = await turns_of(client, agent_id)
    assert turn.error is not None
    assert turn.error.code in err
    assert out.rstrip("\n") == turn.output_message.content.rstrip("\n")


async def test_ctrl_c_stops_the_turn_and_keeps_what_came(client: AsyncClient, agent_id: str) -> None:
    process = await start(client.base_url, "--agent", agent_id, "long")
    begin = await read_until(process, b" ")
    process.send_signal(signal.SIGINT)
    code, out, err = await end_of(process)
    (turn,) = await turns_of(client, agent_id)
    assert (code, turn.status) == (130, "cancelled")
    assert "(stopped)" in err
    assert (begin.decode() + out).rstrip() == turn.output_message.content.rstrip()


async def test_a_second_ctrl_c_leaves_at_once(server: ServerProcess, client: AsyncClient, agent_id: str) -> None:
    process = await start(client.base_url, "--agent", agent_id, "long")
    await read_until(process, b" ")
    server.process.send_signal(signal.SIGSTOP)  # nobody answers the first one
    try:
        process.send_signal(signal.SIGINT)
        waiting = asyncio.create_task(end_of(process))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        process.send_signal(signal.SIGINT)
        code, _, err = await waiting
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert code == 130
    assert "To come back: " in err
    assert "Traceback" not in err


async def test_a_connection_that_breaks_is_not_noticed(
    server: ServerProcess, client: AsyncClient, agent_id: str
) -> None:
    async with CuttingProxy(server.port).running() as proxy:
        proxy.cuts = [10_000, 5_000, 900, 3_000]  # the first connection only asks who is there
        code, out, _ = await chat(proxy.url, "--agent", agent_id, "markdown")
    assert proxy.cuts == []
    (turn,) = await turns_of(client, agent_id)
    assert (code, out.rstrip("\n")) == (0, turn.output_message.content.rstrip("\n"))


async def test_in_a_terminal_it_asks_for_one_message_after_the_other(client: AsyncClient, agent_id: str) -> None:
    async with terminal(client.base_url, "--agent", agent_id) as (process, keyboard):
        await read_until(process, b"you> ")
        os.write(keyboard, b"Good morning\n")
        await read_until(process, b"you> ")
        os.write(keyboard, b"\n")
        await read_until(process, b"you> ")
        os.write(keyboard, b"long\n")
        await read_until(process, b" ")
        process.send_signal(signal.SIGINT)
        await read_until(process, b"you> ")
        os.write(keyboard, b"Good night\n")
        await read_until(process, b"you> ")
        os.write(keyboard, b"\x04")
        code, _, err = await end_of(process)
    assert (code, "To come back: " in err) == (0, True)
    assert [(turn.input_messages[0].content, turn.status) for turn in await turns_of(client, agent_id)] == [
        ("Good morning", "completed"),
        ("long", "cancelled"),
        ("Good night", "completed"),
    ]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells what a process waits for")
async def test_leaving_before_the_first_message_leaves_no_session(client: AsyncClient, agent_id: str) -> None:
    async with terminal(client.base_url, "--agent", agent_id) as (process, _):
        await read_until(process, b"you> ")
        wait_until_it_reads(process)
        process.send_signal(signal.SIGINT)
        assert (await end_of(process))[0] == 0
    assert (await client.list_sessions(agent_id)).sessions == []


async def test_coming_back_shows_the_last_turn_also_one_that_still_runs(client: AsyncClient, agent_id: str) -> None:
    session = await client.create_session(agent_id, session_name="Plans for Lisbon")
    turn = await client.start_turn(agent_id, session.session_id, "long")
    async with terminal(client.base_url, "--session", session.session_id) as (process, keyboard):
        await read_until(process, b"you> long\n")
        begin = await read_until(process, b" ")
        await client.cancel_turn(agent_id, session.session_id, turn.turn_id)
        rest = await read_until(process, b"you> ")
        os.write(keyboard, b"\x04")
        _, _, err = await end_of(process)
    shown = (begin + rest).decode().removesuffix("you> ")
    (turn,) = await turns_of(client, agent_id)
    assert shown.rstrip() == turn.output_message.content.rstrip()
    assert "Plans for Lisbon" in err


async def test_what_the_server_refuses_is_said_and_the_talk_goes_on(client: AsyncClient, agent_id: str) -> None:
    session = await client.create_session(agent_id)
    async with terminal(client.base_url, "--session", session.session_id) as (process, keyboard):
        await read_until(process, b"you> ")
        await client.delete_session(agent_id, session.session_id)
        os.write(keyboard, b"Hello\n")
        await read_until(process, b"you> ")
        os.write(keyboard, b"\x04")
        code, _, err = await end_of(process)
    assert code == 0
    assert "There is no session with this id" in err


async def test_without_a_server_it_says_how_to_start_one() -> None:
    code, out, err = await chat("127.0.0.1:9", "Hello")
    assert (code, out) == (1, "")
    assert err.startswith("No Tertulia server answers at http://127.0.0.1:9. Start one with `tertulia serve`, or name")


async def test_another_program_at_the_address_is_told_apart() -> None:
    async def welcome(_: web.Request) -> web.Response:
        return web.Response(text="<h1>Welcome to my router</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", welcome)
    async with TestServer(app) as router:
        code, _, err = await chat(str(router.make_url("")), "Hello")
    assert (code, "it is no Tertulia server" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "exit_code", "sentence"),
    [
        (["--session", "no-such-session", "Hi"], 1, "There is no session no-such-session here"),
        (
            ["--agent", "no-such-agent", "Hi"],
            1,
            "There is no agent called no-such-agent, and none with this id. There are: Assistant.",
        ),
        (["--session", "s", "--continue", "Hi"], 2, "give one of them"),
        ([], 2, "There is no message"),
    ],
)
async def test_what_cannot_be_done_is_a_sentence(
    client: AsyncClient, words: list[str], exit_code: int, sentence: str
) -> None:
    code, out, err = await chat(client.base_url, *words)
    assert (code, out) == (exit_code, "")
    assert sentence in err
    assert "Traceback" not in err


async def test_the_server_can_be_named_by_a_variable_of_serve(server: ServerProcess, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tertulia.cli", "chat", "Hello"),
        stdout=PIPE,
        stderr=PIPE,
        env=environment(TERTULIA_PORT=str(server.port)),
    )
    code, _, err = await end_of(process)
    assert code == 0
    assert "To come back: tertulia chat --session" in err
