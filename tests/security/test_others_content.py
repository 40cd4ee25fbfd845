"""S19: no request to a model has a word of another owner's, however turns are mixed, with histories and tools.

Many owners talk at once, each with a word that is theirs alone: in instructions, messages and answers, and in what the
tool finds in their earlier sessions. What the model server was asked is looked through. 10,000 turns are what
`TERTULIA_FAULTS=full` runs; every run has some of them.
"""

import asyncio
import random
import re

import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.messages import UserMessage
from tertulia.models.base import ModelRequest
from tertulia.models.scripted import Call, Reply, ScriptedModel
from tertulia.runtime.turns import TurnRequest
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.store.memory.store import MemoryStore
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.testing import services
from tertulia.wiring import Services
from tests.faults.size import either

OWNERS = 20
SESSIONS = 20
CANARY = re.compile(r"canary[0-9]+z")


def canary(number: int) -> str:
    """A word of one owner's: no other one is a part of it."""
    return f"canary{number}z"


class Upstream:
    """Answers with what it is asked; every third time it looks into earlier sessions first."""

    def __init__(self) -> None:
        self.seen: list[set[str]] = []
        self.found = 0

    def __call__(self, request: ModelRequest) -> Reply:
        words = set(CANARY.findall(repr(request.messages)))
        self.seen.append(words)
        last = repr(request.messages[-1])
        self.found += "session_name" in last and bool(CANARY.search(last))
        if "Look" in last and len(self.seen) % 3 == 0:
            return Reply(Call("search_sessions", {"words": "cana*"}))
        return Reply(f"You said {' '.join(sorted(words))}.")


async def talk(wired: Services, number: int, turns: int) -> None:
    """Let one owner have some talks, by turns that overlap."""
    owner = f"owner-{number}"
    config = AgentConfig(
        model="scripted/script", instructions=f"I am {canary(number)}.", toolgroups=["builtin::search_sessions"]
    )
    agent = await wired.agents.create(owner, config)
    sessions = [await wired.sessions.create(owner, agent.agent_id, name=canary(number)) for _ in range(SESSIONS)]
    chance = random.Random(number)
    for _ in range(turns // SESSIONS):
        said = TurnRequest(messages=[UserMessage(content=f"Look, {canary(number)}!")])
        chance.shuffle(sessions)
        started = [await wired.turns.start(owner, agent.agent_id, each.session_id, said) for each in sessions]
        for record in started:
            assert (await wired.turns.until_rest(record)).status == "completed"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "turns"), [("memory", 20), ("sqlite", either(60, 500))])
async def test_in_mixed_turns_no_model_is_told_what_another_owner_said(
    kind: str, turns: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("owners") / "tertulia.db"
    store: Store = MemoryStore() if kind == "memory" else SqlStore(SqliteDatabase(path))
    upstream = Upstream()
    wired = services(ScriptedModel(upstream), settings=Settings(flush_interval_ms=5), store=store)
    await wired.start()
    async with asyncio.timeout(300), asyncio.TaskGroup() as group:
        for number in range(OWNERS):
            group.create_task(talk(wired, number, turns))
    await wired.stop()
    assert len(upstream.seen) >= OWNERS * turns
    assert {len(words) for words in upstream.seen} == {1}
    assert {next(iter(words)) for words in upstream.seen} == {canary(number) for number in range(OWNERS)}
    assert upstream.found > OWNERS, "the tool has found too little to be a witness"
