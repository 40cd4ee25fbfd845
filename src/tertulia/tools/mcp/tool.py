"""A tool of an MCP server, as agents are given it."""

from typing import Any

from msgspec.structs import replace

from tertulia.domain.agents import ToolDef
from tertulia.domain.toolgroups import McpServer
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.mcp.link import McpLink


class McpTool:
    """Calls its server. One that is not as it was pinned is asked about before it runs."""

    def __init__(
        self, own_name: str, definition: ToolDef, server: McpServer, link: McpLink, *, is_pinned: bool
    ) -> None:
        self.own_name = own_name
        self.definition = definition
        self.toolgroup = server.toolgroup_id
        self.is_pinned = is_pinned
        self.policy = policy_for(server, own_name, is_pinned=is_pinned)
        self._link = link

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Call it on its server; whatever goes wrong there is an error result."""
        return await self._link.call(self.own_name, self.definition, arguments, context)


def policy_for(server: McpServer, own_name: str, *, is_pinned: bool) -> ToolPolicy:
    """Return what may be done with a tool, as who registered it says; what its server says of it does not count."""
    policy = server.policies.get(own_name) or ToolPolicy(approval=server.approval)
    if not is_pinned and policy.approval == "never":
        return replace(policy, approval="first_time")
    return policy
