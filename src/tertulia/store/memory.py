"""A whole store in memory: for tests and for `tertulia.testing`. It forgets everything when the process ends.

It is as strict as a database. What goes in and what comes out is sealed (a round trip through JSON), so that nobody
shares a list or dict with it, and what JSON cannot hold is refused. A method changes nothing before its last check,
and yields to the event loop once, as one that waits for a commit does.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.base import Value
from tertulia.domain.errors import (
    AgentNotFound,
    Conflict,
    IdempotencyMismatch,
    LeaseLost,
    SessionNotFound,
    ShieldNotFound,
    Stale,
    StorageUnavailable,
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, TurnStarted
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, SessionStatus, TitleSource, preview_of
from tertulia.domain.shields import Shield
from tertulia.domain.tools import Grant
from tertulia.domain.turns import ENDED, Turn, TurnStatus
from tertulia.store import rules
from tertulia.store.base import Accepted, Append, Appended, ImportedTurn, NewTurn, StoredTurn, TurnRecord, Watched
from tertulia.store.importing import refuse_unless_whole, settled

V = TypeVar("V", bound=Value)


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
    """A turn, the node that holds it, its log (ids and JSON) and its own JSON once it has rested."""

    record: TurnRecord
    request_hash: str
    log: list[tuple[EventId, bytes]]
    turn: bytes | None = None
    holder: str | None = None
    ended_at: str | None = None

    @property
    def has_ended(self) -> bool:
        return self.record.status in ENDED

    def takes(self, append: Append, *, is_last: bool) -> bool:
        """Tell whether the fence and the status let an append through."""
        is_theirs = (self.record.owner, self.record.epoch) == (append.owner, append.epoch)
        return is_theirs and rules.takes_events(self.record.status, append, is_last=is_last)

    @property
    def stored(self) -> StoredTurn:
        return StoredTurn(record=_sealed(self.record), turn=None if self.turn is None else msgspec.Raw(self.turn))


class MemoryStore:
    """Agents, sessions and turns as long as this object lives.

    Shared, it is what several nodes have in common; `now` is the clock of its leases, in seconds.
    """

    def __init__(self, *, is_shared: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        self.is_shared = is_shared
        self._now = now
        self._agents: dict[tuple[str, str], AgentRow] = {}
        self._sessions: dict[str, SessionRow] = {}
        self._turns: dict[str, TurnRow] = {}
        self._shields: dict[tuple[str, str], Shield] = {}
        self._leases: dict[str, float] = {}
        """When the lease of each node runs out."""
        self._opened = 0

    async def open(self) -> None:
        if not self.is_shared:
            self._leases.clear()
        self._opened += 1

    async def check(self) -> None:
        if not self._opened:
            raise StorageUnavailable("The store is closed.", retry_after=rules.RETRY_AFTER)

    async def close(self) -> None:
        self._opened -= 1

    async def _begin(self) -> None:
        await asyncio.sleep(0)
        await self.check()

    # --- agents ---

    async def create_agent(self, owner: str, agent: Agent) -> None:
        await self._begin()
        if (owner, agent.agent_id) in self._agents:
            raise Conflict("There is an agent with this id already.")
        agent = _sealed(agent)
        self._agents[owner, agent.agent_id] = AgentRow(agent, [agent.agent_config])

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        await self._begin()
        return _sealed(self._agent(owner, agent_id).agent)

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        await self._begin()
        row = self._agent(owner, agent_id)
        first = row.agent.version - len(row.configs) + 1
        if not first <= version <= row.agent.version:
            raise AgentNotFound
        return _sealed(row.configs[version - first])

    async def find_default_agent(self, owner: str) -> Agent | None:
        await self._begin()
        return next((_sealed(agent) for agent in self._agents_of(owner) if agent.is_default), None)

    async def list_agents(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Agent]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        agents = [agent for agent in self._agents_of(owner) if _agent_key(agent) > after]
        return _page(agents, limit, _agent_key)

    async def update_agent(self, owner: str, agent_id: str, *, config: AgentConfig, version: int, at: str) -> Agent:
        await self._begin()
        row = self._agent(owner, agent_id)
        if row.agent.version != version:
            raise Stale
        row.configs.append(_sealed(config))
        row.agent = replace(row.agent, agent_config=row.configs[-1], version=version + 1, updated_at=at)
        return _sealed(row.agent)

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        await self._begin()
        self._agent(owner, agent_id)
        del self._agents[owner, agent_id]
        for row in [row for row in self._sessions.values() if (row.owner, row.session.agent_id) == (owner, agent_id)]:
            self._drop(row)

    def _agent(self, owner: str, agent_id: str) -> AgentRow:
        try:
            return self._agents[owner, agent_id]
        except KeyError:
            raise AgentNotFound from None

    def _agents_of(self, owner: str) -> list[Agent]:
        return sorted((row.agent for (of, _), row in self._agents.items() if of == owner), key=_agent_key)

    # --- shields ---

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        await self._begin()
        self._shields[owner, shield.shield_id] = _sealed(shield)

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        await self._begin()
        return _sealed(self._shield(owner, shield_id))

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        await self._begin()
        after = rules.name_position(cursor) if cursor else ""
        names = sorted(name for of, name in self._shields if of == owner and name > after)
        items = [_sealed(self._shields[owner, name]) for name in names[:limit]]
        return Page(items=items, next_cursor=encode_cursor(items[-1].shield_id) if len(names) > limit else None)

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        await self._begin()
        self._shield(owner, shield_id)
        del self._shields[owner, shield_id]

    def _shield(self, owner: str, shield_id: str) -> Shield:
        try:
            return self._shields[owner, shield_id]
        except KeyError:
            raise ShieldNotFound from None

    # --- sessions ---

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        await self._begin()
        self._agent(owner, session.agent_id)
        there = self._sessions.get(session.session_id)
        if there is None:
            there = SessionRow(owner, _sealed(replace(session, turns=[])), request_hash)
            self._sessions[session.session_id] = there
            return _sealed(there.session)
        is_same = (there.owner, there.session.agent_id) == (owner, session.agent_id)
        rules.refuse_unless_repeated(there.request_hash if is_same else None, request_hash)
        return _sealed(there.session)

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        await self._begin()
        return _sealed(self._session(owner, agent_id, session_id).session)

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else None
        found = [row.session for row in self._sessions.values() if row.owner == owner and _is_shown(row.session, which)]
        found.sort(key=_session_key, reverse=order == "desc")
        if after is not None:
            found = [each for each in found if _is_past(_session_key(each), after, order)]
        return _page(found, limit, _session_key)

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        await self._begin()
        row = self._session(owner, agent_id, session_id)
        if expected is not None and row.session.revision != expected:
            raise Stale
        row.session = rules.patched(row.session, _sealed(patch), at)
        return _sealed(row.session)

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is None or row.owner != owner or row.session.title_source == "user":
            return False
        row.session = replace(row.session, session_name=name, title_source=source)
        return True

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        await self._begin()
        self._drop(self._session(owner, agent_id, session_id))

    async def import_session(self, owner: str, session: Session, turns: Sequence[ImportedTurn]) -> None:
        await self._begin()
        refuse_unless_whole(session, turns)
        version = self._agent(owner, session.agent_id).agent.version
        ids = [imported.turn.turn_id for imported in turns]
        if session.session_id in self._sessions or len({*ids} - self._turns.keys()) < len(ids):
            raise Conflict("Something with this id is there already.")
        row = SessionRow(owner, _sealed(settled(session, turns)))
        row.turns = [_imported(row, imported, version) for imported in turns]
        self._sessions[session.session_id] = row
        self._turns |= zip(ids, row.turns, strict=True)

    def _session(self, owner: str, agent_id: str, session_id: str) -> SessionRow:
        row = self._sessions.get(session_id)
        if row is None or (row.owner, row.session.agent_id) != (owner, agent_id):
            raise SessionNotFound
        return row

    def _drop(self, row: SessionRow) -> None:
        for turn in row.turns:
            del self._turns[turn.record.turn_id]
        del self._sessions[row.session.session_id]

    # --- turns ---

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        await self._begin()
        row = self._session(owner, new.agent_id, new.session_id)
        if new.idempotency_key is not None and (earlier := row.keys.get(new.idempotency_key)):
            if earlier.request_hash != new.request_hash:
                raise IdempotencyMismatch
            return Accepted(record=_sealed(earlier.record), events=[], is_repeat=True)
        rules.refuse_if_busy(new, [(turn.record.turn_id, turn.record.status) for turn in row.unfinished])
        if new.turn_id in self._turns:
            raise Conflict("There is a turn with this id already.")
        version = self._agent(owner, new.agent_id).agent.version
        interrupted = self._interrupt(row) if new.on_busy == "interrupt" else None
        accepted = self._take_on(row, new, version=version, epoch=0 if row.unfinished else 1)
        if accepted.record.status == "running":
            self._turns[new.turn_id].holder = node
        return replace(accepted, interrupts=interrupted)

    def _interrupt(self, row: SessionRow) -> TurnRecord | None:
        ahead = row.unfinished[0] if row.unfinished else None
        if ahead is None or ahead.record.status == "queued":
            return None
        ahead.record = replace(ahead.record, cancel_requested=True)
        return _sealed(ahead.record)

    def _take_on(self, row: SessionRow, new: NewTurn, *, version: int, epoch: int) -> Accepted:
        new = _sealed(new)
        record = TurnRecord(
            turn_id=new.turn_id,
            session_id=new.session_id,
            agent_id=new.agent_id,
            agent_version=version,
            owner=row.owner,
            n=row.session.turn_count + 1,
            status="running" if epoch else "queued",
            epoch=epoch,
            created_at=new.at,
            toolgroups=new.toolgroups,
            tool_config=new.tool_config,
        )
        events = rules.first_events(new, record.n, epoch=epoch)
        turn = TurnRow(record, new.request_hash, _encoded(events))
        self._turns[new.turn_id] = turn
        row.turns.append(turn)
        row.unfinished.append(turn)
        if new.idempotency_key is not None:
            row.keys[new.idempotency_key] = turn
        words = rules.words_of(new.input_messages)
        row.session = replace(
            row.session,
            session_name=rules.name_after(row.session.session_name, row.session.title_source, words),
            preview=preview_of(words),
            turn_count=record.n,
            last_turn_status=record.status,
            status=row.status,
            updated_at=new.at,
        )
        return Accepted(record=_sealed(record), events=[_sealed(event) for event in events])

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        await self._begin()
        row = self._sessions.get(session_id)
        turn = row.unfinished[0] if row and row.owner == owner and row.unfinished else None
        if row is None or turn is None or turn.record.status != "queued":
            return None
        turn.record = replace(turn.record, status="running", epoch=turn.record.epoch + 1)
        turn.holder = node
        started = LoggedEvent(
            id=EventId(n=turn.record.n, epoch=turn.record.epoch, seq=1),
            event=TurnStarted(turn_id=turn.record.turn_id, session_id=session_id, n=turn.record.n, at=at),
        )
        turn.log += _encoded([started])
        _follow(row, turn, row.session.updated_at)
        return Accepted(record=_sealed(turn.record), events=[started])

    async def claim(self, owner: str, turn_id: str, *, node: str, reopens: bool = False) -> Accepted | None:
        await self._begin()
        turn = self._turns.get(turn_id)
        if turn is None or turn.record.owner != owner:
            return None
        if not rules.may_claim(turn.record.status, reopens=reopens):
            return None
        attempts = turn.record.attempts
        if turn.holder not in {None, node} and not turn.has_ended:
            if self._lasts(turn.holder):
                return None
            attempts += 1
        turn.record = replace(turn.record, epoch=turn.record.epoch + 1, attempts=attempts)
        turn.holder = node
        return Accepted(record=_sealed(turn.record), events=[])

    async def append(self, appends: Sequence[Append]) -> Appended:
        await self._begin()
        rows = [(each, rules.change_of(each), self._turns.get(each.turn_id)) for each in appends]
        for each, _, turn in rows:
            if turn is not None and self._takes(turn, each):
                _refuse_repeats(turn, each)
        lost: set[str] = set()
        rested: list[TurnRow] = []
        for each, change, turn in rows:
            if turn is None or not self._takes(turn, each):
                lost.add(each.turn_id)
                continue
            turn.log += _encoded(each.events)
            self._sessions[turn.record.session_id].grants.update(grant for grant, _ in rules.grants_of(each))
            if rules.makes_progress(each):
                turn.record = replace(turn.record, attempts=0)
            if change is not None:
                self._change(turn, each, change)
                rested += [turn] if each.turn is not None else []
        followed = frozenset(turn.record.turn_id for turn in rested if self._is_followed(turn))
        return Appended(lost=frozenset(lost), followed=followed)

    def _is_followed(self, turn: TurnRow) -> bool:
        unfinished = self._sessions[turn.record.session_id].unfinished
        return bool(unfinished) and unfinished[0].record.status == "queued"

    def _change(self, turn: TurnRow, append: Append, change: tuple[TurnStatus, str]) -> None:
        status, at = change
        turn.record = replace(turn.record, status=status)
        turn.turn = None if append.turn is None else msgspec.json.encode(append.turn)
        turn.ended_at = rules.ended_at(change)
        if append.turn is not None:
            turn.holder = None
        _follow(self._sessions[turn.record.session_id], turn, at)

    def _takes(self, turn: TurnRow, append: Append) -> bool:
        count = self._sessions[turn.record.session_id].session.turn_count
        return turn.takes(append, is_last=turn.record.n == count)

    async def read_events(self, owner: str, turn_id: str, *, after: EventId | None = None) -> list[LoggedEvent]:
        await self._begin()
        log = self._turn(owner, turn_id).log
        return [_event.decode(data) for place, data in log if after is None or place > after]

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        await self._begin()
        turn = self._turn(owner, turn_id)
        if (turn.record.agent_id, turn.record.session_id) != (agent_id, session_id):
            raise TurnNotFound
        return turn.stored

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int | None,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> Page[StoredTurn]:
        await self._begin()
        position = rules.turn_position(cursor) if cursor else None
        turns = self._turns_of(owner, session_id)
        if before is not None:
            turns = turns[: self._n_of(owner, session_id, before) - 1]
        if after is not None:
            end = self._n_of(owner, session_id, after)
            turns = [turn for turn in turns if turn.record.n > end]
        if order == "desc":
            turns.reverse()
        if position is not None:
            turns = [turn for turn in turns if _is_past((turn.record.n,), (position,), order)]
        page = turns if limit is None else turns[:limit]
        more = len(turns) > len(page)
        return Page(
            items=[turn.stored for turn in page], next_cursor=encode_cursor(page[-1].record.n) if more else None
        )

    async def list_history(self, owner: str, session_id: str, *, after_n: int, before_n: int) -> list[Turn]:
        await self._begin()
        return [
            msgspec.json.decode(turn.turn, type=Turn)
            for turn in self._turns_of(owner, session_id)
            if after_n < turn.record.n < before_n and turn.has_ended and turn.turn is not None
        ]

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        await self._begin()
        row = self._sessions.get(session_id)
        return frozenset(row.grants) if row is not None and row.owner == owner else frozenset()

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        await self._begin()
        turn = self._turn(owner, turn_id)
        if not turn.has_ended:
            turn.record = replace(turn.record, cancel_requested=True)
        return _sealed(turn.record)

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        await self._begin()
        news: dict[str, list[LoggedEvent]] = {}
        for each in watched:
            turn = self._turns.get(each.turn_id)
            if turn is not None and turn.log[-1][0] > each.after:
                news[each.turn_id] = [_event.decode(data) for place, data in turn.log if place > each.after]
        return news

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        await self._begin()
        dropped = 0
        for turn in self._turns.values():
            if dropped == limit or turn.ended_at is None or turn.ended_at >= ended_before:
                continue
            kept = [(place, data) for place, data in turn.log if not _is_delta(data)]
            dropped += len(kept) < len(turn.log)
            turn.log = kept
        return dropped

    # --- leases ---

    def renew(self, node: str, *, seconds: float) -> None:
        if not self._opened:
            raise StorageUnavailable("The store is closed.", retry_after=rules.RETRY_AFTER)
        if self._leases.get(node, math.inf) <= self._now():
            raise LeaseLost
        self._leases[node] = self._now() + seconds

    async def release(self, node: str) -> None:
        await self._begin()
        self._leases.pop(node, None)
        for turn in self._turns.values():
            if turn.holder == node:
                turn.holder = None

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        await self._begin()
        firsts = [row.unfinished[0] for row in self._sessions.values() if row.unfinished]
        orphans = [turn.record for turn in firsts if self._is_orphan(turn, node)]
        orphans.sort(key=lambda record: (record.created_at, record.turn_id))
        return [_sealed(record) for record in orphans[:limit]]

    def _is_orphan(self, turn: TurnRow, node: str) -> bool:
        is_at_work = turn.holder == node or self._lasts(turn.holder)
        return not is_at_work and (turn.record.status != "awaiting_input" or turn.record.cancel_requested)

    async def list_held(self, node: str) -> list[TurnRecord]:
        await self._begin()
        return [_sealed(turn.record) for turn in self._turns.values() if turn.holder == node and not turn.has_ended]

    def _lasts(self, node: str | None) -> bool:
        return node is not None and self._leases.get(node, 0) > self._now()

    def _turn(self, owner: str, turn_id: str) -> TurnRow:
        turn = self._turns.get(turn_id)
        if turn is None or turn.record.owner != owner:
            raise TurnNotFound
        return turn

    def _turns_of(self, owner: str, session_id: str) -> list[TurnRow]:
        row = self._sessions.get(session_id)
        return list(row.turns) if row and row.owner == owner else []

    def _n_of(self, owner: str, session_id: str, turn_id: str) -> int:
        record = self._turn(owner, turn_id).record
        if record.session_id != session_id:
            raise TurnNotFound
        return record.n


_event = msgspec.json.Decoder(LoggedEvent)


def _sealed(value: V) -> V:
    """Return an equal value that shares nothing mutable with `value`."""
    return msgspec.json.decode(msgspec.json.encode(value), type=type(value))


def _is_delta(data: bytes) -> bool:
    return isinstance(_event.decode(data).event, StepProgressed)


def _encoded(events: Iterable[LoggedEvent]) -> list[tuple[EventId, bytes]]:
    return [(logged.id, msgspec.json.encode(logged)) for logged in events]


def _imported(row: SessionRow, imported: ImportedTurn, version: int) -> TurnRow:
    turn = imported.turn
    record = TurnRecord(
        turn_id=turn.turn_id,
        session_id=turn.session_id,
        agent_id=row.session.agent_id,
        agent_version=version,
        owner=row.owner,
        n=turn.n,
        status=turn.status,
        epoch=imported.epoch,
        created_at=turn.started_at,
    )
    data = msgspec.json.encode(turn)
    return TurnRow(record, "", _encoded(imported.events), data, ended_at=turn.completed_at)


def _follow(row: SessionRow, turn: TurnRow, at: str) -> None:
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


def _refuse_repeats(turn: TurnRow, append: Append) -> None:
    if turn.log and append.events and append.events[0].id <= turn.log[-1][0]:
        raise Conflict("The log has events with these ids already.")


def _agent_key(agent: Agent) -> tuple[str, str]:
    return agent.created_at, agent.agent_id


def _session_key(session: Session) -> tuple[str, str]:
    return session.updated_at, session.session_id


def _is_shown(session: Session, which: SessionFilter) -> bool:
    return (
        session.agent_id == which.agent_id
        and which.archived in {None, session.archived}
        and which.pinned in {None, session.pinned}
        and (which.text is None or which.text.casefold() in rules.searched(session.session_name, session.preview))
    )


def _is_past(key: tuple[Any, ...], position: tuple[Any, ...], order: Order) -> bool:
    return key > position if order == "asc" else key < position


def _page(rows: list[V], limit: int, key: Callable[[V], tuple[str, str]]) -> Page[V]:
    items = [_sealed(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(*key(items[-1])) if len(rows) > limit else None)
