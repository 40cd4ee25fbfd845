"""A model that answers by a script: the demo model, and the double with which people test their agents.

    model = ScriptedModel([Reply(Call("weather", {"city": "Lisbon"})), Reply("It is sunny.")])

A script is a list of replies, or anything that returns a `Reply` to a request. A reply is a sequence of beats: text,
thoughts, tool calls, an `asyncio.Event` to wait for, or a `ModelError` to fail with. Nothing is left to chance: the
same requests get the same answers, word by word, and time passes by the clock that was handed in.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

import msgspec

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.domain.errors import ModelError, ModelRefused
from tertulia.domain.messages import AssistantMessage, Message, ToolMessage, text_of
from tertulia.domain.models import ModelInfo
from tertulia.domain.steps import Usage
from tertulia.models.base import Finished, FinishReason, ModelRequest, Piece
from tertulia.models.clock import Clock, LoopClock

MODEL_NAME = "script"


@dataclass(frozen=True)
class Think:
    """A beat: reasoning, before or between what is said."""

    text: str


@dataclass(frozen=True)
class Call:
    """A beat: the model asks for a tool. Arguments that are text are sent as they are, valid or not."""

    tool_name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict[str, Any])
    call_id: str | None = None

    @property
    def arguments_json(self) -> str:
        """The arguments as the model writes them."""
        return self.arguments if isinstance(self.arguments, str) else msgspec.json.encode(self.arguments).decode()


Beat = str | Think | Call | asyncio.Event | ModelError


class Reply:
    """One answer. `reason` and `usage` are worked out when they are not given; a word counts as a token."""

    def __init__(self, *beats: Beat, reason: FinishReason | None = None, usage: Usage | None = None) -> None:
        self.beats = beats
        self.calls = [beat for beat in beats if isinstance(beat, Call)]
        self.reason: FinishReason = reason or ("tool_calls" if self.calls else "stop")
        self.usage = usage


Responder = Callable[[ModelRequest], Reply]


class Script:
    """Replies in the order in which they are given; `requests` remembers what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = replies
        self.requests: list[ModelRequest] = []

    def __call__(self, request: ModelRequest) -> Reply:
        self.requests.append(request)
        number = len(self.requests)
        if number <= len(self._replies):
            return self._replies[number - 1]
        return Reply(ModelRefused(f"The script has {len(self._replies)} replies, and this is request {number}."))


class ScriptedModel:
    """A `ModelServer` with one model, `<name>/script`, that waits `delay` seconds before each word."""

    def __init__(
        self,
        script: Responder | Sequence[Reply],
        *,
        name: str = "scripted",
        delay: float = 0.0,
        is_demo: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._script = script if callable(script) else Script(*script)
        self._name = name
        self._delay = delay
        self._is_demo = is_demo
        self._clock = clock or LoopClock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def url(self) -> str:
        return f"builtin:{self._name}"

    @property
    def is_demo(self) -> bool:
        return self._is_demo

    async def list_models(self) -> list[ModelInfo]:
        return [
            ModelInfo(
                id=f"{self._name}/{MODEL_NAME}",
                server=self._name,
                name=MODEL_NAME,
                is_demo=self._is_demo,
                takes_images=not self._is_demo,
            )
        ]

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        if request.model != MODEL_NAME:
            raise ModelRefused(f"The model server {self._name} has no model {request.model!r}, only {MODEL_NAME!r}.")
        reply = self._script(request)
        begun = 0
        for beat in reply.beats:
            if isinstance(beat, asyncio.Event):
                await beat.wait()
                continue
            if isinstance(beat, ModelError):
                raise beat
            for piece in _pieces(beat, begun, request.messages):
                await self._clock.sleep(self._delay)
                yield [piece]
            begun += isinstance(beat, Call)
        verdicts = [_verdict(place, call) for place, call in enumerate(reply.calls)]
        yield [*verdicts, Finished(reason=reply.reason, usage=reply.usage or _count(reply, request.messages))]

    async def close(self) -> None:
        """There is nothing to close."""


def words_of(text: str) -> list[str]:
    """Cut a text into words, each with the space behind it; together they are the text again."""
    return re.findall(r"\S+\s*|\s+", text)


def _pieces(beat: str | Think | Call, place: int, messages: Sequence[Message]) -> list[Piece]:
    match beat:
        case str():
            return [TextDelta(text=word) for word in words_of(beat)]
        case Think(text=text):
            return [ReasoningDelta(text=word) for word in words_of(text)]
        case Call():
            return _call_pieces(beat, place, messages)
        case _:
            assert_never(beat)


def _call_pieces(call: Call, place: int, messages: Sequence[Message]) -> list[Piece]:
    """A tool call as models stream it: its name first, then its arguments in fragments."""
    call_id = call.call_id or f"call_{_calls_in(messages) + place + 1}"
    begin = ToolCallPart(index=place, call_id=call_id, tool_name=call.tool_name)
    return [
        ToolCallDelta(tool_call=begin, parse_status="started"),
        *(
            ToolCallDelta(tool_call=ToolCallPart(index=place, arguments_json=fragment))
            for fragment in words_of(call.arguments_json)
        ),
    ]


def _verdict(place: int, call: Call) -> Piece:
    try:
        msgspec.json.decode(call.arguments_json, type=dict[str, Any])
    except msgspec.DecodeError:
        return ToolCallDelta(tool_call=ToolCallPart(index=place), parse_status="failed")
    return ToolCallDelta(tool_call=ToolCallPart(index=place), parse_status="succeeded")


def _calls_in(messages: Sequence[Message]) -> int:
    return sum(len(message.tool_calls) for message in messages if isinstance(message, AssistantMessage))


def _count(reply: Reply, messages: Sequence[Message]) -> Usage:
    said = [
        beat.arguments_json if isinstance(beat, Call) else beat for beat in reply.beats if isinstance(beat, str | Call)
    ]
    thought = sum(len(beat.text.split()) for beat in reply.beats if isinstance(beat, Think))
    return Usage(
        input_tokens=sum(len(_text(message).split()) for message in messages),
        output_tokens=sum(len(text.split()) for text in said) + thought,
        reasoning_tokens=thought,
    )


def _text(message: Message) -> str:
    return message.content if isinstance(message, AssistantMessage | ToolMessage) else text_of(message.content)
