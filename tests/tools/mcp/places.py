"""Where the test server runs: as a program of ours, or at a port of its own; speaking as today, or as before 2026."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tertulia.domain.questions import Answer
from tertulia.domain.toolgroups import McpEndpoint, McpServer
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.opening import links_within
from tertulia.tools.mcp.reach import Reach

PROGRAM = str(Path(__file__).with_name("servers.py"))
TOKEN = "canary-token-7731"
AUTHORIZATION = "canary-authorization-5542"
ROOT = Path(__file__).parents[3]


class HttpPlace:
    """The test server at a port. It can be killed, and started again where it was."""

    def __init__(self, directory: Path, *flags: str) -> None:
        self._file = directory / f"port{'-'.join(flags)}"
        self._flags = flags
        self.port = 0
        self.start()

    def start(self) -> None:
        self._file.unlink(missing_ok=True)
        command = [sys.executable, PROGRAM, str(self._file), *self._flags]
        self.process = subprocess.Popen(command, env={**os.environ, "PORT": str(self.port)})
        while not self._file.exists():
            assert self.process.poll() is None, "the test server has ended"
            time.sleep(0.01)
        self.port = int(self._file.read_text())

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def renew(self) -> None:
        """Have a server whose tools are as they were at first."""
        if self.process.poll() is None:
            urlopen(f"http://127.0.0.1:{self.port}/reset", data=b"").close()
        else:
            self.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def http_server(place: HttpPlace, **changes: Any) -> McpServer:
    endpoint = McpEndpoint(uri=place.uri)
    return McpServer(**{"toolgroup_id": "test", "endpoint": endpoint, "authorization": AUTHORIZATION, **changes})


def program_server(*flags: str, **changes: Any) -> McpServer:
    endpoint = McpEndpoint(command=sys.executable, args=[PROGRAM, "stdio", *flags])
    return McpServer(**{"toolgroup_id": "test", "endpoint": endpoint, "env": {"TOKEN": TOKEN}, **changes})


class Caller:
    """Calls tools over a link, as a turn would; `said` is what came while they ran."""

    def __init__(self, server: McpServer, *, is_configured: bool = True, reach: Reach | None = None) -> None:
        self.link: McpLink = links_within(reach or Reach())(server, is_configured)
        self.said: list[str] = []

    async def call(self, tool: str, answers: Mapping[str, Answer] | None = None, **arguments: Any) -> ToolResult:
        async def output(text: str) -> None:
            self.said.append(text)

        context = ToolContext(
            owner="ana", session_id="s", turn_id="t", idempotency_key="k", output=output, answers=answers or {}
        )
        return await self.link.call(tool, (await self.link.listing())[tool], arguments, context)
