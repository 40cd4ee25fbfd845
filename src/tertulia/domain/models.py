"""The models that agents can be configured with, and the servers that they come from."""

from typing import Any, Literal

from msgspec import field

from tertulia.domain.base import Value


class ModelInfo(Value):
    """A model that a server offers; `id` is `server/name`, and what agents are configured with.

    `takes_images` is null where nobody knows: then it is given none.
    """

    id: str
    server: str
    name: str
    is_demo: bool = False
    takes_images: bool | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class ServerStatus(Value):
    """Whether a model server can be used now, and if not, why."""

    name: str
    url: str
    status: Literal["ready", "unreachable", "unauthorized"]
    detail: str | None = None
    is_demo: bool = False


class ModelList(Value):
    """All models of all model servers, and how the servers are."""

    models: list[ModelInfo]
    servers: list[ServerStatus]
