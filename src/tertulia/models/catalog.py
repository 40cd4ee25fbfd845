"""All model servers at once: which there are, what they offer, and who answers for `server/model`.

One dead server never breaks the list: it is a status with a sentence. What servers say is remembered for a few
seconds, and askers who come at the same time share one round of questions.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from tertulia.domain.errors import ModelError, ModelNotFound, ModelRefused
from tertulia.domain.models import ModelInfo, ModelList, ServerStatus
from tertulia.models.base import ModelServer
from tertulia.models.clock import Clock, LoopClock
from tertulia.models.images import known_to_look, overruled

REMEMBER_S = 15.0
WINDOW_FACTS = ("max_model_len", "n_ctx", "loaded_context_length", "context_length", "context_window")
"""What vLLM, llama.cpp, LM Studio and others call the number of tokens that a model can be given."""


class ModelCatalog:
    """The model servers of this process. Of two with one name, the first is meant."""

    def __init__(
        self, servers: Sequence[ModelServer] = (), *, image_models: Sequence[str] = (), clock: Clock | None = None
    ) -> None:
        self._clock = clock or LoopClock()
        self._image_models = image_models
        self.use(servers)

    @property
    def servers(self) -> Sequence[ModelServer]:
        """The servers, in the order in which they were given."""
        return self._servers

    def use(self, servers: Iterable[ModelServer]) -> None:
        """Take these servers instead of those before."""
        self._servers = list(servers)
        self._by_name = {server.name: server for server in reversed(self._servers)}
        self._listing = ModelList(models=[], servers=[])
        self._fresh_until = float("-inf")
        self._asking: asyncio.Task[ModelList] | None = None

    async def resolve(self, model_id: str) -> tuple[ModelServer, str, int | None]:
        """Return who answers for `server/model`, its name there, and its window in tokens as far as it is known.

        Only the server must be known: it is the one to say whether it has the model. Raises ModelNotFound.
        """
        server_name, slash, model = model_id.partition("/")
        server = self._by_name.get(server_name)
        if server is None or not model:
            raise ModelNotFound(self._unknown(model_id, server_name if slash else None))
        known = _find(self._listing, model_id)
        return server, model, _window(known.metadata) if known else None

    async def takes_images(self, model_id: str) -> bool | None:
        """Whether `server/model` looks at images; None when nobody knows.

        What a server has said of a model holds: no turn waits for servers to be asked again.
        """
        if (verdict := overruled(model_id, self._image_models)) is not None:
            return verdict
        known = _find(self._listing, model_id) or _find(await self.list_models(), model_id)
        return known.takes_images if known is not None else known_to_look(model_id.partition("/")[2])

    async def list_models(self) -> ModelList:
        """Return what all servers offer now, or did a few seconds ago."""
        if self._clock.now() < self._fresh_until:
            return self._listing
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all(), name="list-models")
            self._asking.add_done_callback(self._forget_task)
        return await asyncio.shield(self._asking)  # one asker who leaves does not end the round for the others

    async def close(self) -> None:
        """Close all servers."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        for server in self._servers:
            await server.close()

    async def _ask_all(self) -> ModelList:
        servers = self._servers
        answers = await asyncio.gather(*map(_ask, servers))
        listing = ModelList(
            models=[self._overruled(model) for models, _ in answers for model in models],
            servers=[status for _, status in answers],
        )
        if servers is self._servers:  # else there are others by now, and this is not about them
            self._listing, self._fresh_until = listing, self._clock.now() + REMEMBER_S
        return listing

    def _overruled(self, model: ModelInfo) -> ModelInfo:
        verdict = overruled(model.id, self._image_models)
        return model if verdict is None else replace(model, takes_images=verdict)

    def _forget_task(self, task: "asyncio.Task[ModelList]") -> None:
        if self._asking is task:
            self._asking = None

    def _unknown(self, model_id: str, server_name: str | None) -> str:
        names = ", ".join(server.name for server in self._servers)
        there = f"Model servers here: {names}." if names else "No model server is connected."
        if server_name is None:
            return f"A model is named server/model, and {model_id!r} does not say which server. {there}"
        return f"There is no model server {server_name!r} for the model {model_id!r}. {there}"


def _find(listing: ModelList, model_id: str) -> ModelInfo | None:
    return next((info for info in listing.models if info.id == model_id), None)


async def _ask(server: ModelServer) -> tuple[list[ModelInfo], ServerStatus]:
    try:
        models = await server.list_models()
    except ModelError as error:
        status = "unauthorized" if isinstance(error, ModelRefused) else "unreachable"
        return [], ServerStatus(
            name=server.name, url=server.url, status=status, detail=error.message, is_demo=server.is_demo
        )
    return models, ServerStatus(name=server.name, url=server.url, status="ready", is_demo=server.is_demo)


def _window(metadata: dict[str, Any]) -> int | None:
    sizes = (metadata.get(name) for name in WINDOW_FACTS)
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)
