"""Clients: people who send, watch, answer, stop and lose their connection, on whichever node takes them.

A request that fails is sent again with its key; a stream that breaks off is followed again from the last id seen.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from random import Random
from typing import Any, TypeVar

from tertulia.domain.base import Value
from tertulia.domain.errors import (
    AlreadyDecided,
    Conflict,
    InvalidRequest,
    Overloaded,
    QueueFull,
    StorageUnavailable,
)
from tertulia.domain.events import LoggedEvent, TurnAwaitingInput, TurnCancelled, TurnCompleted, TurnFailed
from tertulia.domain.messages import ToolResponse, UserMessage
from tertulia.domain.turns import OnBusy, Turn
from tertulia.engine.turn import OpenStep, TurnState, open_calls, replay
from tertulia.runtime.decisions import Decision
from tertulia.runtime.turns import TurnRequest
from tests.simulation.ledger import Ledger
from tests.simulation.node import Disconnected, Node

T = TypeVar("T")
PATIENCE = 3.0
"""Seconds that a client waits for an answer before it turns to another node."""
TRIES = 6
ON_BUSY: list[OnBusy] = ["enqueue", "enqueue", "enqueue", "interrupt", "interrupt", "reject"]
END = (TurnCompleted, TurnFailed, TurnCancelled)
Work = Callable[[Node], Coroutine[Any, Any, T]]


class Place(Value):
    """A session and whose it is."""

    owner: str
    agent_id: str
    session_id: str


class Reading:
    """What one reader has seen of one turn."""

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        self.seen: list[LoggedEvent] = []

    @property
    def has_ended(self) -> bool:
        return bool(self.seen) and isinstance(self.seen[-1].event, END)


class People:
    """All clients of a world, and what they were told."""

    def __init__(self, nodes: list[Node], ledger: Ledger, chance: Random) -> None:
        self._nodes = nodes
        self._ledger = ledger
        self._chance = chance
        self.acknowledged: dict[str, str] = {}
        """The turn that each key stands for."""
        self.readings: list[Reading] = []
        self.told: list[Turn] = []
        self.reading: list[asyncio.Task[None]] = []

    # --- asking ---

    async def ask(self, work: Work[T], tries: int = TRIES) -> T | None:
        """Ask some node, and others when it does not answer; None if nobody did."""
        for _ in range(tries):
            node = self._chance.choice(self._nodes)
            if node.takes_connections:
                try:
                    async with asyncio.timeout(PATIENCE):
                        return await node.run(partial(work, node))
                except (Disconnected, StorageUnavailable, Overloaded, TimeoutError):
                    pass
            await asyncio.sleep(self._chance.random() * 0.5)
        return None

    async def converse(self, place: Place, name: str, turns: int) -> None:
        """Send some messages, and do with their turns what people do."""
        for number in range(turns):
            await asyncio.sleep(self._chance.random() * 2)
            on_busy: OnBusy = self._chance.choice(ON_BUSY)
            turn_id = await self.send(place, f"{name}.{number}", on_busy)
            if turn_id is None:
                continue
            if self._chance.random() < 0.3:
                self.reading.append(asyncio.create_task(self._wait(place, turn_id)))
            for _ in range(self._chance.choice([0, 1, 1, 2])):
                self.watch(place, turn_id)
            if self._chance.random() < 0.2:
                await asyncio.sleep(self._chance.random() * 2)
                await self.cancel(place, turn_id)

    async def send(self, place: Place, words: str, on_busy: OnBusy) -> str | None:
        """Send a message, its words as its key, now and then twice at once; return its turn."""
        request = TurnRequest(messages=[UserMessage(content=words)], on_busy=on_busy)

        async def start(node: Node) -> str:
            record = await node.turns.start(place.owner, place.agent_id, place.session_id, request, key=words)
            return record.turn_id

        turn_id = None
        for answer in await asyncio.gather(*[self._try(start) for _ in range(self._chance.choice([1, 1, 1, 2]))]):
            if answer is not None:
                turn_id = answer
                if self.acknowledged.setdefault(words, answer) != answer:
                    self._ledger.breaks(f"I1: {words} was taken on as {answer} and as {self.acknowledged[words]}")
        return turn_id

    async def _try(self, work: Work[T]) -> T | None:
        try:
            return await self.ask(work)
        except (Conflict, QueueFull, InvalidRequest, AlreadyDecided):
            return None

    async def cancel(self, place: Place, turn_id: str) -> None:
        async def stop(node: Node) -> None:
            await node.turns.cancel(place.owner, place.agent_id, place.session_id, turn_id)

        await self._try(stop)

    # --- watching ---

    def watch(self, place: Place, turn_id: str) -> None:
        """Read a turn to its end, with all that happens on the way."""
        reading = Reading(turn_id)
        self.readings.append(reading)
        self.reading.append(asyncio.create_task(self._read(place, reading)))

    async def _wait(self, place: Place, turn_id: str) -> None:
        """Wait for a turn to rest, as who wants no stream."""

        async def until_rest(node: Node) -> Turn:
            record = await node.turns.get_record(place.owner, place.agent_id, place.session_id, turn_id)
            return await node.turns.until_rest(record)

        turn = await self._try(until_rest)
        if turn is not None:
            self.told.append(turn)

    async def _read(self, place: Place, reading: Reading) -> None:
        seen = reading.seen
        while not reading.has_ended:
            node = self._chance.choice(self._nodes)
            if node.takes_connections:
                before = len(seen)
                await self._read_once(node, place, reading)
                if len(seen) > before and isinstance(seen[-1].event, TurnAwaitingInput):
                    await self._answer_perhaps(place, reading)
            await asyncio.sleep(0.1 + self._chance.random() * 0.4)

    async def _read_once(self, node: Node, place: Place, reading: Reading) -> None:
        seen = reading.seen
        connection = node.follow(place.owner, reading.turn_id, seen[-1].id if seen else None)
        try:
            async with asyncio.timeout(0.2 + self._chance.random() * 5):
                while batch := await connection.read():
                    for logged in batch:
                        if seen and logged.id <= seen[-1].id:
                            self._ledger.breaks(f"I6: {logged.id} came after {seen[-1].id} of {reading.turn_id}")
                        seen.append(logged)
                    if self._chance.random() < 0.1:
                        break
        except TimeoutError:
            pass
        finally:
            connection.leave()

    async def _answer_perhaps(self, place: Place, reading: Reading) -> None:
        if self._chance.random() < 0.8:
            await asyncio.sleep(self._chance.random())
            state = replay(reading.seen)
            await asyncio.gather(*[self.answer(place, state) for _ in range(self._chance.choice([1, 1, 2]))])

    def _decision(self, step: OpenStep) -> Decision:
        approves = self._chance.random() < 0.6
        remembers = approves and step.awaits == "approval" and self._chance.random() < 0.3
        return Decision(call_id=step.call_id, decision="approve" if approves else "deny", remembers=remembers)

    async def answer(self, place: Place, state: TurnState) -> None:
        """Answer something that a turn waits for: some of its client tools, or one decision."""
        turn_id = state.head.turn_id
        undecided = [step for step in state.open_steps if step.awaits is not None]
        decision = self._decision(self._chance.choice(undecided)) if undecided else None
        answers = [
            ToolResponse(call_id=call.call_id, tool_name=call.tool_name, content=f"client {call.call_id}")
            for call in open_calls(state)
        ]
        answers = self._chance.sample(answers, self._chance.randint(1, len(answers))) if answers else []

        async def take_up(node: Node) -> None:
            ids = place.owner, place.agent_id, place.session_id, turn_id
            if decision is not None:
                await node.turns.decide(*ids, decision)
            else:
                await node.turns.resume(*ids, answers)

        await self._try(take_up)
