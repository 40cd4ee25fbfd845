"""Calls about the server itself, and about what agents can use."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from tertulia.client.aio.calls import AsyncCalls
from tertulia.client.request import Request
from tertulia.domain.lists import AuditList
from tertulia.domain.models import ModelList
from tertulia.domain.server import Health, Readiness, ServerConfig, Version
from tertulia.domain.toolgroups import ToolgroupInfo, ToolgroupList
from tertulia.domain.tools import ApprovalRule, ToolList, ToolOutcome, ToolPolicy

NOT_READY = 503


class AsyncServerCalls(AsyncCalls):
    """What the server is, has and takes."""

    async def get_config(self) -> ServerConfig:
        """What the server is, and how much it takes."""
        return await self._get(ServerConfig, "config")

    async def get_health(self) -> Health:
        """Whether the server answers: it does, or this raises."""
        return await self._get(Health, "health")

    async def get_readiness(self) -> Readiness:
        """Whether the server takes work now, and if not, why. Asked once: "not ready" is an answer."""
        request = Request(method="GET", path="/ready", also_answers=frozenset({NOT_READY}))
        return await self._transport.call(request, Readiness)

    async def get_version(self) -> Version:
        """The server's version."""
        return await self._get(Version, "version")

    async def get_metrics(self) -> str:
        """What the node that is asked does and has counted, in the text format of Prometheus; for admins."""
        return await self._text(Request(method="GET", path="/metrics", is_repeatable=True))

    async def list_audit(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AuditList:
        """A page of what was done, by whom and to what, the newest first; for admins."""
        return await self._get(
            AuditList, "audit", actor=actor, action=action, since=since, until=until, limit=limit, cursor=cursor
        )

    async def export_account(self) -> AsyncGenerator[bytes]:
        """Everything that is yours as one archive (`.tar.gz`), piece by piece, to be written to a file."""
        request = Request(method="GET", path="/export", is_repeatable=True)
        async with self._transport.stream(request) as response:
            while chunk := await response.chunk():
                yield chunk

    async def list_models(self) -> ModelList:
        """The models that agents can use now, and how the model servers are."""
        return await self._get(ModelList, "models")

    async def list_toolgroups(self, *, limit: int | None = None, cursor: str | None = None) -> ToolgroupList:
        """A page of the groups that tools are given by."""
        return await self._get(ToolgroupList, "toolgroups", limit=limit, cursor=cursor)

    async def get_toolgroup(self, toolgroup_id: str) -> ToolgroupInfo:
        """A toolgroup, with what has changed of it since it was accepted."""
        return await self._get(ToolgroupInfo, "toolgroups", toolgroup_id)

    async def register_toolgroup(  # noqa: PLR0913 - the fields of a registration
        self,
        toolgroup_id: str,
        uri: str | None = None,
        *,
        command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = None,
        approval: ApprovalRule = "first_time",
        policies: Mapping[str, ToolPolicy] | None = None,
    ) -> ToolgroupInfo:
        """Register an MCP server: at a `uri`, or a program and its arguments (`command`), if the server runs those."""
        program = {"command": command[0], "args": [*command[1:]], "env": {**(env or {})}} if command else {}
        body = {
            "toolgroup_id": toolgroup_id,
            "mcp_endpoint": {"uri": uri, **program},
            "headers": {**(headers or {})},
            "authorization": authorization,
            "approval": approval,
            "policies": {**(policies or {})},
        }
        return await self._post(ToolgroupInfo, "toolgroups", body=body)

    async def unregister_toolgroup(self, toolgroup_id: str) -> None:
        """Unregister an MCP server; agents that name it go on without its tools."""
        await self._delete("toolgroups", toolgroup_id)

    async def accept_toolgroup(self, toolgroup_id: str, *, listing: str | None = None) -> ToolgroupInfo:
        """Accept the tools of an MCP server as they are now, if that is what `listing` stands for."""
        return await self._post(ToolgroupInfo, "toolgroups", toolgroup_id, "accept", body={"listing": listing})

    async def call_tool(self, tool_name: str, arguments: Mapping[str, Any] | None = None) -> ToolOutcome:
        """Call a tool without any agent; that it fails is an answer too."""
        body = {"arguments": {**(arguments or {})}}
        return await self._post(ToolOutcome, "tools", tool_name, "call", body=body)

    async def list_tools(self) -> ToolList:
        """The tools that agents can be given by their toolgroup."""
        return await self._get(ToolList, "tools")
