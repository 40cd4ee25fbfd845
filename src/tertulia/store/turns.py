"""Where turns stay: taken on once, in the order of their session, and claimed by one node at a time.

What happens to a turn is in its log: `store/log.py`.
"""

from typing import Protocol

import msgspec
from msgspec import UNSET, UnsetType, field

from tertulia.domain.agents import ToolConfig, Toolgroup
from tertulia.domain.base import Value
from tertulia.domain.events import LoggedEvent
from tertulia.domain.messages import InputMessage
from tertulia.domain.paging import Order, Page
from tertulia.domain.turns import OnBusy, Turn, TurnStatus
from tertulia.store.files import StoredFile
from tertulia.store.limits import NO_LIMITS, TurnLimits
from tertulia.store.log import LogStore


class Attempt(Value):
    """Which try of a request without a key this is, as its client counts; another may be taken on at the same time.

    The first one came at `since`. Another one comes after somebody has looked for what the first has begun: it was none
    of the session's newest turns, which are `seen`.
    """

    is_first: bool
    since: str
    seen: list[str] = field(default_factory=list[str])


class NewTurn(Value):
    """A turn to take on. `request_hash` tells whether a repeated `idempotency_key` comes with the same body.

    Without a key, but with an `attempt`, it tells whether the same body came as another try meanwhile, be it to another
    node: then that turn is the one (see `rules.other_tries`).

    It comes with `new_files`, whose blobs are reserved, as is room for them by `reservation` where room is limited, and
    uses files that are there, `used_files`, by their ids.
    It comes after the turn `parent_turn_id`: at the beginning if that is None, and if it is not said, at the end of the
    session's active branch.
    """

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
    parent_turn_id: str | UnsetType | None = UNSET
    new_files: list[StoredFile] = field(default_factory=list[StoredFile])
    used_files: list[str] = field(default_factory=list[str])
    reservation: str | None = None
    limits: TurnLimits = NO_LIMITS
    attempt: Attempt | None = None


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
    attempts: int = 0
    """How many nodes in a row have lost this turn without having completed a step of it."""
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None
    parent_turn_id: str | None = None


class StoredTurn(Value):
    """A turn as a list of them finds it: `turn` is its JSON once it has rested, null before (fold its log then).

    One that a fork has from another session is shown as the fork's; its record says where it is. `siblings` are the
    turns that come after the same one, in order and with itself, if there are others: a list tells them.
    """

    record: TurnRecord
    turn: msgspec.Raw | None
    siblings: list[str] = field(default_factory=list[str])


class Accepted(Value):
    """A turn was taken on; `is_repeat` when an earlier request with the same key had done it.

    `interrupts` is the turn ahead that `on_busy` "interrupt" asks to stop: its cancel is requested already.
    """

    record: TurnRecord
    events: list[LoggedEvent]
    is_repeat: bool = False
    interrupts: TurnRecord | None = None


class TurnStore(LogStore, Protocol):
    """Turns and their logs."""

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        """Take a turn on: allot its number, log TurnQueued and, when no turn of its session is ahead, TurnStarted.

        A started turn comes back as `running` with epoch 1, leased to `node`; a repeat comes back as it is now, without
        events. With `on_busy` "interrupt" the turn ahead that runs or awaits input is asked to stop in the same
        transaction, and the new one waits for its end as any other does. The first turn names a session that has only
        its default name, and every turn sets the session's preview, status and `updated_at`.
        The active branch is the new turn's from then on.
        Raises RateLimited and BudgetReached, which say how `new.limits` are kept, but for a repeat; and
        SessionNotFound, AgentWithdrawn, SessionBusy, TurnAwaitingInput, QueueFull, IdempotencyMismatch, FileNotFound,
        TurnNotFound (its parent).
        """
        ...

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        """Start the session's next queued turn, if none runs or awaits input: epoch + 1, TurnStarted logged, leased."""
        ...

    async def claim(self, owner: str, turn_id: str, *, node: str, reopens: bool = False) -> Accepted | None:
        """Take over a turn that has not ended: epoch + 1, leased to `node`, status unchanged, no event logged.

        `attempts` counts up if another node held it whose lease has run out; one that rests or waits, or that its node
        has released, is nobody's. None if the turn has ended, is not there, or is held by another node whose lease
        lasts. With `reopens`, one that was completed is claimed, too, by whoever comes last.
        """
        ...

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        """A turn of the session, on whichever branch, or one that it has as a fork. Raises TurnNotFound."""
        ...

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> Page[StoredTurn]:
        """The turns of the active branch by number, or of the one up to the turn `tip`.

        `before`, `after` and `tip` are turn ids (TurnNotFound). A page costs what it has, however many turns there are,
        and about as much again for each branch that it goes along; it ends early when it has `MAX_BYTES`.
        """
        ...

    async def list_tree(self, owner: str, session_id: str, *, limit: int, after_n: int = 0) -> list[StoredTurn]:
        """The turns that the session shows, of all branches, by number; those that it has as a fork among them.

        Fewer than `limit` come when they are large (`MAX_BYTES`), too: none is the end.
        """
        ...

    async def list_unfinished(self, owner: str, session_id: str) -> list[TurnRecord]:
        """The session's turns that have not ended, on all branches, newest first."""
        ...

    async def list_history(self, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
        """The turns by which a turn is reached, and itself, newest first: what a transcript is made of.

        Of those with n < before_n, up to `limit` that have ended. There are none of one that is not there.
        """
        ...

    async def delete_branch(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> None:
        """Delete a turn and all that come after it, but for what forks of the session have.

        The active branch, if it was this one, is then the newest of those that are left where it began.
        Raises SessionNotFound, TurnNotFound; Conflict if the turn is one that the session has as a fork.
        """
        ...

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        """Remember that a person wants this turn stopped, also across a crash. Raises TurnNotFound."""
        ...
