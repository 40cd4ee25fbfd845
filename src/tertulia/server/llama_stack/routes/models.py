"""Models: list and get, in Llama Stack's form and in OpenAI's. They are what the model servers have."""

from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.params import PathParameter

from tertulia.domain.errors import ModelNotFound, NotOffered
from tertulia.models.base import ModelInfo
from tertulia.models.catalog import ModelCatalog
from tertulia.server.answers import answer
from tertulia.server.routes.parameters import Given
from tertulia.server.wire.llama_stack.registry import openai_model, written_model

ModelId = Annotated[str, PathParameter(description="The model, as server/model.")]
NOT_REGISTERED = (
    "Models are not registered here: they are those of the model servers. Name a server in TERTULIA_MODEL_SERVERS, and "
    "its models are there."
)


@get("/models")
async def list_models(catalog: Given[ModelCatalog]) -> Response[Any]:
    """List the models of all model servers."""
    models = (await catalog.list_models()).models
    return answer({"object": "list", "data": [written_model(model) for model in models]})


@get("/models/{model_id:path}")
async def get_model(model_id: ModelId, catalog: Given[ModelCatalog]) -> Response[Any]:
    """Get a model."""
    return answer(written_model(await _find(catalog, model_id)))


@get("/openai/v1/models")
async def list_openai_models(catalog: Given[ModelCatalog]) -> Response[Any]:
    """List the models of all model servers, as OpenAI does."""
    models = (await catalog.list_models()).models
    return answer({"object": "list", "data": [openai_model(model) for model in models]})


@get("/openai/v1/models/{model_id:path}")
async def get_openai_model(model_id: ModelId, catalog: Given[ModelCatalog]) -> Response[Any]:
    """Get a model, as OpenAI does."""
    return answer(openai_model(await _find(catalog, model_id)))


async def _find(catalog: ModelCatalog, path: str) -> ModelInfo:
    model_id = path.removeprefix("/")
    for model in (await catalog.list_models()).models:
        if model.id == model_id:
            return model
    raise ModelNotFound(f"No model server offers {model_id[:300]!r}. GET /v1/models lists what is there.")


@post("/models")
async def register_model() -> None:
    """Say that models are not registered."""
    raise NotOffered(NOT_REGISTERED)


@delete("/models/{model_id:path}", status_code=200)
async def unregister_model(model_id: ModelId) -> None:
    """Say that models are not registered."""
    raise NotOffered(NOT_REGISTERED)


def models_router() -> Router:
    """The routes of models."""
    handlers: list[Any] = [
        list_models,
        get_model,
        list_openai_models,
        get_openai_model,
        register_model,
        unregister_model,
    ]
    return Router("/v1", route_handlers=handlers)
