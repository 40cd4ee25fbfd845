# Made of client/aio by `make generate`: change it there.
"""Calls about the server itself, and about what agents can use."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from tertulia.client.request import Request
from tertulia.client.sync.calls import Calls
from tertulia.domain.lists import AuditList
from tertulia.domain.models import ModelList
from tertulia.domain.server import Health, Readiness, ServerConfig, Version
from tertulia.domain.toolgroups import ToolgroupInfo, ToolgroupList
from tertulia.domain.tools import ApprovalRule, ToolList, ToolOutcome, ToolPolicy

NOT_READY = 503


class ServerCalls(Calls):
    """What the server is, has and takes."""

    def get_config(self) -> ServerConfig:
        """What the server is, and how much it takes."""
        return self._get(ServerConfig, "config")

    def get_health(self) -> Health:
        """Whether the server answers: it does, or this raises."""
        return self._get(Health, "health")

    def get_readiness(self) -> Readiness:
        """Whether the server takes work now, and if not, why. Asked once: "not ready" is an answer."""
        request = Request(method="GET", path="/ready", also_answers=frozenset({NOT_READY}))
        return self._transport.call(request, Readiness)

    def get_version(self) -> Version:
        """The server's version."""
        return self._get(Version, "version")

    def get_metrics(self) -> str:
        """What the node that is asked does and has counted, in the text format of Prometheus; for admins."""
        return self._text(Request(method="GET", path="/metrics", is_repeatable=True))

    def list_audit(
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
        return self._get(
            AuditList, "audit", actor=actor, action=action, since=since, until=until, limit=limit, cursor=cursor
        )

    def export_account(self) -> Generator[bytes]:
        """Everything that is yours as one archive (`.tar.gz`), piece by piece, to be written to a file."""
        request = Request(method="GET", path="/export", is_repeatable=True)
        with self._transport.stream(request) as response:
            while chunk := response.chunk():
                yield chunk

    def list_models(self) -> ModelList:
        """The models that agents can use now, and how the model servers are."""
        return self._get(ModelList, "models")

    def list_toolgroups(self, *, limit: int | None = None, cursor: str | None = None) -> ToolgroupList:
        """A page of the groups that tools are given by."""
        return self._get(ToolgroupList, "toolgroups", limit=limit, cursor=cursor)

    def get_toolgroup(self, toolgroup_id: str) -> ToolgroupInfo:
        """A toolgroup, with what has changed of it since it was accepted."""
        return self._get(ToolgroupInfo, "toolgroups", toolgroup_id)

    def register_toolgroup(  # noqa: PLR0913 - the fields of a registration
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
        return self._post(ToolgroupInfo, "toolgroups", body=body)

    def unregister_toolgroup(self, toolgroup_id: str) -> None:
        """Unregister an MCP server; agents that name it go on without its tools."""
        self._delete("toolgroups", toolgroup_id)

    def accept_toolgroup(self, toolgroup_id: str, *, listing: str | None = None) -> ToolgroupInfo:
        """Accept the tools of an MCP server as they are now, if that is what `listing` stands for."""
        return self._post(ToolgroupInfo, "toolgroups", toolgroup_id, "accept", body={"listing": listing})

    def call_tool(self, tool_name: str, arguments: Mapping[str, Any] | None = None) -> ToolOutcome:
        """Call a tool without any agent; that it fails is an answer too."""
        body = {"arguments": {**(arguments or {})}}
        return self._post(ToolOutcome, "tools", tool_name, "call", body=body)

    def list_tools(self) -> ToolList:
        """The tools that agents can be given by their toolgroup."""
        return self._get(ToolList, "tools")
