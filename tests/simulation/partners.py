"""Whom turns deal with: a model server that answers, fails or is silent by chance, and tools that act for real.

Both look at what they are asked, and say when an invariant does not hold: they are the only ones who see it.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from random import Random
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.base import Value
from tertulia.domain.deltas import TextDelta, ToolCallDelta, ToolCallPart
from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.messages import AssistantMessage, Message, ToolMessage, UserMessage, text_of
from tertulia.domain.questions import Question
from tertulia.domain.tools import ToolPolicy
from tertulia.models.base import Finished, ModelInfo, ModelRequest, Piece
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolResult
from tests.simulation.ledger import Ledger
from tests.simulation.loop import PROCESS, Process

Tempt = Callable[[Process | None], None]
TOOLS = ("once", "keyed", "asks", "curious")
"""The server's tools: one that must not act twice, one that may, one to be approved, and one that asks a question."""
DEEPEST = 4
"""After so many answers a turn gets one without calls."""
SILENCE = 9.0
"""Seconds in which a silent model says nothing: longer than a lease."""


class Temper(Value):
    """How the model server is: shares of its answers."""

    fails: float = 0.0
    is_silent: float = 0.0
    calls: float = 0.5
    pace: float = 0.1


class Oracle:
    """A model server. No word is said twice, and no call is asked for twice, however often it is asked."""

    name = "oracle"
    url = "builtin:oracle"
    is_demo = False

    def __init__(self, ledger: Ledger, chance: Random, temper: Temper, tempt: Tempt) -> None:
        self.temper = temper
        self._tempt = tempt
        self.requests = 0
        self.said: dict[str, str] = {}
        """What was said in whole, by the number of the request."""
        self._ledger = ledger
        self._chance = chance

    async def list_models(self) -> list[ModelInfo]:
        return []

    async def close(self) -> None:
        """There is nothing to close."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        self.requests += 1
        number, temper, chance = self.requests, self.temper, self._chance
        check_transcript(request.messages, self._ledger)
        calls = self._calls(request.messages, number)
        fails_at = chance.randrange(4) if chance.random() < temper.fails else None
        await asyncio.sleep(SILENCE if chance.random() < temper.is_silent else chance.random() * temper.pace)
        self.said[str(number)] = ""
        for place in range(chance.randint(0 if calls else 1, 3)):
            if place == fails_at:
                raise ModelUnavailable
            self._tempt(PROCESS.get())
            word = f"{number}.{place} "
            self.said[str(number)] += word
            yield [TextDelta(text=word)]
            await asyncio.sleep(chance.random() * temper.pace)
        for index, (name, token) in enumerate(calls):
            arguments = f'{{"token":"{token}"}}'
            part = ToolCallPart(index=index, call_id=f"call-{token}", tool_name=name, arguments_json=arguments)
            yield [ToolCallDelta(tool_call=part, parse_status="succeeded")]
        yield [Finished(reason="tool_calls" if calls else "stop")]

    def _calls(self, messages: Sequence[Message], number: int) -> list[tuple[str, str]]:
        """The calls of the next answer: tool and token."""
        last_user = max(place for place, message in enumerate(messages) if isinstance(message, UserMessage))
        said = sum(isinstance(message, AssistantMessage) for message in messages[last_user:])
        if said >= DEEPEST or self._chance.random() >= self.temper.calls:
            return []
        names = self._chance.choices([*TOOLS, "client"], [3, 3, 2, 1, 2], k=self._chance.randint(1, 2))
        return [(name, f"{number}-{index}") for index, name in enumerate(names)]


def check_transcript(messages: Sequence[Message], ledger: Ledger) -> None:
    """Say so unless each call has one result right behind it, and the past is all there and in order."""
    place = 0
    while place < len(messages):
        message = messages[place]
        place += 1
        if isinstance(message, AssistantMessage):
            asked = [call.call_id for call in message.tool_calls]
            behind = messages[place : place + len(asked)]
            if [each.call_id for each in behind if isinstance(each, ToolMessage)] != asked:
                ledger.breaks(f"I7: {asked} are not answered each once: {behind}")
            place += len(asked)
        elif isinstance(message, ToolMessage):
            ledger.breaks(f"I7: nobody asked for {message}")
    said = [text_of(message.content) for message in messages if isinstance(message, UserMessage)]
    inputs = ledger.inputs[ledger.session_of[said[-1]]]
    if said != inputs[: len(said)]:
        ledger.breaks(f"I2: the model was given {said}, the session has {inputs}")


class Deeds:
    """What tools did, by the token of the call: never under two keys, nor more often than the log knows."""

    def __init__(self, ledger: Ledger, seconds: float) -> None:
        self._ledger = ledger
        self.seconds = seconds
        """How long a tool takes, at most, before and after it acts."""
        self.keys: dict[str, str] = {}
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.effects: defaultdict[str, int] = defaultdict(int)

    def begin(self, name: str, token: str, key: str) -> None:
        turn_id, _, step_id = key.partition(":")
        if name == "asks" and not self._ledger.is_approved(turn_id, step_id):
            self._ledger.breaks(f"I5: nobody approved call {token}")
        if self.keys.setdefault(token, key) != key:
            self._ledger.breaks(f"I5: call {token} was made under {key} and {self.keys[token]}")
        self.calls[key] += 1
        if self.calls[key] > self._ledger.begun[step_id]:
            self._ledger.breaks(f"I5: the log does not know of call {token} under {key}")


class Doer:
    """A tool that acts, some time into its call; but for `keyed` it must not act twice without a person's word."""

    toolgroup = "simulation"

    def __init__(self, name: str, deeds: Deeds, chance: Random, tempt: Tempt) -> None:
        self._tempt = tempt
        self.definition = ToolDef(name=name, description="Act.")
        self._deeds = deeds
        self._chance = chance

    @property
    def policy(self) -> ToolPolicy:
        name = self.definition.name
        return ToolPolicy(is_idempotent=name == "keyed", approval="first_time" if name == "asks" else "never")

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        token, name = arguments["token"], self.definition.name
        self._deeds.begin(name, token, context.idempotency_key)
        if name == "curious":
            answer = context.answers.get("q")
            if answer is None:
                raise AnswerNeeded(Question(key="q", message="Really?"))
            if answer.action == "decline":
                return ToolResult(content="then not", is_error=True)
        self._tempt(PROCESS.get())
        await asyncio.sleep(self._chance.random() * self._deeds.seconds)
        self._deeds.effects[token] += 1
        self._tempt(PROCESS.get())
        await asyncio.sleep(self._chance.random() * self._deeds.seconds)
        if self._chance.random() < 0.1:
            raise ValueError("it did not work")
        return ToolResult(content=f"done {token}")
