"""What goes wrong, and when: nodes crash, are told to stop, sleep, and lose the store from sight."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import Random

from tertulia.domain.errors import StorageUnavailable
from tests.simulation.loop import VirtualLoop
from tests.simulation.node import Disconnected, Node

LONGEST = 6.0
"""Seconds that a node may be away: twice a lease."""


class Nemesis:
    """Strikes now and then until it is called off; `boot` starts a node in the place of one that ended."""

    def __init__(
        self, loop: VirtualLoop, nodes: list[Node], chance: Random, boot: Callable[[int], Awaitable[None]]
    ) -> None:
        self._loop = loop
        self._nodes = nodes
        self._chance = chance
        self._boot = boot
        self._struck: dict[int, str] = {}
        self.deeds: list[str] = []

    async def rage(self, strikes: int) -> None:
        """Strike so many times; when this returns, all is well again."""
        async with asyncio.TaskGroup() as group:
            for _ in range(strikes):
                await asyncio.sleep(self._chance.random() * 2)
                place = self._chance.randrange(len(self._nodes))
                if place not in self._struck:
                    kind = self._chance.choice(["crash", "crash", "stop", "pause", "block", "cut", "drop"])
                    self._struck[place] = kind
                    self.deeds.append(f"{self._loop.time():.3f} {kind} {place}")
                    group.create_task(self._strike(kind, place, self._chance.random() * LONGEST))

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
