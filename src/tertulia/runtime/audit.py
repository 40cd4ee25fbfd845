"""The audit: what was done here, by whom, and to what.

Deeds are recorded at one place, where requests come in (`server/audited.py`), and by what the server does by itself. A
use case says what only it knows (the id of what it made, whose it is) by `about` and `also`, whoever listens.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec.structs import replace

from tertulia.domain.audit import AuditEntry, AuditFilter, Outcome
from tertulia.domain.base import Value
from tertulia.domain.paging import Page
from tertulia.runtime.clock import Clock, NewId, earlier
from tertulia.runtime.periodic import Periodic
from tertulia.store.audit import AuditStore

SERVER = "server"
"""Who does what nobody asks for: retention, for one."""
LONGEST_ID = 200
"""Ids come from paths that anybody can write: no more of one is kept."""
BATCH = 1_000
"""Entries that are dropped in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 3_600.0
"""Seconds between looks for what is old enough."""


class Part(Value):
    """What a deed did to one of several things."""

    subject: dict[str, str]
    outcome: Outcome = "done"
    code: str | None = None


class Deed:
    """What is known of a deed while it is done."""

    def __init__(self) -> None:
        self.action: str | None = None
        self.actor: str | None = None
        self.owner: str | None = None
        self.subject: dict[str, str] = {}
        self.parts: list[Part] = []
        self.on_settled: Callable[[], Awaitable[None]] | None = None


_current: ContextVar[Deed | None] = ContextVar("deed", default=None)


@contextmanager
def one_deed() -> Generator[Deed, None, None]:
    """Let what is done within be one deed."""
    deed = Deed()
    token = _current.set(deed)
    try:
        yield deed
    finally:
        _current.reset(token)


def about(*, action: str | None = None, actor: str | None = None, owner: str | None = None, **ids: str) -> None:
    """Say what a deed is about; and what it is, who does it or whose it is if that is not plain from the request."""
    deed = _current.get()
    if deed is not None:
        deed.action = action or deed.action
        deed.actor = actor or deed.actor
        deed.owner = owner or deed.owner
        deed.subject |= ids


def also(outcome: Outcome, *, code: str | None = None, **ids: str) -> None:
    """Say what came of one of several things that a deed is done to: each gets an entry of its own."""
    deed = _current.get()
    if deed is not None:
        deed.parts.append(Part(subject=ids, outcome=outcome, code=code))


async def settled() -> None:
    """Say that a deed is done, although whoever asked waits for more: it is recorded now."""
    deed = _current.get()
    if deed is not None and deed.on_settled is not None:
        await deed.on_settled()


class Audit:
    """Keeps entries for `days`, and gives them their times and ids."""

    def __init__(
        self, store: AuditStore, *, days: float, clock: Clock, new_id: NewId, look_every: float = LOOK_EVERY
    ) -> None:
        self._store = store
        self._days = days
        self._clock = clock
        self._new_id = new_id
        self._looks = Periodic("audit", self.drop, every=look_every)

    def start(self) -> None:
        """Begin to look, now and then, for what is old enough to go."""
        self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def record(self, entry: AuditEntry, parts: Sequence[Part] = ()) -> None:
        """Keep an entry, or one for each of several things; it has its time and id from here.

        Raises StorageUnavailable.
        """
        said = [
            replace(entry, subject=entry.subject | each.subject, outcome=each.outcome, code=each.code) for each in parts
        ]
        await self._store.add_audit([self._stamped(each) for each in said or [entry]])

    async def record_own(self, action: str, owner: str, each: Sequence[dict[str, str]]) -> None:
        """Keep that the server did something by itself, to each of some things."""
        if each:
            entry = AuditEntry(entry_id="", at="", action=action, actor=SERVER, owner=owner, outcome="done")
            await self.record(entry, [Part(subject=subject) for subject in each])

    def _stamped(self, entry: AuditEntry) -> AuditEntry:
        subject = {name: text[:LONGEST_ID] for name, text in entry.subject.items()}
        return replace(entry, entry_id=self._new_id(), at=self._clock(), subject=subject)

    async def list_entries(self, which: AuditFilter, *, limit: int, cursor: str | None) -> Page[AuditEntry]:
        """A page of entries, the newest first."""
        return await self._store.list_audit(which, limit=limit, cursor=cursor)

    async def drop(self) -> int:
        """Drop the entries that are old enough by now; return how many."""
        before = earlier(self._clock(), hours=24 * self._days)
        total = 0
        while dropped := await self._store.drop_audit(before=before, limit=BATCH):
            total += dropped
            await asyncio.sleep(PAUSE)
        return total
