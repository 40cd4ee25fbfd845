"""Programs that speak MCP on their standard input and output: with an environment that has nothing of ours."""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from mcp.client._transport import TransportStreams  # the only name that this type has
from mcp.client.stdio import StdioServerParameters, stdio_client

from tertulia.domain.toolgroups import McpServer
from tertulia.tools.mcp import die_with_parent
from tertulia.tools.mcp.stderr import StandardError


@asynccontextmanager
async def stdio_streams(server: McpServer, stderr: StandardError) -> AsyncGenerator[TransportStreams, None]:
    """Run a server's program, and end it with all that it has started."""
    async with (
        stderr.pipe() as file,
        stdio_client(parameters(server), errlog=file) as streams,
    ):
        file.close()
        yield streams


def parameters(server: McpServer) -> StdioServerParameters:
    """Say how the program is run; of our environment the SDK hands on no more than where home and programs are."""
    endpoint = server.endpoint
    assert endpoint.command is not None, "a server that is run has a command"
    command = [endpoint.command, *endpoint.args]
    if sys.platform != "win32":
        launcher = Path(die_with_parent.__file__)
        command = [sys.executable, "-I", "-S", str(launcher), str(os.getpid()), *command]
    return StdioServerParameters(command=command[0], args=command[1:], env=dict(server.env))
