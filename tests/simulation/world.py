"""One world for each seed: its nodes, people and misfortunes, all by that seed; and what must hold in its end."""

import asyncio
import hashlib
from random import Random

import msgspec

from tertulia.domain.agents import Agent, AgentConfig, ToolDef
from tertulia.domain.base import Value
from tertulia.domain.sessions import Session
from tertulia.domain.turns import AT_REST, ENDED, Turn
from tertulia.engine.turn import replay
from tertulia.runtime.steps import Steps
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import StoredTurn
from tests.simulation.alarms import listening
from tests.simulation.checker import check_answers, check_deeds, check_log, check_reading, check_stored
from tests.simulation.circumstances import draw
from tests.simulation.clock import BEGIN, Ids
from tests.simulation.ledger import Broken, Ledger
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.nemesis import Nemesis
from tests.simulation.node import Node, Surroundings
from tests.simulation.partners import TOOLS, Deeds, Doer, Oracle, Temper
from tests.simulation.people import People, Place
from tests.simulation.store import Link, Weather, at_once

AT = f"{BEGIN:%Y-%m-%dT%H:%M:%S}.000000Z"
SETTLES = 40.0
"""Seconds in which all turns have come to rest once nothing goes wrong any more."""


class Roles(Value):
    """Who plays which role: a test of the simulation plants a bug by naming another."""

    store: type[MemoryStore] = MemoryStore
    steps: type[Steps] = Steps
    tool: type[Doer] = Doer


