"""Models asked without agents: requests in OpenAI's format pass through, and only the model's name in them is ours."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol, runtime_checkable

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import FieldError, InvalidRequest, NotOffered
from tertulia.models.base import ModelRequest, Piece, Resolve
from tertulia.models.forward import Forwarded


@runtime_checkable
class Forwards(Protocol):
    """A model server that takes requests in OpenAI's format as they are."""

    async def forward(self, path: str, body: bytes) -> Forwarded:
        """Hand a request on. Raises ModelError, Declined."""
        ...


class Passing:
    """Hands requests on to whom their model says."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def ask(self, model_id: str, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        """Ask a model outside of any turn; yield its answer in batches. Raises ModelNotFound, ModelError."""
        server, model, _ = await self._resolve(model_id)
        async with aclosing(server.stream(replace(request, model=model))) as batches:
            async for batch in batches:
                yield batch

    async def forward(self, path: str, body: bytes) -> Forwarded:
        """Hand a request on, with `server/model` changed to the server's own name for the model and nothing else.

        Raises InvalidRequest, ModelNotFound, ModelError, Declined; NotOffered if it is a model without a server.
        """
        fields = _fields(body)
        model_id = _model_of(fields)
        server, model, _ = await self._resolve(model_id)
        if not isinstance(server, Forwards):
            raise NotOffered(f"The model {model_id} is not on a model server: only agents can be given it.")
        named = {**fields, "model": msgspec.Raw(msgspec.json.encode(model))}
        return await server.forward(path, msgspec.json.encode(named))


def _fields(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("The body is not a JSON object.") from None


def _model_of(fields: dict[str, msgspec.Raw]) -> str:
    model: object = msgspec.json.decode(fields["model"]) if "model" in fields else None
    if not isinstance(model, str):
        detail = "name the model as server/model; GET /v1/models lists what is there"
        raise InvalidRequest(f"/model: {detail}.", errors=[FieldError(pointer="/model", detail=detail)])
    return model
