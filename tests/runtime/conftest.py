"""A world for the use cases: a store in memory, a scripted model, and what a test wants to know of them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tertulia.domain.agents import AgentConfig, ToolDef
from tertulia.domain.messages import UserMessage
from tertulia.domain.turns import OnBusy, Turn
from tertulia.models.scripted import Reply, Script, ScriptedModel
from tertulia.runtime.turns import TurnRequest
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tertulia.testing import services
from tertulia.tools.base import Tool

OWNER = "ana"


def say(text: str = "hello", *, on_busy: OnBusy = "enqueue") -> TurnRequest:
    return TurnRequest(messages=[UserMessage(content=text)], on_busy=on_busy)


class World:
    """Services with one agent and one session."""

    def __init__(self, script: Script, store: Store, tools: list[Tool], settings: Settings) -> None:
        self.script = script
        self.store = store
        self.services = services(ScriptedModel(script), settings=settings, store=store, tools=tools)
        self.turns = self.services.turns
        self.sessions = self.services.sessions
        self.agent_id = ""
        self.session_id = ""

    async def furnish(self, config: AgentConfig) -> None:
        agent = await self.services.agents.create(OWNER, config)
        session = await self.sessions.create(OWNER, agent.agent_id)
        self.agent_id, self.session_id = agent.agent_id, session.session_id

    async def start(self, request: TurnRequest | None = None, key: str | None = None) -> TurnRecord:
        return await self.turns.start(OWNER, self.agent_id, self.session_id, request or say(), key=key)

    async def turn(self, text: str = "hello") -> Turn:
        return await self.turns.until_rest(await self.start(say(text)))

    async def get(self, turn_id: str) -> Turn:
        return await self.turns.get(OWNER, self.agent_id, self.session_id, turn_id)

    async def cancel(self, turn_id: str) -> Turn:
        return await self.turns.cancel(OWNER, self.agent_id, self.session_id, turn_id)

    def asked(self, number: int = -1) -> list[str]:
        """What the model was given: each message as role and words."""
        return [
            f"{type(m).__name__.removesuffix('Message').lower()}: {m.content}"
            for m in self.script.requests[number].messages
        ]


MakeWorld = Callable[..., Awaitable[World]]


@pytest.fixture
async def world() -> AsyncGenerator[MakeWorld, None]:
    """Make worlds: `await world(Reply("Hi."), …)`; they end with the test."""
    running: list[World] = []

    async def make(
        *replies: Reply,
        tools: list[Tool] | None = None,
        client_tools: list[ToolDef] | None = None,
        store: Store | None = None,
        max_infer_iters: int = 10,
        **settings: Any,
    ) -> World:
        chosen = Settings(**{"flush_interval_ms": 5, "drain_timeout": 0.05, **settings})
        made = World(Script(*replies), store or MemoryStore(), tools or [], chosen)
        await made.services.start()
        running.append(made)
        config = AgentConfig(
            model="scripted/script",
            instructions="Be brief.",
            toolgroups=[*sorted({tool.toolgroup for tool in tools or []})],
            client_tools=client_tools or [],
            max_infer_iters=max_infer_iters,
        )
        await made.furnish(config)
        return made

    yield make
    for each in running:
        await each.services.stop()


@asynccontextmanager
async def within(seconds: float = 60) -> AsyncGenerator[None, None]:
    """Fail a test that hangs, rather than the whole run."""
    async with asyncio.timeout(seconds):
        yield


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait for what happens in the background and rings no bell."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - there is nothing to wait for but the state itself
            await asyncio.sleep(0.002)
