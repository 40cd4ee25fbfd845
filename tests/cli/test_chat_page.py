"""`tertulia chat` as a process in a whole terminal: the page comes, answers, and leaves the terminal as it was."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tertulia.client import AsyncClient
from tertulia.models.scripted import Reply
from tests.cli.server_process import environment
from tests.cli.test_chat import end_of, start
from tests.server.live import LiveSite, serve_live

pytestmark = pytest.mark.slow

ENDS = 60
"""Seconds after which a test gives up on a process."""
HOSTILE = "all \x1b]0;owned\x07 \x1b[31mred \x9b2J &#27;[5n well"


class Screen:
    """The terminal of a process: its keyboard, and every byte that came to it."""

    def __init__(self, process: Process, side: int) -> None:
        self.process = process
        self.came = b""
        self._side = side
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(side, self._read)

    def types(self, keys: bytes) -> None:
        os.write(self._side, keys)

    async def sees(self, words: bytes) -> None:
        """Wait until these bytes have come."""
        async with asyncio.timeout(ENDS):
            while words not in self.came:
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._side)
        os.close(self._side)

    def _read(self) -> None:
        try:
            self.came += os.read(self._side, 65536)
        except OSError:  # the process has left its terminal
            asyncio.get_running_loop().remove_reader(self._side)
        self._news.set()


@asynccontextmanager
async def screen(*words: str, **variables: str) -> AsyncIterator[Screen]:
    """`tertulia chat` in a terminal of its own."""
    side, tty = pty.openpty()
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tertulia.cli", "chat", *words),
        stdin=tty,
        stdout=tty,
        stderr=tty,
        env=environment(**{"TERM": "xterm-256color"} | variables),
        start_new_session=True,
    )
    os.close(tty)
    one = Screen(process, side)
    try:
        yield one
    finally:
        one.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def site_with(live: LiveSite, name: str) -> str:
    await live.site.new_agent(name=name)
    return f"http://127.0.0.1:{live.port}"


async def test_the_page_answers_and_no_byte_of_a_model_steers_the_terminal() -> None:
    async with serve_live(Reply(HOSTILE), tools=[]) as live:
        url = await site_with(live, "Guide")
        async with screen("--url", url, "--agent", "guide") as one:
            await one.sees(b"Say something")
            one.types(b"Hello\r")
            await one.sees(b"well")
            one.types("Ω".encode())
            await one.sees("Ω".encode())
            one.types(b"\x11")
            async with asyncio.timeout(ENDS):
                code = await one.process.wait()
            await one.sees(b"To come back: tertulia chat")
    assert code == 0
    assert "Ω".encode() in one.came.partition(b"Not sent:")[2], "nothing that was written is lost"
    for command in (b"\x1b]0;", b"owned\x07", b"\x1b[31mred", b"\x9b2J", b"\x1b[5n", b"\xc2\x9b"):
        assert command not in one.came
    assert b"\x1b[?1049l" in one.came, "the terminal's own screen is back"


@pytest.mark.parametrize("how", ["--plain", "TERM=dumb"])
async def test_without_a_page_it_asks_line_by_line(how: str) -> None:
    async with serve_live(Reply("Good morning."), tools=[]) as live:
        url = await site_with(live, "Guide")
        words = ("--plain",) if how == "--plain" else ()
        terminal = {} if how == "--plain" else {"TERM": "dumb"}
        async with screen("--url", url, "--agent", "Guide", *words, **terminal) as one:
            await one.sees(b"you> ")
            one.types(b"Hello\n")
            await one.sees(b"Good morning.")
            assert b"\x1b[?1049h" not in one.came


async def test_an_agent_is_found_by_its_name_and_two_of_a_name_are_told_apart() -> None:
    async with serve_live(Reply("Good morning."), tools=[]) as live:
        url = await site_with(live, "Guide")
        code, out, _ = await end_of(await start(url, "--agent", "guide", "Hello"))
        assert (code, out) == (0, "Good morning.\n")
        await site_with(live, "GUIDE")
        code, out, err = await end_of(await start(url, "--agent", "Guide", "Hello"))
        async with AsyncClient(url) as client:
            ids = [agent.agent_id async for agent in client.iter_agents()]
    assert (code, out) == (1, "")
    assert "Several agents are called Guide." in err
    assert any(each in err for each in ids)
