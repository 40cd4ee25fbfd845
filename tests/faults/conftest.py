"""The stage of a fault test: a model server that stays, servers that come and go, and what must hold at the end."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.faults import invariants, rows
from tests.faults.caller import Caller
from tests.faults.model import FakeModel
from tests.faults.node import PLAIN, Node
from tests.faults.size import PATIENCE_S, SEED, chances
from tests.server.site import frames_of

PLACES = 25
"""From how many places of a session's events the check comes back, at least one a turn."""

LEASE_S = 3.0
SHORT_LEASES = {
    "TERTULIA_LEASE_SECONDS": str(LEASE_S),
    "TERTULIA_LEASE_RENEW_EVERY": "0.5",
    "TERTULIA_LEASE_MARGIN": "0.5",
}


class Stage:
    """A model server, one server to begin with, and a client."""

    def __init__(self, model: FakeModel, caller: Caller, home: Path) -> None:
        self.model = model
        self.caller = caller
        self.home = home
        self.nodes: list[Node] = []
        self.sessions: list[str] = []
        self.postgres = ""
        """The database of all servers, if it is PostgreSQL; else each has a file of its own."""
        print(f"TERTULIA_FAULTS_SEED={SEED}")  # noqa: T201 - pytest shows it beside a test that fails
        self.allowed: set[str] = set()
        """Error lines of the log that the test's faults are to blame for."""

    @property
    def effects_file(self) -> Path:
        """Where the tools of rigged servers have their effects."""
        return self.home / "effects.txt"

    @property
    def effects(self) -> list[str]:
        """The effects so far, each as `key n`."""
        return self.effects_file.read_text().splitlines() if self.effects_file.exists() else []

    @property
    def node(self) -> Node:
        return self.nodes[0]

    async def add_node(self, *options: str, module: str = PLAIN, **variables: str) -> Node:
        """Start one more server, as people start it unless it is to be rigged."""
        name, given = f"node{len(self.nodes) + 1}", {"FAULTS_EFFECTS": str(self.effects_file), **variables}
        node = Node(self.home / name, *self.model.option, *options, module=module, **given)
        self.nodes.append(node)
        await node.start()
        return node

    async def add_nodes(self, count: int, *options: str, module: str = PLAIN, **variables: str) -> None:
        """Start more servers, side by side."""
        await asyncio.gather(*(self.add_node(*options, module=module, **variables) for _ in range(count)))

    async def new_session(self, **config: Any) -> str:
        """Create a session, with an agent of its own; the check will look at it."""
        session = await self.caller.new_session(await self.caller.new_agent(**config))
        self.sessions.append(session)
        return session

    async def until_idle(self, session: str, seconds: float = PATIENCE_S) -> list[dict[str, Any]]:
        """Wait until no turn of a session runs or waits for its time; return its turns."""
        async with asyncio.timeout(seconds):
            while (await self.caller.get(f"{session}?turns=none"))["status"] == "running":  # noqa: ASYNC110 - no bell
                await asyncio.sleep(0.02)
        return await self.caller.turns(session)

    async def check(self, sessions: Sequence[str] | None = None) -> None:
        """Assert that I1–I8 hold: for some sessions, or for all that were made by `new_session`."""
        wrong = [found async for found in self._findings(sessions if sessions is not None else self.sessions)]
        if wrong:
            raise AssertionError("\n".join(wrong))

    async def _findings(self, sessions: Sequence[str]) -> AsyncGenerator[str, None]:
        for session in sessions:
            for found in await self._findings_in(session):
                yield found
        for chat in self.model.chats:
            for found in invariants.transcript(chat.body["messages"]):
                yield found
        for node in self.nodes:
            for found in invariants.lines(node.log, frozenset(self.allowed)):
                yield found
        for found in (*invariants.answers(self.caller.surprises), *await asyncio.to_thread(self._findings_in_rows)):
            yield found

    async def rows(self) -> list[Any]:
        """Every turn and event that PostgreSQL has."""
        return await asyncio.to_thread(rows.all_of, self.postgres)

    def _findings_in_rows(self) -> list[str]:
        if self.postgres:
            return list(rows.of_postgres(self.postgres))
        return [found for node in self.nodes for found in rows.of_sqlite(node.database)]

    async def _findings_in(self, session: str) -> list[str]:
        chance = chances("check")
        turns = await self.caller.turns(session)
        ours = [turn_id for turn_id, path in self.caller.promised.items() if path.startswith(session + "/")]
        found = [*invariants.promises(ours, turns), *invariants.order(turns)]
        if self.effects_file.exists():
            found += invariants.effects(self.effects, turns)
        places = max(1, PLACES // max(1, len(turns)))
        for turn in turns:
            if turn["status"] in invariants.ENDED:
                found += await self._findings_of(f"{session}/turn/{turn['turn_id']}", turn, chance, places)
        return found

    async def _findings_of(self, path: str, turn: dict[str, Any], chance: random.Random, places: int) -> list[str]:
        whole = await self.caller.events(path)
        frames = frames_of(whole)
        found = list(invariants.log(frames, turn))
        if frames[-1].payload["turn"] != turn:
            found.append(f"I3: turn {turn['n']} is not what its last event has")
        for frame in chance.sample(frames, min(places, len(frames))):
            found += invariants.resumed(whole, frame.id, await self.caller.events(path, frame.id))
        return found


class Open(Protocol):
    """Opens the stage: `await open_("--option", TERTULIA_VARIABLE="…")`."""

    async def __call__(self, *options: str, module: str = PLAIN, **variables: str) -> Stage: ...


@pytest.fixture
async def open_(tmp_path: Path) -> AsyncGenerator[Open, None]:
    """Open a stage whose processes end with the test."""
    async with AsyncExitStack() as stack:
        stages: list[Stage] = []

        async def make(*options: str, module: str = PLAIN, **variables: str) -> Stage:
            model = await stack.enter_async_context(FakeModel())
            caller = await stack.enter_async_context(Caller(lambda: stage.node.url))
            stage = Stage(model, caller, tmp_path)
            stages.append(stage)
            await stage.add_node(*options, module=module, **variables)
            return stage

        try:
            yield make
        finally:
            for stage in stages:
                for node in stage.nodes:
                    await node.end()


class OpenNodes(Protocol):
    """Opens a stage with several servers on one PostgreSQL."""

    async def __call__(self, count: int, *, module: str = PLAIN, **variables: str) -> Stage: ...


@pytest.fixture
async def open_nodes(open_: Open, postgres_url: str) -> OpenNodes:
    """Open such stages: their servers have short leases, and each request goes to any of those that run."""

    async def make(count: int, *, module: str = PLAIN, **variables: str) -> Stage:
        chance = chances("where")
        given = {**SHORT_LEASES, **variables}
        stage = await open_("--database-url", postgres_url, module=module, **given)
        stage.postgres = postgres_url
        await stage.add_nodes(count - 1, "--database-url", postgres_url, module=module, **given)
        stage.caller.where = lambda: chance.choice([node for node in stage.nodes if node.is_there] or stage.nodes).url
        return stage

    return make


@pytest.fixture
async def stage(open_: Open) -> Stage:
    """A stage with one server on SQLite, as people start it."""
    return await open_()


def pytest_report_header() -> str:
    """Say by which seed this run can be had again."""
    return f"faults: TERTULIA_FAULTS_SEED={SEED}"
