"""Models asked without agents: requests in OpenAI's format pass through, and only the model's name in them is ours."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol, runtime_checkable

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import FieldError, InvalidRequest, NotOffered
from tertulia.models.base import Finished, ModelRequest, Piece, Resolve
from tertulia.models.forward import Forwarded
from tertulia.runtime.image_places import ImagePlaces
from tertulia.runtime.limits import Limits

TOTAL = re.compile(rb'"total_tokens"\s*:\s*(\d{1,15})')
TAIL = 4096
"""Bytes at the end of an answer among which its cost stands."""


@runtime_checkable
class Forwards(Protocol):
    """A model server that takes requests in OpenAI's format as they are."""

    async def forward(self, path: str, body: bytes) -> Forwarded:
        """Hand a request on. Raises ModelError, Declined."""
        ...


class Passing:
    """Hands requests on to whom their model says."""

    def __init__(self, resolve: Resolve, limits: Limits, images: ImagePlaces) -> None:
        self._resolve = resolve
        self._images = images
        self._limits = limits

    async def ask(self, owner: str, model_id: str, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        """Ask a model outside of any turn; yield its answer in batches, and count what it costs.

        Raises RateLimited, ModelNotFound, ModelError.
        """
        await self._limits.refuse_spent(owner)
        server, model, _ = await self._resolve(model_id)
        asked = replace(request, model=model, messages=await self._images.shown(request.messages))
        told = pieces = 0
        try:
            async with aclosing(server.stream(asked)) as batches:
                async for batch in batches:
                    pieces += len(batch)
                    usages = (piece.usage for piece in batch if isinstance(piece, Finished))
                    told += sum(usage.tokens for usage in usages if usage is not None)
                    yield batch
        finally:  # also of who leaves before the end
            await self._limits.spend(owner, told or pieces)

    async def forward(self, owner: str, path: str, body: bytes) -> Forwarded:
        """Hand a request on, with `server/model` changed to the server's own name for the model and nothing else.

        Raises InvalidRequest, ModelNotFound, ModelError, Declined; NotOffered if it is a model without a server; and
        RateLimited to whom has no tokens left today. Whoever reads the answer has its cost counted by `count`.
        """
        await self._limits.refuse_spent(owner)
        fields = _fields(body)
        model_id = _model_of(fields)
        server, model, _ = await self._resolve(model_id)
        if not isinstance(server, Forwards):
            raise NotOffered(f"The model {model_id} is not on a model server: only agents can be given it.")
        await self._images.refuse(_decoded(fields.get("messages")))
        named = {**fields, "model": msgspec.Raw(msgspec.json.encode(model))}
        return await server.forward(path, msgspec.json.encode(named))

    async def count(self, owner: str, tail: bytes, *, events: int = 0) -> None:
        """Count what a forwarded answer says at its end that it has cost.

        A stream that does not say it, since it was not asked to or was left before its end, cost a token an event.
        """
        await self._limits.spend(owner, tokens_in(tail) or events)


def tokens_in(tail: bytes) -> int:
    """Return the tokens that the end of an answer in OpenAI's format tells of, be it a whole one or a stream."""
    told = TOTAL.findall(tail)
    return int(told[-1]) if told else 0


def _fields(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("The body is not a JSON object.") from None


def _decoded(raw: msgspec.Raw | None) -> object:
    return None if raw is None else msgspec.json.decode(raw)


def _model_of(fields: dict[str, msgspec.Raw]) -> str:
    model: object = msgspec.json.decode(fields["model"]) if "model" in fields else None
    if not isinstance(model, str):
        detail = "name the model as server/model; GET /v1/models lists what is there"
        raise InvalidRequest(f"/model: {detail}.", errors=[FieldError(pointer="/model", detail=detail)])
    return model
