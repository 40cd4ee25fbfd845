"""A model server that outlives the servers that ask it, does what the last message says, and remembers all of it.

    Say 30 words, one every 5 ms.
    Call clock 2 times, then say 30 words.

The answer depends on the request alone, so that an inference that is run again after a crash gets the same one.
Any other behaviour can stand in for a while: see `faults`.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.upstream import DONE, Behaviour, Upstream, Wire, answers, chunk, sse, stop, text

NAME = "fake"
MODEL = f"{NAME}/m"
WISH = re.compile(r"(?:Call (\w+) (\d+) times?, then s|S)ay (\d+) words?(?:, one every (\d+) ms)?\.")
WORDS = ("one", "zwei", "três", "четыре", "五", "☀️", "line\nbreak", '"quoted"')


def wish(words: int, *, pause_ms: int = 0, tool: str = "clock", calls: int = 0) -> str:
    """The sentence that asks for an answer of so many words, after so many tool calls."""
    pace = f", one every {pause_ms} ms" if pause_ms else ""
    return f"Call {tool} {calls} times, then say {words} words{pace}." if calls else f"Say {words} words{pace}."


def words_of(count: int) -> list[str]:
    """The words of an answer."""
    return [f"{WORDS[number % len(WORDS)]}{number} " for number in range(count)]


@dataclass
class Chat:
    """One request for an answer, and what became of it."""

    body: dict[str, Any]
    spoken_at: list[float] = field(default_factory=list[float])
    """When each word was sent, by the monotonic clock."""
    is_whole: bool = False
    left_at: float | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def wish(self) -> str:
        """What was asked for last."""
        return json.dumps([each["content"] for each in self.body["messages"] if each["role"] == "user"][-1:])


class FakeModel(Upstream):
    """The model server. `faults` are behaviours for the next requests, one each; after them it answers as asked."""

    def __init__(self) -> None:
        super().__init__(self._behave)
        self.chats: list[Chat] = []
        self.faults: list[Behaviour] = []
        self.asked = asyncio.Event()

    @property
    def option(self) -> tuple[str, str]:
        """What a server is started with to know it."""
        return "--model-server", f"{NAME}={self.url}"

    async def _behave(self, wire: Wire) -> None:
        if not wire.request.path.endswith("/chat/completions"):
            await answers(200, {"object": "list", "data": [{"id": "m", "object": "model"}]})(wire)
            return
        chat = Chat(wire.request.json)
        self.chats.append(chat)
        self.asked.set()
        try:
            await (self.faults.pop(0)(wire) if self.faults else self._answer(wire, chat))
        finally:
            chat.ended.set()

    async def _answer(self, wire: Wire, chat: Chat) -> None:
        leaving = asyncio.create_task(wire.reader.read(1))
        speaking = asyncio.create_task(_speak(wire, chat))
        try:
            await asyncio.wait((leaving, speaking), return_when=asyncio.FIRST_COMPLETED)
            chat.is_whole = speaking.done() and speaking.exception() is None
            if not chat.is_whole:
                chat.left_at = time.monotonic()
                wire.close()
        finally:
            for task in (leaving, speaking):
                task.cancel()
            await asyncio.gather(leaving, speaking, return_exceptions=True)


async def _speak(wire: Wire, chat: Chat) -> None:
    tool, calls, words, pause_ms = _parse(chat.wish)
    await wire.head()
    done = sum(message["role"] == "tool" for message in _since_last_user(chat.body))
    if done < calls:
        await wire.send(sse(text("Looking. ")), sse(_call(tool, done)), sse(stop("tool_calls")), DONE)
    else:
        begun = asyncio.get_running_loop().time()
        for number, word in enumerate(words_of(words), start=1):
            await wire.send(sse(text(word)))
            chat.spoken_at.append(time.monotonic())
            if pause_ms:
                late = begun + number * pause_ms / 1000 - asyncio.get_running_loop().time()
                await asyncio.sleep(max(0.0, late))
        await wire.send(sse(stop()), DONE)
    await wire.end()


def _parse(said: str) -> tuple[str, int, int, int]:
    found = WISH.search(said)
    assert found, f"no wish in {said[:200]}"
    tool, calls, words, pause_ms = found.groups()
    return tool or "", int(calls or 0), int(words), int(pause_ms or 0)


def _since_last_user(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    messages = body["messages"]
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    yield from messages[last + 1 :]


def _call(tool: str, number: int) -> dict[str, Any]:
    function = {"name": tool, "arguments": json.dumps({} if tool == "clock" else {"n": number})}
    return chunk({"tool_calls": [{"index": 0, "id": f"call{number}", "type": "function", "function": function}]})


async def falls_silent(wire: Wire) -> None:
    """Answer nothing until the client gives up."""
    with suppress(OSError):
        await wire.hang()
