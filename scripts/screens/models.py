"""A model server that says what was rehearsed, and takes the time that it is told to."""

import re
from collections import deque
from typing import Any

from scripts.screens.clock import StageClock
from tests.fakes.upstream import DONE, Behaviour, Upstream, Wire, answers, chunk, sse, stop, text, usage

SERVER = "local"
NAMES = ("qwen3-32b", "llama-3.3-70b", "mistral-small-24b")
MODEL = f"{SERVER}/{NAMES[0]}"
WORDS = 12
"""So many a second."""


class StageModels:
    """The model server. Whoever asks next is answered with what was rehearsed next, else in one short sentence."""

    def __init__(self, clock: StageClock) -> None:
        self.upstream = Upstream(self._behave)
        self.clock = clock
        self._next: deque[Behaviour] = deque()

    def will(self, *behaviours: Behaviour) -> None:
        """Rehearse the next answers."""
        self._next.extend(behaviours)

    async def _behave(self, wire: Wire) -> None:
        if wire.request.path.endswith("/models"):
            await answers(200, {"object": "list", "data": [{"id": name} for name in NAMES]})(wire)
            return
        await (self._next.popleft() if self._next else self.says("Here is a beginning. Shall I go on?"))(wire)

    def says(self, answer: str, *, thought: str = "", input_tokens: int = 96) -> Behaviour:
        """Answer word by word, after some thought."""

        async def behave(wire: Wire) -> None:
            words = re.findall(r"\S+\s*", answer)
            await self._begin(wire, thought)
            for word in words:
                self.clock.take(1 / WORDS)
                await wire.send(sse(text(word)))
            await self._end(wire, stop(), input_tokens, len(words) * 4 // 3 + len(thought) // 5)

        return behave

    def calls(self, name: str, arguments: str, *, thought: str = "", input_tokens: int = 212) -> Behaviour:
        """Ask for a tool, after some thought."""
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}

        async def behave(wire: Wire) -> None:
            await self._begin(wire, thought)
            await wire.send(sse(chunk({"tool_calls": [call]})))
            await self._end(wire, stop("tool_calls"), input_tokens, 38 + len(thought) // 5)

        return behave

    def begins(self, answer: str) -> Behaviour:
        """Say the beginning of an answer, and no more for as long as somebody listens."""

        async def behave(wire: Wire) -> None:
            await self._begin(wire, "")
            self.clock.take(2.6)
            await wire.send(sse(text(answer)))
            await wire.hang()

        return behave

    async def _begin(self, wire: Wire, thought: str) -> None:
        self.clock.take(0.42)
        await wire.head()
        if thought:
            self.clock.take(3.1)
            await wire.send(sse(chunk({"reasoning_content": thought})))
            self.clock.take(0.3)

    async def _end(self, wire: Wire, last: dict[str, Any], asked: int, said: int) -> None:
        tokens = usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)
        await wire.send(sse(last), sse(tokens), DONE)
        await wire.end()


async def refuses(wire: Wire) -> None:
    """Say that there was too much of it."""
    await answers(400, {"error": {"message": "This model takes at most 8192 tokens; the messages have 9310."}})(wire)
