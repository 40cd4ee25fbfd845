"""Clients that append to sessions and read them while servers are killed: what they see is one list each (R24).

An append is a turn with a word of its own, posted under a key until it is acknowledged or given up; a read is the list
of a session's turns. What the clients have seen is judged by history.py, which knows nothing of the server.
"""

import asyncio
import random
import time
from typing import Any

import pytest

from tests.faults.caller import GONE, Caller
from tests.faults.conftest import OpenNodes, Stage
from tests.faults.history import Append, History, Read
from tests.faults.model import wish
from tests.faults.size import chances, either, figure

pytestmark = pytest.mark.faults

CLIENTS = 5
SESSIONS = 3
SECONDS = either(15, 120)
GIVE_UP = 0.15
"""How probable it is that a client does not ask again when its server has died."""


class Client:
    """One client, which does one thing after the other."""

    def __init__(self, name: int, caller: Caller, sessions: list[str], history: History) -> None:
        self._name = name
        self._caller = caller
        self._sessions = sessions
        self._history = history
        self._chance: random.Random = chances(f"client {name}")
        self._count = 0

    async def work(self, until: float) -> None:
        while time.monotonic() < until:
            session = self._chance.choice(self._sessions)
            if self._chance.random() < 0.5:
                await self._append(session)
            else:
                await self._read(session)

    async def _append(self, session: str) -> None:
        self._count += 1
        value = f"c{self._name}.{self._count}"
        words = f"{value} {wish(3, pause_ms=self._chance.choice([0, 10]))}"
        begun = time.monotonic()
        while True:
            try:
                answer = await self._caller.post(session, words, key=value, background=self._chance.random() < 0.8)
            except GONE:
                if self._chance.random() < GIVE_UP:
                    return self._history.appends.append(Append(session, value, begun, time.monotonic(), "info"))
                await asyncio.sleep(0.05)
                continue
            if answer.is_success:
                return self._history.appends.append(Append(session, value, begun, time.monotonic()))
            if answer.status_code == 429:
                # It may have been taken before an earlier answer was lost? No: then the key would have found it.
                return self._history.appends.append(Append(session, value, begun, time.monotonic(), "refused"))
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.05)

    async def _read(self, session: str) -> None:
        begun = time.monotonic()
        try:
            turns = await self._caller.turns(session)
        except GONE:
            await asyncio.sleep(0.05)
            return
        self._history.reads.append(Read(session, values_of(turns), begun, time.monotonic()))


async def test_what_clients_see_of_sessions_while_a_server_is_killed_is_one_list_each(stage: Stage) -> None:
    await append_and_read(stage)


async def test_what_clients_see_of_sessions_while_servers_of_one_database_are_killed_is_one_list_each(
    open_nodes: OpenNodes,
) -> None:
    await append_and_read(await open_nodes(3))


async def append_and_read(stage: Stage) -> None:
    """Let clients work while servers are killed and started; assert that what they have seen can be."""
    chance = chances("nemesis")
    history = History()
    sessions = [await stage.new_session() for _ in range(SESSIONS)]
    until = time.monotonic() + SECONDS
    with stage.caller.expecting(503):
        async with asyncio.TaskGroup() as group:
            for name in range(CLIENTS):
                group.create_task(Client(name, stage.caller, sessions, history).work(until))
            while time.monotonic() < until:
                await asyncio.sleep(chance.uniform(0.2, 2.0))
                await chance.choice(stage.nodes).restart()
    for session in sessions:
        begun = time.monotonic()
        values = values_of(await stage.until_idle(session))
        history.reads.append(Read(session, values, begun, time.monotonic()))
    kills = sum(node.starts - 1 for node in stage.nodes)
    figure(f"{len(history.appends)} appends and {len(history.reads)} reads over {kills} kills")
    assert history.anomalies() == []
    assert min(kills, len(history.appends) - 10, len(history.reads) - 10) > 0, "hardly anything has happened"
    await stage.check()


def values_of(turns: list[dict[str, Any]]) -> list[str]:
    """The word of each append."""
    return [turn["input_messages"][0]["content"].split()[0] for turn in turns]
