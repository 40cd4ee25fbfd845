"""`tertulia serve` with one more tool: a door. What was done at it stands in a file, as its effect on the world.

The first hand on it never comes back, so that the server can be killed in the middle of the call.
"""

import asyncio
from pathlib import Path
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolContext, ToolResult
from tests.e2e.own_tools import serve_with


class Door:
    """Opens at the second try."""

    toolgroup = "test::door"
    policy = ToolPolicy()
    definition = ToolDef(name="door", description="Open the door.")

    def __init__(self, file: Path) -> None:
        self._file = file

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        with self._file.open("a") as file:
            file.write("opened\n")
        if self._file.read_text() == "opened\n":
            await asyncio.Event().wait()
        return ToolResult(content="It is open.")


if __name__ == "__main__":
    serve_with(lambda data: [Door(data.with_suffix(".door"))])
