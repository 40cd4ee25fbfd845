"""`inference.completion` and `inference.embeddings` of Llama Stack's 0.2; model servers know them in OpenAI's words."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec
from litestar import Response, Router, post
from litestar.params import JSONBody

from tertulia.domain.errors import ModelUnavailable
from tertulia.models.forward import Declined, Forwarded
from tertulia.runtime.passing import Passing
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.limits import StreamPlace
from tertulia.server.llama_stack.routes.inference import TAIL, answer_declined, counted, data_lines, ended_by_errors
from tertulia.server.routes.parameters import Given
from tertulia.server.sse import EventStream
from tertulia.server.wire.llama_stack.completions import (
    Completed,
    Embedded,
    Embedding,
    TextCompletion,
    completed_frame,
    written_completed,
    written_embedded,
)

T = TypeVar("T")


@post("/completion", status_code=200)
async def complete_text(
    data: JSONBody[TextCompletion],
    passing: Given[Passing],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    heartbeat: Given[float],
) -> Response[Any]:
    """Go on with a text."""
    try:
        await stream_place.take()  # it lasts as long as the model does, in one piece or as a stream
        forwarded = await passing.forward(caller.owner, "/completions", data.as_openai())
    except Declined as declined:
        return answer_declined(declined)
    if forwarded.is_stream:
        frames = ended_by_errors(_frames(counted(forwarded.chunks(), passing, caller.owner)))
        return EventStream(frames, head=b"", heartbeat=b":\n\n", heartbeat_seconds=heartbeat)
    return answer(written_completed(_read(await _whole(forwarded, passing, caller.owner), Completed)))


async def _whole(forwarded: Forwarded, passing: Passing, owner: str) -> bytes:
    whole = await forwarded.whole()
    await passing.count(owner, whole[-TAIL:])
    return whole


async def _frames(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(data_lines(chunks)) as lines:
        async for line in lines:
            events = [_read(each.removeprefix(b"data: "), Completed) for each in line.split(b"\n\n") if each]
            yield b"".join(completed_frame(choice) for event in events for choice in event.choices[:1])


@post("/embeddings", status_code=200)
async def embed_texts(data: JSONBody[Embedding], passing: Given[Passing], caller: Given[Caller]) -> Response[Any]:
    """Embed texts."""
    try:
        forwarded = await passing.forward(caller.owner, "/embeddings", data.as_openai())
    except Declined as declined:
        return answer_declined(declined)
    return answer(written_embedded(_read(await _whole(forwarded, passing, caller.owner), Embedded)))


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ModelUnavailable("The model server sent an answer that cannot be read.") from None


def completions_router() -> Router:
    """The routes of text without a talk."""
    handlers: list[Any] = [complete_text, embed_texts]
    return Router("/v1/inference", route_handlers=handlers)
