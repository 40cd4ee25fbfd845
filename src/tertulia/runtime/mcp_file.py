"""The operator's MCP servers: `name=URL` each, or a TOML file with a table `[[servers]]` for each, read once at start.

Credentials may be named instead of written: `${NAME}` in them is that variable of the server's environment.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import field

from tertulia.domain.base import Input
from tertulia.domain.errors import StartupError
from tertulia.domain.toolgroups import McpEndpoint, McpServer, ToolgroupId
from tertulia.domain.tools import ApprovalRule, ToolPolicy
from tertulia.domain.written import refuse_unknown
from tertulia.runtime.operators_file import operators_file
from tertulia.settings.values import Settings
from tertulia.tools.mcp.names import prefix_of
from tertulia.tools.mcp.reach import check_form


class ServerTable(Input):
    """One server, as the file has it."""

    toolgroup_id: ToolgroupId
    uri: str | None = None
    command: str | None = None
    args: list[str] = field(default_factory=list[str])
    env: dict[str, str] = field(default_factory=dict[str, str])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    authorization: str | None = None
    approval: ApprovalRule = "first_time"
    policies: dict[str, ToolPolicy] = field(default_factory=dict[str, ToolPolicy])


class McpFile(Input):
    """What the file holds."""

    servers: list[ServerTable]


def configured_servers(settings: Settings) -> list[McpServer]:
    """Return the servers of the settings. Raises StartupError."""
    servers = [
        McpServer(toolgroup_id=name, endpoint=McpEndpoint(uri=uri))
        for name, _, uri in (each.partition("=") for each in settings.mcp_servers)
    ]
    servers += read_mcp_file(settings.mcp_file) if settings.mcp_file else []
    prefixes = [prefix_of(server.toolgroup_id) for server in servers]
    twice = sorted({server.toolgroup_id for server in servers if prefixes.count(prefix_of(server.toolgroup_id)) > 1})
    if twice:
        raise StartupError(f"The tools of the MCP servers {', '.join(twice)} would have the same names: rename some.")
    return servers


def read_mcp_file(path: Path, environ: Mapping[str, str] = os.environ) -> list[McpServer]:
    """Read the file. Raises StartupError that says where it is wrong, and repeats none of its values."""
    with operators_file(path, "MCP servers") as written:
        tables = msgspec.convert(written, McpFile).servers
        refuse_unknown(written["servers"], tables, "/servers")
        return [_server(table, environ) for table in tables]


def _server(table: ServerTable, environ: Mapping[str, str]) -> McpServer:
    def filled(texts: Mapping[str, str]) -> dict[str, str]:
        return {name: _filled(text, environ) for name, text in texts.items()}

    server = McpServer(
        toolgroup_id=table.toolgroup_id,
        endpoint=McpEndpoint(uri=table.uri, command=table.command, args=table.args),
        headers=filled(table.headers),
        authorization=_filled(table.authorization, environ) if table.authorization else None,
        env=filled(table.env),
        approval=table.approval,
        policies=table.policies,
    )
    check_form(server)
    return server


def _filled(text: str, environ: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in environ:
            raise StartupError(f"it names the variable {name}, which is not set.")
        return environ[name]

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", value, text)
