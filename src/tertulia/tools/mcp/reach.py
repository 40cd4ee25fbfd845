"""Which MCP servers can be registered over HTTP: where they are (S6), and whether they may be programs.

What the operator has configured is not asked about: who writes the settings of a server may run what they like on it.
"""

import re
from ipaddress import ip_network
from typing import Literal

from yarl import URL

from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, Forbidden, InvalidRequest, ToolServerUnavailable
from tertulia.domain.toolgroups import McpServer
from tertulia.tools.web.addresses import METADATA, read_address
from tertulia.tools.web.guard import WebGuard, WebRefused, WebRules

Networks = Literal["public", "loopback", "private", "any"]
"""Public addresses only; those and this machine's own; all but where clouds keep credentials; or any."""

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
OURS = frozenset({"host", "content-length", "content-type", "accept", "connection", "transfer-encoding"})
URI = "/mcp_endpoint/uri"


class Reach(Value):
    """How far people may reach."""

    networks: Networks = "loopback"
    runs_programs: bool = False

    def guard_of(self, server: McpServer) -> WebGuard:
        """Return what keeps a server's connections where they may go.

        This machine is reached by its own names and addresses only: a name of somebody else's that leads here, now or
        a moment later, is a trap.
        """
        host = URL(server.endpoint.uri or "").raw_host or ""
        address = read_address(host)
        is_here = host == "localhost" or (address is not None and any(address in network for network in LOOPBACK))
        if self.networks in ("private", "any"):
            networks = ANYWHERE
        else:
            networks = LOOPBACK if self.networks == "loopback" and is_here else ()
        never = () if self.networks == "any" else METADATA
        return WebGuard(WebRules(networks=networks, never=never, ports=None))

    async def check(self, server: McpServer) -> None:
        """Raise Forbidden or InvalidRequest, naming the field, unless a server may be registered."""
        check_form(server)
        if server.endpoint.uri is None:
            if not self.runs_programs:
                raise Forbidden(
                    "Over HTTP no MCP server can be registered that is a program, since this server would run it. Name "
                    "it in the file of TERTULIA_MCP_FILE, or set TERTULIA_MCP_PROGRAMS=true if whoever can reach this "
                    "server may run programs here."
                )
            return
        try:
            guard = self.guard_of(server)
            url = guard.check(server.endpoint.uri)
            await guard.addresses(url.raw_host or "", url.port or 0)
        except WebRefused as refused:
            hint = "TERTULIA_MCP_NETWORKS says where MCP servers may be."
            raise invalid(URI, f"{str(refused).rstrip('.')}. {hint}") from None
        except ValueError as error:
            raise invalid(URI, f"it is not a URL that can be read: {error}") from None
        except OSError as error:
            raise ToolServerUnavailable(f"The host of {URI} is not found: {error.strerror or error}.") from None


def check_form(server: McpServer) -> None:
    """Raise InvalidRequest, naming the field, for a server that could never be reached as it is described."""
    endpoint = server.endpoint
    if (endpoint.uri is None) == (endpoint.command is None):
        raise invalid("/mcp_endpoint", "it has either a `uri` or a `command`")
    if endpoint.uri is not None and not re.match(r"https?://[^/\s]+", endpoint.uri):
        raise invalid(URI, "it begins with http:// or https:// and names a host")
    if endpoint.uri is not None and server.env:
        raise invalid("/mcp_endpoint/env", "only a program has an environment; an HTTP server is given `headers`")
    if endpoint.command is not None and (server.headers or server.authorization):
        raise invalid("/headers", "a program is not sent any; it is given its secrets in `env`")
    for name, value in server.headers.items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or name.lower() in OURS or name.lower()[:4] == "mcp-":
            raise invalid("/headers", f"{name[:60]!r} is not a header that can be given")
        _check_value("/headers", value)
    _check_value("/authorization", server.authorization or "")
    for name, value in server.env.items():
        if not name or "=" in name or "\0" in name + value:
            raise invalid("/mcp_endpoint/env", f"{name[:60]!r} is not a variable that can be given")
    if any("\0" in word for word in (endpoint.command or "", *endpoint.args)):
        raise invalid("/mcp_endpoint/args", "a program cannot be given a NUL")


def _check_value(pointer: str, value: str) -> None:
    if not value.isprintable() or not value.isascii():
        raise invalid(pointer, "values are printable ASCII")


def invalid(pointer: str, detail: str) -> InvalidRequest:
    """Return an error about a field."""
    return InvalidRequest(
        f"{pointer}: {detail}.".replace("..", "."), errors=[FieldError(pointer=pointer, detail=detail)]
    )
