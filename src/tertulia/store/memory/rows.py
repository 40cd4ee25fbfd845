"""What a store in memory has: its rows, and how a value gets into them and out again.

It is as strict as a database. What goes in and what comes out is sealed (a round trip through JSON), so that nobody
shares a list or dict with it, and what JSON cannot hold is refused. A method changes nothing before its last check,
and yields to the event loop once, as one that waits for a commit does.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.audit import AuditEntry
from tertulia.domain.base import Value
from tertulia.domain.changes import ChangeId, ChangeType, LoggedChange, SessionChange
from tertulia.domain.errors import (
    AgentNotFound,
    AgentWithdrawn,
    SessionBusy,
    SessionNotFound,
    ShieldNotFound,
    StorageUnavailable,
    ToolgroupNotFound,
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, TurnQueued
from tertulia.domain.feedback import Feedback
from tertulia.domain.limits import OwnLimits
from tertulia.domain.messages import InputMessage
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.sessions import Session, SessionStatus, preview_of
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.domain.tools import Grant
from tertulia.domain.turns import ENDED
from tertulia.store import rules
from tertulia.store.accounts import Credentials, KnownKey, SignIn
from tertulia.store.branches import shown_in
from tertulia.store.feedback import with_feedback
from tertulia.store.limits import Usage
from tertulia.store.memory.file_rows import FileRows
from tertulia.store.memory.registry import MemoryRegistry, sealed
from tertulia.store.shares import StoredShare
from tertulia.store.turns import StoredTurn, TurnRecord

V = TypeVar("V", bound=Value)

event_decoder = msgspec.json.Decoder(LoggedEvent)


@dataclass(slots=True, eq=False)
class AgentRow:
    """An agent, and its config at every version from 1. One that has a lender is a loan."""

    agent: Agent
    configs: list[AgentConfig]
    lender: str | None = None


@dataclass(slots=True, eq=False)
class SessionRow:
    """A session, its turns in order, those of them that have not ended, their idempotency keys, and what is granted.

    `active` is the last turn of the active branch, `borrowed` are the turns that a fork begins with. One that is gone
    is there for the turns that forks have of it.
    """

    owner: str
    session: Session
    request_hash: str | None = None
    turns: list["TurnRow"] = field(default_factory=list["TurnRow"])
    unfinished: list["TurnRow"] = field(default_factory=list["TurnRow"])
    keys: dict[str, "TurnRow"] = field(default_factory=dict[str, "TurnRow"])
    grants: set[Grant] = field(default_factory=set[Grant])
    active: "TurnRow | None" = None
    borrowed: list["TurnRow"] = field(default_factory=list["TurnRow"])
    last_n: int = 0
    is_gone: bool = False
    tokens: int = 0
    deleted_at: str | None = None

    @property
    def is_there(self) -> bool:
        """It is neither gone nor in the trash."""
        return not self.is_gone and self.deleted_at is None

    @property
    def status(self) -> SessionStatus:
        return rules.session_status(self.unfinished[0].record.status if self.unfinished else None)


@dataclass(slots=True, eq=False)
class TurnRow:
    """A turn, its holder, its log (ids and JSON), its own JSON and terms once it has rested, and its parent.

    One that is gone is there for forks only.
    """

    record: TurnRecord
    request_hash: str
    log: list[tuple[EventId, bytes]]
    turn: bytes | None = None
    holder: str | None = None
    ended_at: str | None = None
    terms: list[str] | None = None
    parent: "TurnRow | None" = None
    is_gone: bool = False
    tokens: int = 0
    feedback: Feedback | None = None

    @property
    def path(self) -> list["TurnRow"]:
        """The turns by which it is reached, and itself."""
        found: list[TurnRow] = [self]
        while (parent := found[-1].parent) is not None:
            found.append(parent)
        return found[::-1]

    @property
    def has_ended(self) -> bool:
        return self.record.status in ENDED

    def stored(self, session_id: str) -> StoredTurn:
        """What a session shows of it."""
        turn = self.turn
        if turn is not None and session_id != self.record.session_id:
            turn = shown_in(session_id, turn)
        if turn is not None and self.feedback is not None:
            turn = with_feedback(turn, self.feedback)
        return StoredTurn(record=sealed(self.record), turn=None if turn is None else msgspec.Raw(turn))


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
        self._shares: dict[str, StoredShare] = {}
        """By the hashes of their secrets."""
        self._shields = MemoryRegistry[Shield](ShieldNotFound)
        self._files = FileRows(now)
        self._toolgroups = MemoryRegistry[StoredToolgroup](ToolgroupNotFound)
        self._users: dict[str, Credentials] = {}
        self._identities: dict[tuple[str, str], str] = {}
        self._keys: dict[str, KnownKey] = {}
        self._sign_ins: dict[str, SignIn] = {}
        self._set_ups: dict[str, str] = {}
        self._limits: dict[str, OwnLimits] = {}
        self._preferences: dict[str, bytes] = {}
        self._requests: dict[str, tuple[int, int]] = {}
        """Of each owner the last minute, and how many requests were drawn in it."""
        self._tokens: Counter[tuple[str, str]] = Counter()
        """By owner and day."""
        self._reservations: dict[tuple[str, str], tuple[int, float]] = {}
        """By owner and name: of how many bytes, and until when."""
        self._changes: list[NotedChange] = []
        self._last_change = 0
        self._audit: list[AuditEntry] = []
        self._holders: dict[str, tuple[str, float]] = {}
        """Which node may do a job, and until when."""
        self._leases: dict[str, float] = {}
        """When the lease of each node runs out."""
        self._opened = 0

    async def check(self) -> None:
        if not self._opened:
            raise StorageUnavailable("The store is closed.", retry_after=rules.RETRY_AFTER)

    async def _begin(self) -> None:
        await asyncio.sleep(0)
        await self.check()

    def _usage(self, owner: str, day: str) -> Usage:
        unfinished = [turn for row in self._sessions.values() if row.owner == owner for turn in row.unfinished]
        return Usage(
            turns=sum(turn.record.status != "awaiting_input" for turn in unfinished),
            tokens=self._tokens[owner, day],
            storage_bytes=self._bytes(owner),
        )

    def _bytes(self, owner: str) -> int:
        now = self._now()
        reserved = [size for (of, _), (size, until) in self._reservations.items() if of == owner and until > now]
        return self._files.bytes_of(owner) + sum(reserved)

    def _agent(self, owner: str, agent_id: str) -> AgentRow:
        """What an owner has: an agent or a loan."""
        try:
            return self._agents[owner, agent_id]
        except KeyError:
            raise AgentNotFound from None

    def _shown_agent(self, owner: str, agent_id: str) -> tuple[str, AgentRow]:
        """An owner's own agent, or the one that is shared, or the loan of one that was; and whose it is."""
        held = self._agents.get((owner, agent_id))
        if held is None or held.lender is not None:
            for (of, name), row in sorted(self._agents.items(), key=lambda item: item[0]):
                if name == agent_id and of != owner and row.agent.visibility == "shared":
                    return of, row
        return owner, self._agent(owner, agent_id)

    def _usable_agent(self, owner: str, agent_id: str) -> tuple[str, AgentRow]:
        lender, row = self._shown_agent(owner, agent_id)
        if row.lender is not None:
            raise AgentWithdrawn
        return lender, row

    def _session(self, owner: str, agent_id: str, session_id: str) -> SessionRow:
        row = self._sessions.get(session_id)
        if row is None or not row.is_there or (row.owner, row.session.agent_id) != (owner, agent_id):
            raise SessionNotFound
        return row

    def _drop(self, row: SessionRow) -> None:
        """Delete a session, but for the turns that forks have."""
        for turn in row.turns:
            turn.is_gone = True
        row.is_gone, row.deleted_at, row.active, row.borrowed, row.unfinished = True, None, None, [], []
        self._clear_away()

    def _clear_away(self) -> None:
        """Delete the turns that are gone and that no fork has, and the sessions that have none left."""
        borrowed = {turn.record.turn_id for row in self._sessions.values() for turn in row.borrowed}
        for row in list(self._sessions.values()):
            dead = [turn for turn in row.turns if turn.is_gone and turn.record.turn_id not in borrowed]
            self._files.let_go({turn.record.turn_id for turn in dead})
            for turn in dead:
                del self._turns[turn.record.turn_id]
            if dead:
                row.turns = [turn for turn in row.turns if turn not in dead]
                row.unfinished = [turn for turn in row.unfinished if turn not in dead]
                row.keys = {key: turn for key, turn in row.keys.items() if turn not in dead}
            if row.is_gone:
                self._forget_shares(row.session.session_id)
            if row.is_gone and not row.turns:
                del self._sessions[row.session.session_id]

    def _forget_shares(self, session_id: str) -> None:
        kept = [(key, each) for key, each in self._shares.items() if each.share.session_id != session_id]
        self._shares = dict(kept)

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
        if turn is None or turn.record.owner != owner or not self._is_seen(turn):
            raise TurnNotFound
        return turn

    def _is_seen(self, turn: TurnRow) -> bool:
        """Some session shows it that is not in the trash."""
        own = self._sessions[turn.record.session_id]
        is_own = own.is_there and not turn.is_gone
        return is_own or any(turn in row.borrowed for row in self._sessions.values() if row.is_there)

    def _lasts(self, node: str | None) -> bool:
        return node is not None and self._leases.get(node, 0) > self._now()

    def _in_session(self, owner: str, session_id: str, turn_id: str) -> TurnRow:
        """A turn of a session, or one that it has as a fork."""
        turn, row = self._turn(owner, turn_id), self._sessions.get(session_id)
        if row is None or not row.is_there or not shows(row, turn):
            raise TurnNotFound
        return turn

    def _to_fork_at(self, of: SessionRow, turn_id: str | None) -> TurnRow | None:
        """The turn itself; without one, the last of the active branch that has ended, as all before it have."""
        if turn_id is not None:
            turn = self._in_session(of.owner, of.session.session_id, turn_id)
            if unfinished := [each for each in turn.path if not each.has_ended]:
                raise SessionBusy(unfinished[0].record.turn_id)
            return turn
        ended = list(takewhile(lambda turn: turn.has_ended, of.active.path if of.active else []))
        return ended[-1] if ended else None

    def _newest_after(self, row: SessionRow, turn: TurnRow) -> TurnRow:
        """The newest turn that a session shows of those that come after a turn, or that one."""
        after = [each for each in [*row.borrowed, *row.turns] if shows(row, each) and turn in each.path]
        return max(after, key=lambda each: each.record.n)


