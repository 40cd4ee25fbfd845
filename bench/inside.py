"""Our server's services inside the benchmark's own process, over a database that counts: no HTTP, no other process.

What is counted is what turns ask of their database and how long they wait for it, with the way to its thread and back.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Literal, TypeVar

from bench.ask import Ask
from bench.fake_server import MODEL
from bench.targets import TargetError
from tertulia.domain.agents import AgentConfig
from tertulia.domain.messages import UserMessage
from tertulia.runtime.turns import TurnRequest
from tertulia.server.logs import configure_logs
from tertulia.settings.values import Settings
from tertulia.store.sql.database import Database, Operation
from tertulia.store.sql.store import SqlStore
from tertulia.wiring import LOCAL_OWNER, Services

T = TypeVar("T")
NEVER_MS = 3_600_000


class Counted:
    """A database, and how much of it was used so far."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = self.writes = 0
        self.seconds = 0.0

    @property
    def is_shared(self) -> bool:
        return self._database.is_shared

    @property
    def language(self) -> Literal["fts5", "tsquery"]:
        return self._database.language

    async def open(self) -> None:
        await self._database.open()

    async def reclaim(self) -> bool:
        return await self._database.reclaim()

    async def read(self, operation: Operation[T]) -> T:
        self.reads += 1
        began = perf_counter()
        try:
            return await self._database.read(operation)
        finally:
            self.seconds += perf_counter() - began

    async def write(self, operation: Operation[T]) -> T:
        self.writes += 1
        began = perf_counter()
        try:
            return await self._database.write(operation)
        finally:
            self.seconds += perf_counter() - began

    def write_now(self, operation: Operation[T]) -> T:
        return self._database.write_now(operation)

    async def close(self) -> None:
        await self._database.close()


class Inside:
    """Services with an agent that has a tool."""

    def __init__(self, services: Services, agent_id: str, counted: Counted) -> None:
        self._services = services
        self._agent_id = agent_id
        self.counted = counted

    async def new_session(self) -> str:
        """Make a session."""
        return (await self._services.sessions.create(LOCAL_OWNER, self._agent_id, name="Measured")).session_id

    async def run_turn(self, session_id: str, ask: Ask) -> int:
        """Run a turn to its end; return how many steps it had. Raises TargetError if it was not as asked for."""
        request = TurnRequest(messages=[UserMessage(content=ask.text)])
        turns = self._services.turns
        record = await turns.start(LOCAL_OWNER, self._agent_id, session_id, request)
        turn = await turns.until_rest(record)
        if turn.status != "completed" or len(turn.steps) != 2 * ask.calls + 1:
            raise TargetError(f"a turn of {len(turn.steps)} steps ended as {turn.status}: {turn.error}")
        return len(turn.steps)


@asynccontextmanager
async def inside(database: Database, model_url: str, data_dir: Path) -> AsyncGenerator[Inside]:
    """Start the services over a database. Nothing is looked for at intervals, so that only turns are counted."""
    configure_logs("error")
    settings = Settings(
        data_dir=data_dir,
        model_servers=[model_url],
        discover=False,
        recovery_interval_ms=NEVER_MS,
        poll_interval_ms=NEVER_MS,
    )
    counted = Counted(database)
    services = Services(settings, SqlStore(counted))
    await services.start()
    try:
        listing = await services.catalog.list_models()
        model = next(one.id for one in listing.models if one.id.endswith(MODEL))
        config = AgentConfig(model=model, instructions="Do as you are told.", toolgroups=["builtin::clock"])
        agent = await services.agents.create(LOCAL_OWNER, config)
        await asyncio.sleep(0)
        yield Inside(services, agent.agent_id, counted)
    finally:
        await services.stop()
