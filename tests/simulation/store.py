"""A node's link to the shared store: each operation takes its time on the way there and back, and may fail on either.

An operation takes effect all at once, in the store's own time: also when the node that sent it is dead, asleep or cut
off by then, for a database does not know. One that fails on its way back has had its effect, and nobody is told.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from random import Random
from typing import Any

from tertulia.domain.base import Value
from tertulia.domain.errors import StorageUnavailable
from tertulia.store.memory.store import MemoryStore
from tests.simulation.ledger import Ledger
from tests.simulation.loop import Process, VirtualLoop

GIVES_UP = 0.5
"""Seconds after which an operation that cannot reach the store fails."""
DELICATE = {"accept_turn", "append", "claim", "claim_next"}
"""Operations right after whose effect a node is lost at the worst moment."""
OUTSIDE = Context()
"""Where what belongs to no process happens."""


class Weather(Value):
    """How bad the way to the store is: shares of operations, and seconds at most on each way."""

    delay: float = 0.01
    refused: float = 0.0
    unanswered: float = 0.0


def at_once(operation: Coroutine[Any, Any, Any]) -> Any:
    """Run an operation of the store in memory, which waits for nothing, in one go."""
    while True:
        try:
            operation.send(None)
        except StopIteration as end:
            return end.value


class Link:
    """Plays the Store for one node. `is_cut` parts it from the store, both ways."""

    def __init__(
        self, loop: VirtualLoop, store: MemoryStore, ledger: Ledger, process: Process, chance: Random, weather: Weather
    ) -> None:
        self._loop = loop
        self._store = store
        self._ledger = ledger
        self._process = process
        self._chance = chance
        self.weather = weather
        self.is_cut = False
        self.tempt: Callable[[Process], None] = lambda _: None

    @property
    def is_shared(self) -> bool:
        return self._store.is_shared

    def __getattr__(self, operation: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        return partial(self._send, operation)

    def renew(self, node: str, *, seconds: float) -> None:
        if self.is_cut or self._chance.random() < self.weather.refused:
            raise StorageUnavailable
        self._store.renew(node, seconds=seconds)

    async def _send(self, operation: str, *arguments: Any, **options: Any) -> Any:
        answer: asyncio.Future[Any] = self._loop.create_future()
        there = self._chance.random() * self.weather.delay
        effect = partial(self._take_effect, answer, operation, arguments, options)
        self._loop.call_later(there, effect, context=OUTSIDE)
        return await answer

    def _take_effect(
        self, answer: "asyncio.Future[Any]", operation: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> None:
        if self._process.is_dead and not self.is_shared:
            return  # the store dies with its process
        if self.is_cut or self._chance.random() < self.weather.refused:
            self._fail_later(answer)
            return
        try:
            result = at_once(getattr(self._store, operation)(*arguments, **options))
        except Exception as error:  # noqa: BLE001 - it is the node's
            back = partial(answer.set_exception, error)
        else:
            self._ledger.note(operation, arguments, result)
            if operation in DELICATE:
                self.tempt(self._process)
            back = partial(answer.set_result, result)
        delay = self._chance.random() * self.weather.delay
        self._loop.call_later(delay, self._come_back, answer, back, context=OUTSIDE)

    def _come_back(self, answer: "asyncio.Future[Any]", back: Callable[[], None]) -> None:
        if answer.done():
            return  # nobody waits for it any more
        if self.is_shared and (self.is_cut or self._chance.random() < self.weather.unanswered):
            self._fail_later(answer)
        else:
            back()

    def _fail_later(self, answer: "asyncio.Future[Any]") -> None:
        seconds = self._chance.random() * GIVES_UP
        self._loop.call_later(seconds, _fail, answer, context=OUTSIDE)


def _fail(answer: "asyncio.Future[Any]") -> None:
    if not answer.done():
        answer.set_exception(StorageUnavailable())
