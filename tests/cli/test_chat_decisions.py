"""Approvals and questions in a terminal: `tertulia chat` as a process, with a real server whose tools ask."""

import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tertulia.models.scripted import Call, Reply
from tertulia.terminal.text import shown, visible
from tests.cli.test_chat import ENDS, end_of, start, terminal
from tests.runtime.tools import BookingTool, PayTool
from tests.server.live import serve_live
from tests.server.site import Site

pytestmark = pytest.mark.slow

PAY = Reply(Call("pay", {"to": "Ana", "euros": 5}, call_id="c1"))


class Talk:
    """A chat in a terminal with an agent that has tools which ask."""

    def __init__(self, site: Site, process: Process, keyboard: int) -> None:
        self.site = site
        self.process = process
        self._keyboard = keyboard

    async def asks(self, words: str) -> str:
        """Wait until the person is asked so; return what came before that."""
        assert self.process.stderr is not None
        async with asyncio.timeout(ENDS):
            return (await self.process.stderr.readuntil(words.encode())).decode()

    def types(self, words: str) -> None:
        os.write(self._keyboard, words.encode())

    async def ends(self) -> tuple[int, str, str]:
        return await end_of(self.process)


@asynccontextmanager
async def talk(*replies: Reply, tools: list[PayTool | BookingTool]) -> AsyncIterator[Talk]:
    async with serve_live(*replies, tools=tools) as live:
        agent = await live.site.new_agent(toolgroups=[tool.toolgroup for tool in tools])
        words = ("--agent", agent.rpartition("/")[2], "Go")
        async with terminal(f"http://127.0.0.1:{live.port}", *words) as (process, keyboard):
            yield Talk(live.site, process, keyboard)


async def test_a_call_is_shown_and_runs_when_it_is_approved() -> None:
    tool = PayTool()
    async with talk(PAY, Reply("Paid."), tools=[tool]) as chat:
        before = await chat.asks("Run it? (y = yes, n = no, e = edit the arguments, a = always in this session) ")
        assert '"to": "Ana"' in before
        assert tool.calls == []
        chat.types("maybe\n")
        await chat.asks("Type one of y, n, e, a.")
        chat.types("y\n")
        code, out, err = await chat.ends()
    assert (code, out, tool.calls) == (0, "Paid.\n", [{"to": "Ana", "euros": 5}])
    assert "begins anew" not in err


async def test_a_denied_call_does_not_run_and_the_reason_is_told() -> None:
    tool = PayTool()
    async with talk(PAY, Reply("Then not."), tools=[tool]) as chat:
        await chat.asks("Run it?")
        chat.types("n\n")
        await chat.asks("Why?")
        chat.types("Too much.\n")
        code, out, err = await chat.ends()
    assert (code, out, tool.calls) == (0, "Then not.\n", [])
    assert "(denied)" in err
    assert str(chat.site.script.requests[-1].messages[-1].content).endswith("The reason given: Too much.")


async def test_arguments_are_changed_in_the_persons_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/Ana/Rui/ "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    tool = PayTool()
    async with talk(PAY, Reply("Paid."), tools=[tool]) as chat:
        await chat.asks("Run it?")
        chat.types("e\n")
        code, _, _ = await chat.ends()
    assert (code, tool.calls) == (0, [{"to": "Rui", "euros": 5}])


async def test_a_question_is_answered_field_by_field() -> None:
    tool = BookingTool()
    async with talk(Reply(Call("book", call_id="c1")), Reply("Booked."), tools=[tool]) as chat:
        assert "From which account?" in await chat.asks("Answer it? (y = yes, n = no) ")
        chat.types("y\n")
        await chat.asks("name: ")
        chat.types("g\n")
        await chat.asks("nights (integer) [Enter leaves it out]: ")
        chat.types("two\n")
        await chat.asks("This is no integer.")
        chat.types("2\n")
        await chat.asks("/answer/name")  # what the server does not take is asked again
        await chat.asks("Answer it?")
        chat.types("y\n")
        await chat.asks("name: ")
        chat.types("giro\n")
        await chat.asks("nights")
        chat.types("\n")
        await chat.asks("Agree? (y = yes, n = no) ")
        chat.types("y\n")
        code, out, err = await chat.ends()
    assert (code, out) == (0, "Booked.\n")
    assert "booked from giro" in err


async def test_left_with_ctrl_d_it_goes_on_waiting() -> None:
    tool = PayTool()
    async with talk(PAY, tools=[tool]) as chat:
        await chat.asks("Run it?")
        chat.types("\x04")
        code, _, err = await chat.ends()
    assert (code, "It goes on waiting." in err, "To come back" in err) == (1, True, True)


async def test_without_a_terminal_it_says_that_a_person_is_waited_for() -> None:
    async with serve_live(PAY, tools=[PayTool()]) as live:
        agent = await live.site.new_agent(toolgroups=[PayTool.toolgroup])
        url = f"http://127.0.0.1:{live.port}"
        code, out, err = await end_of(await start(url, "--agent", agent.rpartition("/")[2], "Go"))
    assert (code, out) == (1, "")
    assert "waits for a person's decision" in err


def test_nothing_in_what_is_shown_hides_anything_else() -> None:
    assert shown({"to": "Ana\u202eevil\u200b\x1b[2K"}) == '{\n  "to": "Ana\\u202eevil\\u200b\\u001b[2K"\n}'
    assert visible("pay\u2028\n") == "pay\\u2028\\u000a"
    assert shown({"nome": "João 🎉"}) == '{\n  "nome": "João 🎉"\n}'
