"""Models without agents: OpenAI's requests pass through to the model servers as they are; Llama Stack's are put so.

Answers pass through byte for byte, but for what official Llama Stack clients cannot read (`OFFICIAL`).

An error in the middle of a stream is its last frame, in the shape that both families of clients know.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.params import JSONBody

from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import ModelUnavailable, TertuliaError
from tertulia.models.base import Piece
from tertulia.models.forward import Declined
from tertulia.models.sse import EventTooLarge, SseParser
from tertulia.runtime.passing import TAIL, Passing
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.errors import status_of
from tertulia.server.limits import StreamPlace
from tertulia.server.llama_stack.errors import answer_error
from tertulia.server.llama_stack.routes.not_offered import say_that_chats_are_not_kept
from tertulia.server.routes.parameters import Given
from tertulia.server.sse import EventStream
from tertulia.server.wire.llama_stack.errors import make_error
from tertulia.server.wire.llama_stack.inference import (
    ChatCompletion,
    Completion,
    last_frames,
    start_frame,
    text_frame,
    written_completion,
)

OFFICIAL = "LlamaStackClient/"
"""How official clients call themselves. Their decoders take `[DONE]`, which all model servers end with, for JSON."""
AnyRequest = Request[Any, Any, Any]
NOBODY_WAITS = 3600.0
"""Seconds: what passes through is sent as it is, so there is no sign of life of ours in it."""


# --- OpenAI's ---


@post(["/chat/completions", "/openai/v1/chat/completions"], status_code=200)
async def create_chat_completion(
    request: AnyRequest, passing: Given[Passing], caller: Given[Caller], stream_place: Given[StreamPlace]
) -> Response[Any]:
    """Pass a chat completion through."""
    return await _pass(request, passing, caller.owner, stream_place, "/chat/completions")


@post(["/completions", "/openai/v1/completions"], status_code=200)
async def create_completion(
    request: AnyRequest, passing: Given[Passing], caller: Given[Caller], stream_place: Given[StreamPlace]
) -> Response[Any]:
    """Pass a completion through."""
    return await _pass(request, passing, caller.owner, stream_place, "/completions")


@post(["/embeddings", "/openai/v1/embeddings"], status_code=200)
async def create_embeddings(
    request: AnyRequest, passing: Given[Passing], caller: Given[Caller], stream_place: Given[StreamPlace]
) -> Response[Any]:
    """Pass texts to be embedded through."""
    return await _pass(request, passing, caller.owner, stream_place, "/embeddings")


async def _pass(request: AnyRequest, passing: Passing, owner: str, place: StreamPlace, path: str) -> Response[Any]:
    await place.take()  # it lasts as long as the model does, in one piece or as a stream
    try:
        forwarded = await passing.forward(owner, path, await request.body())
        if forwarded.is_stream:
            is_official = OFFICIAL in request.headers.get("user-agent", "")
            passed_on = counted(forwarded.chunks(), passing, owner)
            chunks = ended_by_errors(data_lines(passed_on) if is_official else passed_on)
            return EventStream(chunks, head=b"", heartbeat=b"", heartbeat_seconds=NOBODY_WAITS)
        whole = await forwarded.whole()
        await passing.count(owner, whole[-TAIL:])
        return Response(whole, status_code=200, media_type="application/json")
    except Declined as declined:
        return answer_declined(declined)


def answer_declined(declined: Declined) -> Response[Any]:
    """Answer with what a model server has against a request."""
    error = declined.error
    headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
    return answer_error(declined.status, make_error(declined.status, error.code, error.message), headers)


async def counted(chunks: AsyncGenerator[bytes, None], passing: Passing, owner: str) -> AsyncGenerator[bytes, None]:
    """Yield a stream as it is, and count what it has cost, also of who leaves before its end."""
    tail, events = b"", 0
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                tail = (tail + chunk)[-TAIL:]
                events += chunk.count(b"data:")
                yield chunk
    finally:
        await passing.count(owner, tail, events=events)


async def data_lines(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the events of a stream as `data:` lines alone, without OpenAI's `[DONE]`: see `OFFICIAL`."""
    parser = SseParser()
    async with aclosing(chunks):
        async for chunk in chunks:
            events = [event.data for event in parser.feed(chunk)]
            if said := [data for data in events if data and not data.startswith(b"[DONE]")]:
                yield b"".join(b"data: %b\n\n" % data.replace(b"\n", b"\ndata: ") for data in said)


async def ended_by_errors(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield a stream as it is; what breaks it off is its last frame."""
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk
    except EventTooLarge:
        yield error_frame(ModelUnavailable("The model server sent an event that is too large."))
    except TertuliaError as error:
        yield error_frame(error)


# --- Llama Stack's ---


@post("/inference/chat-completion", status_code=200)
async def chat_completion(
    data: JSONBody[ChatCompletion],
    passing: Given[Passing],
    heartbeat: Given[float],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
) -> Response[Any]:
    """Ask a model, without an agent and without a trace."""
    request = data.as_request()
    await stream_place.take()
    batches = passing.ask(caller.owner, data.model_id, request)
    first = await anext(batches)  # what is wrong from the start is an error and no stream
    if data.stream:
        frames = _frames(first, batches)
        return EventStream(frames, head=start_frame(), heartbeat=b":\n\n", heartbeat_seconds=heartbeat)
    completion = Completion().plus(first)
    async with aclosing(batches):
        async for batch in batches:
            completion = completion.plus(batch)
    return answer(written_completion(completion))


async def _frames(first: list[Piece], batches: AsyncGenerator[list[Piece], None]) -> AsyncGenerator[bytes, None]:
    completion = Completion().plus(first)
    try:
        yield _text_frames(first)
        async with aclosing(batches):
            async for batch in batches:
                completion = completion.plus(batch)
                yield _text_frames(batch)
        yield last_frames(completion)
    except TertuliaError as error:
        yield error_frame(error)


def _text_frames(batch: list[Piece]) -> bytes:
    return b"".join(text_frame(piece.text) for piece in batch if isinstance(piece, TextDelta))


def error_frame(error: TertuliaError) -> bytes:
    """An error in the middle of a stream: its last frame."""
    found = make_error(status_of(type(error)), error.code, error.message)
    return b"data: " + msgspec.json.encode({"error": found}) + b"\n\n"


def inference_router() -> Router:
    """The routes of models without agents."""
    handlers: list[Any] = [
        create_chat_completion,
        say_that_chats_are_not_kept,
        create_completion,
        create_embeddings,
        chat_completion,
    ]
    return Router("/v1", route_handlers=handlers)