class Simulation:
    """The world of one seed."""

    def __init__(self, seed: int, roles: Roles | None = None, *, tells: bool = False) -> None:
        roles = roles or Roles()
        self.seed = seed
        self._tells = tells
        self.loop = VirtualLoop()
        self.lot = lot = draw(self._chance("world"))
        self.ledger = Ledger(self.loop.broken)
        self.store = roles.store(is_shared=lot.is_shared, now=self.loop.time)
        self.nodes: list[Node] = []
        self._boots = 0
        self.people = People(self.nodes, self.ledger, self._chance("people"))
        self.nemesis = Nemesis(self.loop, self.nodes, self._chance("nemesis"), self._boot)
        tempt = self.nemesis.tempt
        self.deeds = Deeds(self.ledger, lot.tool_seconds)
        self.oracle = Oracle(self.ledger, self._chance("oracle"), lot.temper, tempt)
        tools = [roles.tool(name, self.deeds, self._chance(name), tempt) for name in TOOLS]
        self._surroundings = Surroundings(
            loop=self.loop, new_id=Ids(), server=self.oracle, tools=tools, steps=roles.steps
        )
        self.sessions = [
            Place(owner=f"owner{number % 2}", agent_id=f"agent{number % 2}", session_id=f"session{number}")
            for number in range(lot.sessions)
        ]

    def _chance(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")

    def run(self) -> str:
        """Live through it; return what identifies it. Raises Broken, and whatever nobody caught."""
        with listening(self.loop, tells=self._tells):
            try:
                self.loop.run_until_complete(self._live())
                return self._check()
            finally:
                self.loop.bury()
                self.loop.close()

    # --- its life ---

    def _node(self) -> Node:
        self._boots += 1
        process = Process()
        chance = self._chance(f"node{self._boots}")
        link = Link(self.loop, self.store, self.ledger, process, chance, self.lot.weather)
        link.tempt = self.nemesis.tempt
        skew = (chance.random() * 2 - 1) * self.lot.skew
        return Node(self._surroundings, link, process, skew=skew + 7200, places=self.lot.places)

    async def _boot(self, place: int) -> None:
        self.nodes[place] = node = self._node()
        await node.start()

    async def _live(self) -> None:
        self._furnish()
        for _ in range(self.lot.nodes):
            self.nodes.append(self._node())
            await self.nodes[-1].start()
        talks = [
            self.people.converse(place, f"{place.session_id}.{person}", self.lot.turns)
            for place in self.sessions
            for person in range(2)
        ]
        await asyncio.gather(self.nemesis.rage(self.lot.strikes, self.lot.temptable), *talks)
        await self.nemesis.end()
        self._calm()
        await self._settle()
        await self._find_usable()
        await asyncio.wait_for(asyncio.gather(*self.people.reading), SETTLES)
        await self._find_ends()

    def _furnish(self) -> None:
        at_once(self.store.open())
        config = AgentConfig(
            model="oracle", toolgroups=["simulation"], client_tools=[ToolDef(name="client", description="Ask.")]
        )
        for place in self.sessions:
            agent = Agent(agent_id=place.agent_id, agent_config=config, version=1, created_at=AT, updated_at=AT)
            at_once(self.store.create_agent(place.owner, agent))
            session = Session(
                session_id=place.session_id, session_name="x", agent_id=place.agent_id, started_at=AT, updated_at=AT
            )
            at_once(self.store.create_session(place.owner, session))

    def _calm(self) -> None:
        """From now on nothing goes wrong."""
        self.oracle.temper = Temper(calls=self.lot.temper.calls / 2)
        for node in self.nodes:
            node.link.weather = Weather()

    async def _settle(self) -> None:
        """Wait until every turn has ended; answer those that wait for someone."""
        deadline = self.loop.time() + SETTLES
        while unfinished := [
            (place, each) for place in self.sessions for each in self.turns_of(place) if not _ended(each)
        ]:
            if self.loop.time() > deadline:
                raise Broken(f"I1: {unfinished[0][1].record} does not come to rest")
            for place, each in unfinished:
                if each.record.status == "awaiting_input":
                    await self.people.answer(place, replay(self.ledger.logs[each.record.turn_id]))
            await asyncio.sleep(0.5)

    async def _find_usable(self) -> None:
        """One more turn in each session ends well."""
        self.oracle.temper = Temper(calls=0)
        for place in self.sessions:
            turn_id = await self.people.send(place, f"{place.session_id}.last", "reject")
            if turn_id is None:
                raise Broken(f"{place.session_id} takes no turn any more")
        await self._settle()
        for place in self.sessions:
            last = self.turns_of(place)[-1]
            if last.record.status != "completed":
                raise Broken(f"{place.session_id} cannot be used any more: {last.record}")

    async def _find_ends(self) -> None:
        """Who reads a turn to its end is shown the turn that is stored, on any node."""
        for place in self.sessions:
            for stored in self.turns_of(place):
                turn_id = stored.record.turn_id
                last = self.ledger.logs[turn_id][-1].id
                turn = await self.nodes[-1].turns.turn_at(place.owner, turn_id, last)
                if turn != _turn(stored):
                    raise Broken(f"I3: {turn} is shown at its end, {_turn(stored)} is stored")

    def turns_of(self, place: Place) -> list[StoredTurn]:
        return at_once(self.store.list_turns(place.owner, place.session_id, order="asc", limit=999)).items

    # --- its end ---

    def _check(self) -> str:
        print_of = hashlib.sha256(repr(self.nemesis.deeds).encode())
        there: dict[str, Turn] = {}
        for place in self.sessions:
            for n, stored in enumerate(self.turns_of(place), start=1):
                turn_id, log = stored.record.turn_id, self.ledger.logs[stored.record.turn_id]
                there[turn_id] = turn = _turn(stored)
                if (turn.n, stored.record.n) != (n, n):
                    raise Broken(f"I2: turn {n} of {place.session_id} has number {turn.n}")
                check_log(log, turn)
                check_deeds(turn, self.deeds)
                check_answers(turn, self.oracle.said)
                check_stored(at_once(self.store.read_events(place.owner, turn_id)), log, dropped=self.ledger.dropped)
                if turn.error is not None and turn.error.code == "internal_error":
                    raise Broken(f"I8: {turn_id} failed by a bug")
                print_of.update(msgspec.json.encode(log))
        if lost := set(self.people.acknowledged.values()) - there.keys():
            raise Broken(f"I1: acknowledged turns are not there: {lost}")
        self._check_told(there)
        self._check_tasks()
        for reading in self.people.readings:
            check_reading(reading.seen, self.ledger.logs[reading.turn_id], dropped=self.ledger.dropped)
            print_of.update(msgspec.json.encode(reading.seen))
        return print_of.hexdigest()

    def _check_told(self, there: dict[str, Turn]) -> None:
        for turn in self.people.told:
            if turn.status not in AT_REST:
                raise Broken(f"I1: {turn} was said to rest")
            if turn.status in ENDED and turn != there[turn.turn_id]:
                raise Broken(f"I3: {turn} was told, {there[turn.turn_id]} is stored")

    def _check_tasks(self) -> None:
        for task in self.loop.tasks:
            if task.done() and not task.cancelled() and task._log_traceback:
                raise Broken(f"I8: a task died: {task}")


def _turn(stored: StoredTurn) -> Turn:
    return msgspec.json.decode(stored.turn or b"", type=Turn)


def _ended(stored: StoredTurn) -> bool:
    return stored.record.status in ENDED


def simulate(seed: int, roles: Roles | None = None) -> str:
    """Run the world of a seed; return its fingerprint. Raises what went wrong."""
    return Simulation(seed, roles).run()
