"""What agents can use: models and tools."""

from typing import Any

from litestar import Response, Router, get

from tertulia.domain.models import ModelList
from tertulia.domain.tools import ToolList
from tertulia.models.catalog import ModelCatalog
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import Given
from tertulia.server.routes.problems import raises


@get("/models", operation_id="list_models", responses=raises())
async def list_models(catalog: Given[ModelCatalog]) -> Response[ModelList]:
    """List the models of all model servers; one that does not answer is in `servers` with the reason."""
    return answer(await catalog.list_models())


@get("/tools", operation_id="list_tools", responses=raises())
async def list_tools(toolgroups: Given[Toolgroups], caller: Given[Caller]) -> Response[ToolList]:
    """List the tools that agents can be given by their toolgroup."""
    return answer(ToolList(tools=await toolgroups.list_tools(caller.owner)))


def models_router() -> Router:
    """The routes of models and tools."""
    handlers: list[Any] = [list_models, list_tools]
    return Router("/v1", route_handlers=handlers, tags=["Models and tools"])
