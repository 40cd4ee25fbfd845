"""Who reads streams here, and may they still: a stream ends when its reader is signed out, disabled, or loses a key.

Whether somebody may read is found out as for a request, by what that said of who asks. It is looked at when something
is taken from anybody on this node, and every few seconds for what other nodes, the clock or an issuer take. A turn goes
on whoever reads it. While the database is away, nobody is sent off.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from litestar.types import Scope

from tertulia.domain.errors import StorageUnavailable, TertuliaError
from tertulia.domain.users import Caller
from tertulia.server.auth import Asked, Way, asked_by, found_by
from tertulia.server.heartbeats import Heartbeats

LOOK_EVERY = 5.0
"""Seconds between looks. With what a node holds of who asks (`runtime/callers.py`), another node's word takes 15."""
READERS = "readers"
"""In a request's state: the readers of this node."""
PAUSE = 0.25
"""Seconds before the next look, however much is taken from whomever."""
AT_ONCE = 200
"""Readers that are looked at before others get their turn."""
EVERYBODY = nullcontext()
"""Where nobody has to say who they are."""


class Reader:
    """What a request said of who asks, whom that was, and how the stream ends."""

    __slots__ = ("_of", "asked", "caller", "end")

    def __init__(self, of: "Readers", asked: Asked, caller: Caller, end: Callable[[], None]) -> None:
        self._of = of
        self.asked = asked
        self.caller = caller
        self.end = end

    def __enter__(self) -> None:
        self._of.add(self)

    def __exit__(self, *_: object) -> None:
        self._of.remove(self)

    @property
    def key(self) -> object:
        """What all have in common who may read for the same reason."""
        said = self.asked.bearer or self.asked.cookie
        return (self.caller.owner, said) if said else self


class Readers:
    """Lets streams end whose readers may read no more."""

    def __init__(self, ways: Sequence[Way], *, look_every: float = LOOK_EVERY) -> None:
        self._ways = ways
        self._look_every = look_every
        self._readers: dict[Reader, None] = {}
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._heartbeats: dict[float, Heartbeats] = {}

    @property
    def open(self) -> int:
        """How many streams are read, by whomever."""
        return sum(len(each) for each in self._heartbeats.values())

    def look_soon(self) -> None:
        """Something was taken from someone."""
        self._bell.set()

    def reading(self, scope: Scope, end: Callable[[], None]) -> AbstractContextManager[None]:
        """Have `end` called if the reader of a stream may not read any more, while it lasts."""
        caller: Caller | None = scope["state"].get("caller")
        return EVERYBODY if caller is None or caller.via == "local" else Reader(self, asked_by(scope), caller, end)

    def add(self, reader: Reader) -> None:
        """Look after one more."""
        self._readers[reader] = None
        self._task = self._task or asyncio.create_task(self._keep_looking(), name="readers")

    def remove(self, reader: Reader) -> None:
        """Look after one no more."""
        self._readers.pop(reader, None)
        if not self._readers:
            self._stop()

    def heartbeats(self, seconds: float) -> Heartbeats:
        """Return the signs of life of all who get them as often."""
        return self._heartbeats.setdefault(seconds, Heartbeats(seconds))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _keep_looking(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._look_every):
                    await self._bell.wait()
            except TimeoutError:
                pass
            self._bell.clear()
            await self._look()
            await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        found: dict[object, bool] = {}
        for place, reader in enumerate(list(self._readers), start=1):
            if reader.key not in found:
                found[reader.key] = await self._may_read(reader)
            if not found[reader.key] and reader in self._readers:
                reader.end()
            if not place % AT_ONCE:
                await asyncio.sleep(0)

    async def _may_read(self, reader: Reader) -> bool:
        try:
            caller = await found_by(self._ways, reader.asked)
        except StorageUnavailable:
            return True
        except TertuliaError:
            return False
        return caller is not None and caller.owner == reader.caller.owner and "read" in caller.scopes
