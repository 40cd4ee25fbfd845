"""Small tools for tests."""

import asyncio
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolContext, ToolResult


class EchoTool:
    """Answers with its text; with `expects`, only once that many calls run side by side."""

    toolgroup = "test::echo"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="echo", description="Say it again.")

    def __init__(self, *, expects: int = 1, gate: asyncio.Event | None = None) -> None:
        self._expects = expects
        self._gate = gate or asyncio.Event()
        self.keys: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.keys)

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.keys.append(context.idempotency_key)
        if self.calls >= self._expects:
            self._gate.set()
        await self._gate.wait()
        if arguments["text"] == "boom":
            raise ValueError("boom")
        return ToolResult(content=arguments["text"])


class StuckTool:
    """Never answers."""

    toolgroup = "test::stuck"
    policy = ToolPolicy()
    definition = ToolDef(name="stuck", description="Take for ever.")

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.was_cancelled = False

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        raise AssertionError("an event that nobody sets was set")
