"""Toolgroups: what agents are given tools by. Those of MCP servers are registered, with what they were when that was.

The definitions of a server's tools are pinned: one that is not as it was pinned is asked about again before it runs,
until somebody accepts it. What a server is reached with (`McpServer`) holds secrets and is on no wire; what is said of
it (`ToolgroupInfo`) has none.
"""

from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, field

from tertulia.domain.agents import ToolDef
from tertulia.domain.base import END, Value
from tertulia.domain.tools import ApprovalRule, ToolPolicy

ToolgroupId = Annotated[str, Meta(min_length=1, max_length=64, pattern=rf"^[A-Za-z0-9][A-Za-z0-9_.:-]*{END}")]
Provider = Literal["builtin", "functions", "mcp"]
ToolgroupStatus = Literal["ready", "changed", "unreachable"]
"""`changed`: some definitions are not as they were pinned; `unreachable`: its server does not answer."""

Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Words = Annotated[list[Annotated[str, Meta(max_length=4_000)]], Meta(max_length=100)]
Secrets = Annotated[dict[Text, Annotated[str, Meta(max_length=8_000)]], Meta(max_length=50)]
"""Names and values, of which the values are nobody's business."""
Policies = Annotated[dict[Text, ToolPolicy], Meta(max_length=500)]


class McpEndpoint(Value):
    """Where an MCP server is: at a `uri` (Streamable HTTP), or a program that is run (`command` and `args`; stdio)."""

    uri: Text | None = None
    command: Text | None = None
    args: Words = field(default_factory=list[str])


class McpServer(Value):
    """How an MCP server is reached, credentials and all, and under which rules its tools run.

    `approval` is for all of its tools; `policies` are for single ones, by the names that the server gives them.
    """

    toolgroup_id: ToolgroupId
    endpoint: McpEndpoint
    headers: Secrets = field(default_factory=dict[str, str])
    authorization: str | None = None
    env: Secrets = field(default_factory=dict[str, str])
    approval: ApprovalRule = "first_time"
    policies: Policies = field(default_factory=dict[str, ToolPolicy])

    @property
    def secrets(self) -> list[str]:
        """The texts that nobody may see, the longest first."""
        found = {self.authorization or "", *self.headers.values(), *self.env.values()}
        found |= {each.partition(" ")[2].strip() for each in list(found)}  # the token of `Bearer …`
        found |= {value for _, value in parse_qsl(urlsplit(self.endpoint.uri or "").query)}
        return sorted((each for each in found if len(each) >= 6), key=len, reverse=True)

    def __repr__(self) -> str:
        return f"McpServer({self.toolgroup_id!r})"


class PinnedTool(Value):
    """A tool as it was when its toolgroup was registered or accepted; `own_name` is what its server calls it."""

    own_name: str
    definition: ToolDef


class StoredToolgroup(Value):
    """What is kept of an owner's toolgroup. Without a `server` it is one of the operator's, with this owner's pins."""

    toolgroup_id: str
    server: McpServer | None
    pins: list[PinnedTool]
    pinned_at: str


class ToolChange(Value):
    """A tool that is not as it was pinned: there is no `pinned` of a new one, and no `current` of one that is gone."""

    name: str
    pinned: ToolDef | None = None
    current: ToolDef | None = None


class ToolgroupInfo(Value):
    """A toolgroup as lists show it.

    `pinned` tells that every definition is as it was pinned. `is_configured` tells that it is the operator's and stays.
    `listing` stands for the definitions as they are now; who accepts them says it, so that nothing unseen is accepted.
    """

    toolgroup_id: str
    provider: Provider
    mcp_endpoint: McpEndpoint | None = None
    status: ToolgroupStatus = "ready"
    error: str | None = None
    tools: int = 0
    pinned: bool = True
    pinned_at: str | None = None
    approval: ApprovalRule | None = None
    is_configured: bool = False
    listing: str | None = None
    changes: list[ToolChange] = field(default_factory=list[ToolChange])


class ToolgroupList(Value):
    """A page of toolgroups: those of this server first, then those of MCP servers by name."""

    toolgroups: list[ToolgroupInfo]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[ToolgroupInfo]:
        """What this page holds."""
        return self.toolgroups
