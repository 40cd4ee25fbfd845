"""What goes wrong, and when: nodes crash, are told to stop, sleep, and lose the store from sight."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from tertulia.domain.errors import StorageUnavailable
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.node import Disconnected, Node
from tests.simulation.store import OUTSIDE

KINDS = ["crash", "crash", "stop", "pause", "block", "cut", "drop"]
SUDDEN = ["crash", "crash", "pause", "cut"]
TEMPTING = 0.03
"""How often it gives in."""
LONGEST = 6.0
"""Seconds that a node may be away: twice a lease."""


class Nemesis:
    """Strikes now and then, and when it is tempted; `boot` starts a node in the place of one that ended."""

    def __init__(
        self, loop: VirtualLoop, nodes: list[Node], chance: Random, boot: Callable[[int], Awaitable[None]]
    ) -> None:
        self._loop = loop
        self._nodes = nodes
        self._chance = chance
        self._boot = boot
        self._struck: dict[int, asyncio.Task[None]] = {}
        self._temptable = 0
        self.deeds: list[str] = []

    async def rage(self, strikes: int, temptable: int) -> None:
        """Strike so many times, and let itself be tempted so often meanwhile."""
        self._temptable = temptable
        for _ in range(strikes):
            await asyncio.sleep(self._chance.random() * 2)
            self._begin(self._chance.randrange(len(self._nodes)), KINDS)

    def tempt(self, process: Process | None) -> None:
        """Something delicate is going on in a process: a tool acts, a model speaks, the store has just done as told."""
        if self._temptable and self._chance.random() < TEMPTING:
            places = [place for place, node in enumerate(self._nodes) if node.loop_process is process]
            if places:
                self._temptable -= 1
                self._loop.call_soon(self._begin, places[0], SUDDEN, context=OUTSIDE)

    def _begin(self, place: int, kinds: Sequence[str]) -> None:
        if place not in self._struck:
            kind = self._chance.choice(kinds)
            self.deeds.append(f"{self._loop.time():.3f} {kind} {place}")
            strike = self._strike(kind, place, self._chance.random() * LONGEST)
            self._struck[place] = self._loop.create_task(strike)

    async def end(self) -> None:
        """Strike no more, and make good what was done."""
        self._temptable = 0
        while self._struck:
            await asyncio.gather(*self._struck.values())

    async def _strike(self, kind: str, place: int, seconds: float) -> None:
        node = self._nodes[place]
        match kind:
            case "crash":
                node.end()
                await asyncio.sleep(seconds / 2)
                await self._boot(place)
            case "stop":
                await node.stop()
                await asyncio.sleep(seconds / 4)
                await self._boot(place)
            case "pause":
                for process in node.processes:
                    process.is_paused = True
                await asyncio.sleep(seconds)
                for process in node.processes:
                    self._loop.go_on(process)
            case "cut":
                node.link.is_cut = True
                await asyncio.sleep(seconds)
                node.link.is_cut = False
            case "block":
                node.loop_process.is_paused = True
                await asyncio.sleep(seconds)
                self._loop.go_on(node.loop_process)
            case _:
                with contextlib.suppress(StorageUnavailable, Disconnected):
                    await node.run(node.retention.drop)
        del self._struck[place]
