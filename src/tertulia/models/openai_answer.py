"""The events of an OpenAI-compatible answer as pieces, one batch for each read from the network. No I/O in here.

What OpenAI, Ollama, llama.cpp, vLLM, LM Studio and their kin do differently ends in this module: reasoning under two
names, tool calls without index or id, with arguments as one object or as fragments, whole answers to a stream request,
errors in mid-stream, usage in the last chunk, in every chunk or not at all. Only the fields that are used are decoded;
what else the first and the last chunks say is kept as metadata.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from tertulia.domain.deltas import ReasoningDelta, TextDelta
from tertulia.domain.steps import Usage
from tertulia.models.base import Finished, FinishReason, Piece
from tertulia.models.openai_tool_calls import CallDelta, ToolCalls, TooManyToolCalls
from tertulia.models.pieces import Batch
from tertulia.models.sse import SseEvent

FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "safety": "content_filter",
}
"""What servers say, and what it means; a reason that is not here counts as `stop` and is kept in the metadata."""
FAILED_REASONS = frozenset({"error", "abort"})
"""Reasons of OpenRouter and vLLM that mean that there is no answer."""

MAX_METADATA_BYTES = 8192
MAX_METADATA_VALUE_BYTES = 2048
USED_FIELDS = frozenset({"choices", "usage", "error", "object", "created", "obfuscation"})
USED_CHOICE_FIELDS = frozenset({"index", "delta", "message", "finish_reason", "logprobs"})

Words = str | list[Any] | dict[str, Any] | None


class Malformed(Exception):
    """A chunk is not what a chunk must be; the text says how."""


class UpstreamError(Exception):
    """The stream has an error in it; `error` is what the server sent."""

    def __init__(self, error: object) -> None:
        self.error = error
        super().__init__()


class Delta(msgspec.Struct, gc=False):
    """The next part of the answer, or all of it."""

    content: Words = None
    reasoning_content: Words = None
    reasoning: Words = None
    refusal: str | None = None
    tool_calls: list[CallDelta] | None = None


class Choice(msgspec.Struct, gc=False):
    """One of the answers that were asked for: we ask for one."""

    index: int | None = None
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None


class TokenDetails(msgspec.Struct, gc=False):
    """What some tokens were."""

    cached_tokens: float | None = None
    reasoning_tokens: float | None = None


class ChunkUsage(msgspec.Struct, gc=False):
    """Tokens, as OpenAI counts them; `prompt_cache_hit_tokens` is DeepSeek's."""

    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    prompt_tokens_details: TokenDetails | None = None
    completion_tokens_details: TokenDetails | None = None
    prompt_cache_hit_tokens: float | None = None


class Chunk(msgspec.Struct, gc=False):
    """One event of the stream."""

    choices: list[Choice] | None = None
    usage: ChunkUsage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Chunk).decode
_decode_all = msgspec.json.Decoder(dict[str, Any]).decode


