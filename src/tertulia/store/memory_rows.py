"""What a store in memory has: its rows, and how a value gets into them and out again.

It is as strict as a database. What goes in and what comes out is sealed (a round trip through JSON), so that nobody
shares a list or dict with it, and what JSON cannot hold is refused. A method changes nothing before its last check,
and yields to the event loop once, as one that waits for a commit does.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.base import Value
from tertulia.domain.changes import ChangeId, ChangeType, LoggedChange, SessionChange
from tertulia.domain.errors import (
    AgentNotFound,
    SessionNotFound,
    ShieldNotFound,
    StorageUnavailable,
    ToolgroupNotFound,
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.sessions import Session, SessionStatus
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.domain.tools import Grant
from tertulia.domain.turns import ENDED
from tertulia.store import rules
from tertulia.store.accounts import Credentials, KnownKey, SignIn
from tertulia.store.base import Append, StoredTurn, TurnRecord
from tertulia.store.memory_file_rows import FileRows
from tertulia.store.memory_registry import MemoryRegistry, sealed

V = TypeVar("V", bound=Value)

event_decoder = msgspec.json.Decoder(LoggedEvent)


@dataclass(slots=True, eq=False)
class AgentRow:
    """An agent, and its config at every version from 1."""

    agent: Agent
    configs: list[AgentConfig]


@dataclass(slots=True, eq=False)
class SessionRow:
    """A session, its turns in order, those of them that have not ended, their idempotency keys, and what is granted."""

    owner: str
    session: Session
    request_hash: str | None = None
    turns: list["TurnRow"] = field(default_factory=list["TurnRow"])
    unfinished: list["TurnRow"] = field(default_factory=list["TurnRow"])
    keys: dict[str, "TurnRow"] = field(default_factory=dict[str, "TurnRow"])
    grants: set[Grant] = field(default_factory=set[Grant])

    @property
    def status(self) -> SessionStatus:
        return rules.session_status(self.unfinished[0].record.status if self.unfinished else None)


@dataclass(slots=True, eq=False)
class TurnRow:
    """A turn, the node that holds it, its log (ids and JSON), its own JSON and what is found once it has rested."""

    record: TurnRecord
    request_hash: str
    log: list[tuple[EventId, bytes]]
    turn: bytes | None = None
    holder: str | None = None
    ended_at: str | None = None
    terms: list[str] | None = None

    @property
    def has_ended(self) -> bool:
        return self.record.status in ENDED

    def takes(self, append: Append, *, is_last: bool) -> bool:
        """Tell whether the fence and the status let an append through."""
        is_theirs = (self.record.owner, self.record.epoch) == (append.owner, append.epoch)
        return is_theirs and rules.takes_events(self.record.status, append, is_last=is_last)

    @property
    def stored(self) -> StoredTurn:
        return StoredTurn(record=sealed(self.record), turn=None if self.turn is None else msgspec.Raw(self.turn))


@dataclass(slots=True, eq=False)
class NotedChange:
    """A change, whose it is, and when it was noted."""

    owner: str
    agent_id: str
    noted_at: float
    logged: LoggedChange


class MemoryRows:
    """All rows, found by what the roles ask for them; a role is a class that adds its methods to these.

    Shared, they are what several nodes have in common; `now` is the clock of the leases, in seconds.
    """

    def __init__(self, *, is_shared: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        self.is_shared = is_shared
        self._now = now
        self._agents: dict[tuple[str, str], AgentRow] = {}
        self._sessions: dict[str, SessionRow] = {}
        self._turns: dict[str, TurnRow] = {}
        self._shields = MemoryRegistry[Shield](ShieldNotFound)
        self._files = FileRows(now)
        self._toolgroups = MemoryRegistry[StoredToolgroup](ToolgroupNotFound)
        self._users: dict[str, Credentials] = {}
        self._identities: dict[tuple[str, str], str] = {}
        self._keys: dict[str, KnownKey] = {}
        self._sign_ins: dict[str, SignIn] = {}
        self._set_ups: dict[str, str] = {}
        self._changes: list[NotedChange] = []
        self._last_change = 0
        self._leases: dict[str, float] = {}
        """When the lease of each node runs out."""
        self._opened = 0

    async def check(self) -> None:
        if not self._opened:
            raise StorageUnavailable("The store is closed.", retry_after=rules.RETRY_AFTER)

    async def _begin(self) -> None:
        await asyncio.sleep(0)
        await self.check()

    def _agent(self, owner: str, agent_id: str) -> AgentRow:
        try:
            return self._agents[owner, agent_id]
        except KeyError:
            raise AgentNotFound from None

    def _session(self, owner: str, agent_id: str, session_id: str) -> SessionRow:
        row = self._sessions.get(session_id)
        if row is None or (row.owner, row.session.agent_id) != (owner, agent_id):
            raise SessionNotFound
        return row

    def _drop(self, row: SessionRow) -> None:
        self._files.let_go({turn.record.turn_id for turn in row.turns})
        for turn in row.turns:
            del self._turns[turn.record.turn_id]
        del self._sessions[row.session.session_id]

    def _note(self, row: SessionRow, event_type: ChangeType, turn: TurnRecord | None = None) -> None:
        """Note that something has changed in a session."""
        self._last_change += 1
        change = SessionChange(
            event_type=event_type,
            session_id=row.session.session_id,
            turn_id=turn and turn.turn_id,
            turn_status=turn and turn.status,
        )
        logged = LoggedChange(id=ChangeId(batch=0, seq=self._last_change), change=change)
        self._changes.append(NotedChange(row.owner, row.session.agent_id, self._now(), logged))

    def _turn(self, owner: str, turn_id: str) -> TurnRow:
        turn = self._turns.get(turn_id)
        if turn is None or turn.record.owner != owner:
            raise TurnNotFound
        return turn

    def _lasts(self, node: str | None) -> bool:
        return node is not None and self._leases.get(node, 0) > self._now()

    def _turns_of(self, owner: str, session_id: str) -> list[TurnRow]:
        row = self._sessions.get(session_id)
        return list(row.turns) if row and row.owner == owner else []


def encoded(events: Iterable[LoggedEvent]) -> list[tuple[EventId, bytes]]:
    """Return events as a log has them."""
    return [(logged.id, msgspec.json.encode(logged)) for logged in events]


def follow(row: SessionRow, turn: TurnRow, at: str) -> None:
    """Bring a session up to date with a turn of it that has changed its status."""
    if turn.has_ended:
        row.unfinished.remove(turn)
    elif turn not in row.unfinished:  # it was taken up again, which only the last one can be
        row.unfinished.append(turn)
    is_last = turn.record.n == row.session.turn_count
    row.session = replace(
        row.session,
        status=row.status,
        last_turn_status=turn.record.status if is_last else row.session.last_turn_status,
        updated_at=at,
    )


def is_past(key: tuple[Any, ...], position: tuple[Any, ...], order: Order) -> bool:
    """Tell whether a key comes after a position of a cursor."""
    return key > position if order == "asc" else key < position


def page_of(rows: list[V], limit: int, key: Callable[[V], tuple[str, str]]) -> Page[V]:
    """Return a page of what comes next, sealed."""
    items = [sealed(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(*key(items[-1])) if len(rows) > limit else None)
