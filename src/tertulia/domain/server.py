"""What a server says of itself: its limits, its life, its readiness, its version."""

from typing import Literal

from tertulia.domain.base import Value
from tertulia.domain.retention import RetentionRule

AuthMode = Literal["none", "accounts", "proxy"]
"""How a server knows who asks: it does not need to, by accounts of its own, or a proxy says it."""


class Limits(Value):
    """How much the server takes; `accept` lists media types of files that a model can be given."""

    max_body_bytes: int
    max_file_bytes: int
    max_files: int
    max_message_chars: int
    accept: list[str]


class ToolOffer(Value):
    """Which tools people may bring; `programs`: MCP servers that are programs can be registered over HTTP."""

    programs: bool


class ServerConfig(Value):
    """What the page needs to know before it asks for anything else.

    `build` tells this server's page from that of another: one that was loaded from another build is out of date.
    `trash_days` 0: what is deleted is gone at once. `retention` says how long sessions stay of which no rule of an
    agent or of their own says more.
    """

    version: str
    build: str
    auth: AuthMode
    default_agent_id: str | None
    demo: bool
    limits: Limits
    tools: ToolOffer
    titles: Literal["first_message", "model"]
    trash_days: int
    retention: RetentionRule
    retry_ms: int


class Health(Value):
    """The server answers."""

    status: Literal["ok"] = "ok"


class Readiness(Value):
    """Whether the server takes work, and if not, why."""

    status: Literal["ready", "draining", "storage_unavailable"]


class Version(Value):
    """The server's version."""

    version: str