class AnswerReader:
    """What came of one answer so far. `has_choice` once there is any of it, `is_done` once the stream said `[DONE]`."""

    def __init__(self, new_call_id: Callable[[], str], used_call_ids: Callable[[], set[str]]) -> None:
        self._calls = ToolCalls(new_call_id, used_call_ids)
        self._usage: Usage | None = None
        self._metadata: dict[str, Any] = {}
        self._metadata_sizes: dict[str, int] = {}
        self._reason: str | None = None
        self._trouble: Exception | None = None
        self._has_chunk = False
        self.has_choice = False
        self.is_done = False

    @property
    def has_reason(self) -> bool:
        """Whether the server said why the answer ends: then all of it is here."""
        return self._reason is not None

    def note(self, name: str, value: str | int) -> None:
        """Put something of our own on the metadata."""
        self._metadata[name] = value

    def read(self, events: Sequence[SseEvent]) -> list[Piece]:
        """Take the events of one read; return their pieces, if any.

        Raises Malformed or UpstreamError, once there is no piece before it left to return.
        """
        if self._trouble is not None:
            raise self._trouble
        batch = Batch()
        try:
            for event in events:
                if event.data.startswith(b"[DONE]"):
                    self.is_done = True
                    break
                if event.data:
                    self._take(event, batch)
        except (Malformed, UpstreamError) as trouble:
            self._trouble = trouble
            if not batch.pieces():
                raise
        return batch.pieces()

    def finish(self) -> list[Piece]:
        """Return the last pieces; nothing may be read after that. Raises Malformed for an answer that failed."""
        if self._trouble is not None:
            raise self._trouble
        if self._reason in FAILED_REASONS:
            raise Malformed(f"it gave up with the reason “{self._reason}”")
        pieces = self._calls.verdicts()
        reason = FINISH_REASONS.get(self._reason or "stop")
        if reason is None:
            self._metadata.setdefault("finish_reason", self._reason)
        if reason in (None, "stop", "tool_calls"):  # what many servers say does not fit what they did
            reason = "tool_calls" if pieces else "stop"
        return [*pieces, Finished(reason=reason, usage=self._usage, metadata=self._metadata)]

    def _take(self, event: SseEvent, batch: Batch) -> None:
        try:
            chunk = _decode(event.data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"a chunk is not valid ({error})") from None
        if chunk.error or event.event == b"error" or (chunk.choices is None and chunk.usage is None):
            self._raise_error(event)
        if chunk.usage is not None:
            self._usage = _usage(chunk.usage)
        choice = chunk.choices[0] if chunk.choices else None
        is_last = chunk.usage is not None or (choice is not None and choice.finish_reason)
        if is_last or not self._has_chunk:
            self._has_chunk = True
            self._keep_rest(event.data)
        if choice is not None:
            self._take_choice(choice, batch)

    def _take_choice(self, choice: Choice, batch: Batch) -> None:
        self.has_choice = True
        delta = choice.delta or choice.message
        if delta is not None:
            if thought := delta.reasoning_content or delta.reasoning:
                batch.add(ReasoningDelta, _words(thought))
            if delta.content:
                batch.add(TextDelta, _words(delta.content))
            if delta.refusal:  # what the model says instead of an answer is for people to read
                batch.add(TextDelta, delta.refusal)
                self._metadata["refusal"] = True
            if delta.tool_calls:
                self._take_calls(delta.tool_calls, batch)
        if choice.finish_reason:
            self._reason = choice.finish_reason.lower()

    def _take_calls(self, deltas: list[CallDelta], batch: Batch) -> None:
        try:
            for delta in deltas:
                self._calls.take(delta, batch)
        except TooManyToolCalls:
            raise Malformed("it asks for too many tools at once") from None

    def _raise_error(self, event: SseEvent) -> None:
        """Raise what an event that is no chunk says; an event of a kind that we do not know says nothing."""
        try:
            fields = _decode_all(event.data)
        except (msgspec.DecodeError, RecursionError):
            raise UpstreamError(event.data.decode("utf-8", errors="replace")) from None
        if event.event == b"error" or fields.get("error") or fields.get("object") == "error" or "detail" in fields:
            raise UpstreamError(fields)

    def _keep_rest(self, data: bytes) -> None:
        """Keep what has no place elsewhere, within bounds; a later chunk's word counts."""
        fields = _decode_all(data)
        choices = cast("list[dict[str, Any]]", fields.get("choices") or [{}])
        rest = {name: value for name, value in choices[0].items() if name not in USED_CHOICE_FIELDS}
        rest |= {name: value for name, value in fields.items() if name not in USED_FIELDS}
        for name, value in rest.items():
            if value is not None and self._metadata.get(name) != value:
                self._keep(name, value)

    def _keep(self, name: str, value: Any) -> None:
        size = len(name) + len(msgspec.json.encode(value))
        others = sum(size for other, size in self._metadata_sizes.items() if other != name)
        if size <= MAX_METADATA_VALUE_BYTES and others + size <= MAX_METADATA_BYTES:
            self._metadata_sizes[name] = size
            self._metadata[name] = value


def _words(words: str | list[Any] | dict[str, Any]) -> str:
    """Return the text of content; some servers send a list of parts."""
    if isinstance(words, str):
        return words
    parts = words if isinstance(words, list) else [words]
    texts = [cast("dict[str, Any]", part).get("text") for part in parts if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))


def _usage(usage: ChunkUsage) -> Usage:
    prompt = usage.prompt_tokens_details or TokenDetails()
    completion = usage.completion_tokens_details or TokenDetails()
    return Usage(
        input_tokens=_count(usage.prompt_tokens),
        output_tokens=_count(usage.completion_tokens),
        cached_input_tokens=_count(prompt.cached_tokens or usage.prompt_cache_hit_tokens),
        reasoning_tokens=_count(completion.reasoning_tokens),
    )


def _count(tokens: float | None) -> int:
    return int(min(max(tokens or 0, 0), 2**53))