def encoded(events: Iterable[LoggedEvent]) -> list[tuple[EventId, bytes]]:
    """Return events as a log has them."""
    return [(logged.id, msgspec.json.encode(logged)) for logged in events]


def shows(row: SessionRow, turn: TurnRow) -> bool:
    """Tell whether a turn is one that a session shows, on whichever branch."""
    return turn in row.borrowed or (turn.record.session_id == row.session.session_id and not turn.is_gone)


def switch(row: SessionRow, turn: TurnRow | None) -> None:
    """Let the active branch be the one that ends with a turn."""
    row.active = turn
    row.session = replace(
        row.session,
        active_turn_id=turn and turn.record.turn_id,
        turn_count=len(turn.path) if turn else 0,
        last_turn_status=turn and turn.record.status,
        preview=preview_of(rules.words_of(input_of(turn))) if turn else "",
        status=row.status,
    )


def input_of(turn: TurnRow) -> list[InputMessage]:
    """What a turn began with."""
    begun = event_decoder.decode(turn.log[0][1]).event
    return begun.input_messages if isinstance(begun, TurnQueued) else []


def follow(row: SessionRow, turn: TurnRow, at: str) -> None:
    """Bring a session up to date with a turn of it that has changed its status."""
    if turn.has_ended:
        row.unfinished.remove(turn)
    elif turn not in row.unfinished:  # it was taken up again, which only the last one can be
        row.unfinished.append(turn)
    row.session = replace(
        row.session,
        status=row.status,
        last_turn_status=turn.record.status if turn is row.active else row.session.last_turn_status,
        updated_at=max(row.session.updated_at, at),
    )


def is_past(key: tuple[Any, ...], position: tuple[Any, ...], order: Order) -> bool:
    """Tell whether a key comes after a position of a cursor."""
    return key > position if order == "asc" else key < position


def page_of(rows: list[V], limit: int, key: Callable[[V], tuple[str, str]]) -> Page[V]:
    """Return a page of what comes next, sealed."""
    items = [sealed(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(*key(items[-1])) if len(rows) > limit else None)
