"""Where agents, sessions and turns stay: the roles that every storage backend plays.

Rules that every implementation keeps, and that `tests/contracts/test_store.py` checks:
- every method takes the `owner`; what belongs to another owner is not found;
- a method is one transaction; when it returns, what it wrote survives a crash;
- every list is paged by a cursor that neither skips nor repeats a row while rows are added;
- an append under an old epoch changes nothing and is reported as lost;
- the store reads no clock and makes no ids: both are handed in.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from tertulia.domain.agents import Agent, AgentConfig, ToolConfig, Toolgroup
from tertulia.domain.base import Value
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.messages import InputMessage
from tertulia.domain.paging import Order, Page
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource
from tertulia.domain.shields import Shield
from tertulia.domain.turns import Turn, TurnStatus

OnBusy = Literal["enqueue", "reject"]


class NewTurn(Value):
    """A turn to take on. `request_hash` tells whether a repeated `idempotency_key` comes with the same body."""

    turn_id: str
    session_id: str
    agent_id: str
    input_messages: list[InputMessage]
    at: str
    on_busy: OnBusy = "enqueue"
    max_queued: int = 8
    idempotency_key: str | None = None
    request_hash: str = ""
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None
    parent_turn_id: str | None = None


class TurnRecord(Value):
    """What a runner must know of a turn. `epoch` is the fence: it rises with each claim, 0 while it only waits."""

    turn_id: str
    session_id: str
    agent_id: str
    agent_version: int
    owner: str
    n: int
    status: TurnStatus
    epoch: int
    created_at: str
    cancel_requested: bool = False
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None


class StoredTurn(Value):
    """A turn as a list of them finds it: `turn` is its JSON once it has rested, null before (fold its log then)."""

    record: TurnRecord
    turn: msgspec.Raw | None


class Accepted(Value):
    """A turn was taken on; `is_repeat` when an earlier request with the same key had done it."""

    record: TurnRecord
    events: list[LoggedEvent]
    is_repeat: bool = False


class Append(Value):
    """Events to add to one turn's log, in order and without holes in their `seq`.

    `turn` is the projection when the last event lets the turn rest: its row and its session's are brought up to date
    in the same transaction.
    """

    owner: str
    turn_id: str
    epoch: int
    events: list[LoggedEvent]
    turn: Turn | None = None


class AgentStore(Protocol):
    """Agents and the versions of their configs."""

    async def create_agent(self, owner: str, agent: Agent) -> None: ...

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        """Raises AgentNotFound."""
        ...

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        """The config as it was at that version. Raises AgentNotFound."""
        ...

    async def find_default_agent(self, owner: str) -> Agent | None: ...

    async def list_agents(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Agent]:
        """Oldest first."""
        ...

    async def update_agent(self, owner: str, agent_id: str, *, config: AgentConfig, version: int, at: str) -> Agent:
        """Store `config` as the version after `version`. Raises AgentNotFound; Stale if `version` is not the newest."""
        ...

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        """Delete it and all its sessions. Raises AgentNotFound."""
        ...


class SessionStore(Protocol):
    """Sessions. Values that come back have no `turns`; read those by TurnStore."""

    async def create_session(self, owner: str, session: Session) -> None:
        """Raises AgentNotFound."""
        ...

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        """Raises SessionNotFound."""
        ...

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        """By `updated_at`, then id. `which.text` is looked for in name and preview, whatever the case."""
        ...

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        """Apply a patch and count `revision` up; a new name makes `title_source` "user".

        Pinning and archiving are no activity: `updated_at` stays.
        Raises SessionNotFound; Stale if `revision` is not `expected`.
        """
        ...

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        """Name a session unless a person has named it; tell whether that was done."""
        ...

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        """Delete it and all that hangs on it. Raises SessionNotFound."""
        ...


class TurnStore(Protocol):
    """Turns and their logs."""

    async def accept_turn(self, owner: str, new: NewTurn) -> Accepted:
        """Take a turn on: allot its number, log TurnQueued and, when no turn of its session is ahead, TurnStarted.

        A started turn comes back as `running` with epoch 1; a repeat comes back as it is now, without events. The first
        turn names a session that has only its default name, and every turn sets the session's preview, status and
        `updated_at`.
        Raises SessionNotFound, SessionBusy, TurnAwaitingInput, QueueFull, IdempotencyMismatch.
        """
        ...

    async def claim_next(self, owner: str, session_id: str, *, at: str) -> Accepted | None:
        """Start the session's next queued turn (epoch + 1, TurnStarted logged), if none runs or awaits input."""
        ...

    async def claim(self, owner: str, turn_id: str, *, reopens: bool = False) -> Accepted | None:
        """Take over a turn that has not ended: epoch + 1, status unchanged, no event logged; None if it has ended.

        With `reopens`, one that was completed is claimed, too.
        """
        ...

    async def append(self, appends: Sequence[Append]) -> frozenset[str]:
        """Add events to logs, all in one transaction; return the ids of turns whose epoch is no longer theirs.

        Nothing is added to a turn that has ended, but for TurnResumed (and what follows it) to one that was completed
        and is still the last of its session.
        """
        ...

    async def read_events(self, owner: str, turn_id: str, *, after: EventId | None = None) -> list[LoggedEvent]:
        """A turn's log, from its start or after an id. Raises TurnNotFound."""
        ...

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        """Raises TurnNotFound."""
        ...

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
        """Turns by number. `before` and `after` are turn ids (TurnNotFound); `limit` None reads them all."""
        ...

    async def list_history(self, owner: str, session_id: str, *, after_n: int, before_n: int) -> list[Turn]:
        """The turns with after_n < n < before_n that have ended, in order: what a transcript is made of."""
        ...

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        """Remember that a person wants this turn stopped, also across a crash. Raises TurnNotFound."""
        ...

    async def list_unfinished(self) -> list[TurnRecord]:
        """Every owner's turns that are queued or running: for recovery at start, the one list that is nobody's."""
        ...


class ShieldStore(Protocol):
    """Shields that owners have registered."""

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        """Keep it, in the place of an earlier one of that name."""
        ...

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        """Raises ShieldNotFound."""
        ...

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        """By name."""
        ...

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        """Raises ShieldNotFound."""
        ...


class Store(AgentStore, SessionStore, TurnStore, ShieldStore, Protocol):
    """All of it, and its life."""

    async def open(self) -> None:
        """Migrate if it is due and get ready. Raises StartupError with a sentence for the operator."""
        ...

    async def check(self) -> None:
        """Raises StorageUnavailable unless a read works right now."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of files and connections."""
        ...
