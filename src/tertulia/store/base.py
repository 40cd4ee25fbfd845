"""Where agents, sessions and turns stay: the roles that every storage backend plays.

Rules that every implementation keeps, and that `tests/contracts/test_store.py` checks:
- every method takes the `owner`; what belongs to another owner is not found;
- a method is one transaction; when it returns, what it wrote survives a crash;
- every list is paged by a cursor that neither skips nor repeats a row while rows are added;
- an append under an old epoch changes nothing and is reported as lost;
- the store makes no ids and reads no clock, both are handed in; but how long a lease still lasts is told by the
  database's own clock, which is the only one that all nodes share.

A node is one process that runs turns. Its lease is a single row that it renews; a turn that runs names the node that
runs it. When that node's lease is out, any other may claim the turn, under the next epoch.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from msgspec import UNSET, UnsetType, field

from tertulia.domain.agents import Agent, AgentConfig, ToolConfig, Toolgroup, Visibility
from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.base import Value
from tertulia.domain.changes import ChangeId, LoggedChange
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.files import FileInfo
from tertulia.domain.messages import InputMessage
from tertulia.domain.paging import Order, Page
from tertulia.domain.retention import How, RetentionRule
from tertulia.domain.search import SearchFilter, SearchHit
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource, TrashedSession
from tertulia.domain.shares import Share
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.domain.tools import Grant
from tertulia.domain.turns import OnBusy, Turn, TurnStatus
from tertulia.store.accounts import AccountStore
from tertulia.store.limits import NO_LIMITS, LimitStore, TurnLimits


class StoredFile(Value):
    """A file that is kept. One that is not listed is there for the turns that use it, and no longer.

    `purpose` is what OpenAI's clients say that it is for.
    """

    info: FileInfo
    is_listed: bool = True
    purpose: str = ""


class StoredShare(Value):
    """A link, whose it is, and the last turn that it shows; a live one shows the active branch as it is."""

    owner: str
    share: Share
    tip: str | None = None


class NewTurn(Value):
    """A turn to take on. `request_hash` tells whether a repeated `idempotency_key` comes with the same body.

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


class Watched(Value):
    """A log that somebody reads: what comes after `after` is news."""

    turn_id: str
    session_id: str
    after: EventId


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


class Appended(Value):
    """What came of appends, by turn id: whose epoch is no longer theirs, and behind whose end a queued turn waits."""

    lost: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()


class ImportedTurn(Value):
    """A turn that has ended, the whole log that it is the fold of, and its files.

    It brings `new_files`, whose blobs are reserved, and uses files that are there, or that an earlier turn brings.
    """

    turn: Turn
    events: list[LoggedEvent]
    new_files: list[StoredFile] = field(default_factory=list[StoredFile])
    used_files: list[str] = field(default_factory=list[str])

    @property
    def epoch(self) -> int:
        """The epoch of the log's last event: nobody holds a lease of an ended turn."""
        return self.events[-1].id.epoch


class AgentStore(Protocol):
    """Agents and the versions of their configs.

    A shared agent can be read and used by all owners, and is changed under its own owner alone. The first session that
    another owner has on it comes with a loan: a row of theirs that their sessions hang on, and that stays when the
    agent is shared no more. What others are shown of an agent is what `as_others_see` leaves of it.
    """

    async def create_agent(self, owner: str, agent: Agent) -> None: ...

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        """The owner's own agent; or another's, as others see it: as it is, or as it was when the loan was made.

        Raises AgentNotFound.
        """
        ...

    async def find_lender(self, owner: str, agent_id: str) -> str:
        """Whose an agent is that an owner uses: their own, or that of who shares it.

        Raises AgentNotFound, AgentWithdrawn.
        """
        ...

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        """The whole config of the owner's own agent, as it was at that version. Raises AgentNotFound."""
        ...

    async def find_default_agent(self, owner: str) -> Agent | None: ...

    async def list_agents(
        self, owner: str, *, with_shared: bool = False, limit: int, cursor: str | None = None
    ) -> Page[Agent]:
        """What the owner has, loans too, oldest first; and with what others share."""
        ...

    async def update_agent(
        self,
        owner: str,
        agent_id: str,
        *,
        config: AgentConfig,
        version: int,
        at: str,
        visibility: Visibility | None = None,
    ) -> Agent:
        """Store `config` as the version after `version`, and who may use it if that is said.

        Raises AgentNotFound, also for a loan; Stale if `version` is not the newest.
        """
        ...

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        """Delete it, or a loan, and all the owner's sessions on it. Raises AgentNotFound."""
        ...


class SessionStore(Protocol):
    """Sessions. Values that come back have no `turns`; read those by TurnStore."""

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        """Add a session; with a `request_hash`, one with this id and hash that is there already is returned as it is.

        Raises AgentNotFound, AgentWithdrawn; IdempotencyMismatch if the one that is there was made by another request;
        Conflict if it was made without a hash, or is another owner's or agent's.
        """
        ...

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        """Raises SessionNotFound."""
        ...

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        """By `updated_at`, then id. `which.text` is looked for in name and preview, whatever the case.

        With a text, a page may have few sessions, or none, and yet lead on: it does not look through all of them.
        """
        ...

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        """Apply a patch and count `revision` up; a new name makes `title_source` "user".

        Pinning, archiving and switching the branch are no activity: `updated_at` stays. With `active_turn_id` the
        active branch is the one through that turn, up to the newest turn after it.
        Raises SessionNotFound; Stale if `revision` is not `expected`; TurnNotFound.
        """
        ...

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        """Name a session unless a person has named it; tell whether that was done."""
        ...

    async def fork_session(
        self, owner: str, origin: str, fork: Session, *, turn_id: str | None, request_hash: str | None = None
    ) -> Session:
        """Add a session, of the same agent, that begins with the turns of another one up to a turn; none is copied.

        Without a `turn_id` it is the last turn of the active branch that has ended, as all before it have. One that has
        no name is called as the other one. With a `request_hash` it is as in `create_session`.
        Raises SessionNotFound, TurnNotFound; SessionBusy if one of the turns has not ended; IdempotencyMismatch,
        Conflict.
        """
        ...

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        """Delete it and all that hangs on it, but for the turns that its forks have. Raises SessionNotFound."""
        ...

    async def import_session(
        self, owner: str, session: Session, turns: Sequence[ImportedTurn], *, request_hash: str | None = None
    ) -> Session:
        """Add a session from elsewhere with all its turns, which have ended, and their files: all of it or nothing.

        What a list shows of it is taken from its last turn; what its turns granted is not granted here. With a
        `request_hash` it is as in `create_session`. Raises AgentNotFound, AgentWithdrawn; IdempotencyMismatch; Conflict
        if the session, a turn or a new file is here already; FileNotFound, StorageUnavailable.
        """
        ...


class TrashStore(Protocol):
    """Sessions that were deleted and can be had back: to all other methods they, and their turns, are not there."""

    async def trash_session(self, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
        """Put it into the trash, with all that hangs on it. Raises SessionNotFound."""
        ...

    async def restore_session(self, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
        """Take it out, as it was. Raises SessionNotFound if it is not in the trash, or not of that agent."""
        ...

    async def list_trash(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[TrashedSession]:
        """By `deleted_at`, the newest first."""
        ...

    async def purge_session(self, owner: str, session_id: str) -> None:
        """Delete it for good. Raises SessionNotFound if it is not in the trash."""
        ...

    async def purge_trash(self, *, deleted_before: str, limit: int) -> int:
        """Delete up to `limit` of all owners' for good that were put there before a time; return how many."""
        ...

    async def reclaim(self) -> bool:
        """Give back some space of what was deleted, and leave nothing of it behind; tell whether there is more."""
        ...


class TurnStore(Protocol):
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

    async def append(self, appends: Sequence[Append]) -> Appended:
        """Add events to logs, all in one transaction. Nothing is added to those that are lost.

        Nothing is added to a turn that has ended, either, but for TurnResumed (and what follows it) to one that was
        completed, is still the last of its session's active branch, is followed by none, also of no fork, and shown by
        no link that is not live, while nothing else runs or waits. What a StepDecided grants is granted with it.
        A turn is followed if it has come to rest here and the first turn of its session that has not ended is queued:
        whoever let it rest starts that one by `claim_next`. A completed step sets `attempts` to 0; a turn that comes to
        rest is nobody's any more.
        """
        ...

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        """A turn's log, from its start or after an id: all of it, or a page of up to `limit` events.

        A page may have fewer while more follow; one with nothing in it is the end. Raises TurnNotFound.
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
        limit: int | None,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> Page[StoredTurn]:
        """The turns of the active branch by number, or of the one up to the turn `tip`.

        `before`, `after` and `tip` are turn ids (TurnNotFound); `limit` None reads them all. A page costs what it has,
        however many turns there are, and about as much again for each branch that it goes along.
        """
        ...

    async def list_tree(self, owner: str, session_id: str, *, limit: int, after_n: int = 0) -> list[StoredTurn]:
        """The turns that the session shows, of all branches, by number; those that it has as a fork among them."""
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

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        """What decisions in a session have granted for all of it; they are few, and go with the session."""
        ...

    async def delete_grants(self, owner: str, session_id: str) -> None:
        """Take back what was granted in a session; where nothing was, nothing happens."""
        ...

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        """Remember that a person wants this turn stopped, also across a crash. Raises TurnNotFound."""
        ...

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        """What came after each of some places in the logs of any owner's turns, by turn id; without news no entry.

        One look for all readers of a node: each of them has shown before that the turn is its owner's.
        """
        ...

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        """Delete the deltas of up to `limit` turns that ended before a time; return how many turns lost theirs.

        All other events stay, with their ids: what a completed step came to is in its `step_complete`.
        """
        ...


class LeaseStore(Protocol):
    """Who may run turns: the leases of nodes, by the database's clock."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may run turns of this store. If not, opening it has ended all leases of before."""
        ...

    def renew(self, node: str, *, seconds: float) -> None:
        """Let a node's lease last `seconds` from now; a new node gets its first one.

        It blocks, since a thread of its own calls it: a blocked event loop must lose no lease.
        Raises StorageUnavailable; LeaseLost if the lease has run out, for others may have claimed the node's turns.
        """
        ...

    async def release(self, node: str) -> None:
        """End a node's lease and let go of all turns that it holds, as they are: others may claim them at once."""
        ...

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        """Every owner's turns that should run and do not: held by nobody, or by a node whose lease has run out.

        Those are running ones (not those that `node` itself holds), queued ones with nothing ahead of them in their
        session, and resting ones whose cancel was asked for. Oldest first. The one list that is nobody's.
        """
        ...

    async def list_held(self, node: str) -> list[TurnRecord]:
        """The turns that `node` holds: it may not run all of them, and someone may have asked to cancel some."""
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


class ShareStore(Protocol):
    """Links to sessions. They go with their session."""

    async def create_share(self, owner: str, share: Share, *, token_hash: str) -> Share:
        """Add a link, under the hash of its secret; return it with the name that the session has.

        Unless it is live it shows the active branch up to its last turn that has ended, as all before it have.
        Raises SessionNotFound.
        """
        ...

    async def list_shares(
        self, owner: str, *, session_id: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Share]:
        """An owner's links, or those of a session, newest first, also the revoked ones."""
        ...

    async def revoke_share(self, owner: str, session_id: str, share_id: str, *, at: str) -> None:
        """Let a link show nothing any more; one that was revoked stays so. Raises ShareNotFound."""
        ...

    async def find_share(self, token_hash: str) -> StoredShare | None:
        """The link with this secret, whoever's: who has the secret may read it."""
        ...


class FileStore(Protocol):
    """Files, which turns use them, and which blobs they are.

    A file dies when it is deleted, or when nobody has used it for a time; but never while a turn uses it, and the uses
    of a turn go with the turn. A blob dies once no file is of it: it is condemned first, then deleted where blobs stay,
    then forgotten. Who brings a blob reserves it before it is there. Of one that is condemned that is refused, so that
    nobody deletes what somebody else has just brought again.
    """

    async def reserve_blob(self, sha256: str, *, size: int, seconds: float) -> bool:
        """Let a blob be kept for so long, although no file is of it yet; refused while it is condemned.

        The sentence on one that should have been forgotten by now is lifted: whoever condemned it is lost.
        """
        ...

    async def add_file(self, owner: str, file: StoredFile, *, reservation: str | None = None) -> None:
        """Add a file whose blob is reserved, in the place of the room that was kept for it.

        Raises StorageUnavailable if the blob has been condemned meanwhile.
        """
        ...

    async def add_files_of_turn(self, owner: str, turn_id: str, made: Sequence[StoredFile]) -> None:
        """Add files that a turn has made, and uses. Raises TurnNotFound, StorageUnavailable."""
        ...

    async def get_file(self, owner: str, file_id: str) -> StoredFile:
        """Raises FileNotFound."""
        ...

    async def list_files(
        self, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
    ) -> Page[StoredFile]:
        """Those that are listed, by `created_at`, then id."""
        ...

    async def delete_file(self, owner: str, file_id: str) -> None:
        """Delete it, or list it no more if turns use it: the last of those takes it along. Raises FileNotFound."""
        ...

    async def drop_unused_files(self, *, uploaded_before: str, limit: int) -> int:
        """Delete up to `limit` files that no turn uses any more, or has used since an upload before some time.

        Return how many were looked at: with none, there are no more.
        """
        ...

    async def condemn_blobs(self, *, seconds: float, limit: int) -> list[str]:
        """Condemn up to `limit` blobs that no file is of, and nobody has reserved; return them, to be deleted.

        After so many seconds the sentence can be lifted, and one that has not been forgotten is condemned again.
        """
        ...

    async def forget_blobs(self, sha256s: Sequence[str]) -> None:
        """Forget blobs that are condemned and have been deleted."""
        ...


class ToolgroupStore(Protocol):
    """Toolgroups that owners have registered, and what their tools were then."""

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        """Keep it, in the place of an earlier one of that name."""
        ...

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        """Raises ToolgroupNotFound."""
        ...

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[StoredToolgroup]:
        """By name."""
        ...

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        """Raises ToolgroupNotFound."""
        ...


class SearchStore(Protocol):
    """What was said, and how sessions are called, found by words.

    A turn is found from when it first rests, as it was when it last did; a name from when it is given. The transaction
    that lets a turn rest, names a session or deletes one is the one that changes what is found.
    """

    async def search(
        self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None = None
    ) -> Page[SearchHit]:
        """Names first, then turns, the newest first. A query that asks nothing finds nothing."""
        ...

    async def index_older(self, *, limit: int) -> int:
        """Let up to `limit` turns and names be found that were here before there was a search, or 0 if all are."""
        ...


class ChangeStore(Protocol):
    """What changed among an agent's sessions, for those who show lists of them.

    A change is noted in the transaction that makes it, and kept for a time. Its place rises, and who reads on from one
    skips nothing, on whichever node.
    """

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        """The place after which all is news. Raises AgentNotFound."""
        ...

    async def has_change(self, owner: str, agent_id: str, change_id: ChangeId) -> bool:
        """Whether it is kept still, and so all that came after it."""
        ...

    async def read_changes(self, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
        """What came after a place, each with its session as it is now."""
        ...

    async def drop_changes(self, *, seconds: float, limit: int) -> int:
        """Delete up to `limit` that were noted so many seconds ago, by the database's clock; return how many."""
        ...


class AgentRule(Value):
    """An agent of whichever owner, and its rule of how long sessions stay."""

    owner: str
    agent_id: str
    rule: RetentionRule | None


class OwnedSession(Value):
    """A session of whichever owner, without its turns; `deleted_at` is when it was put into the trash."""

    owner: str
    session: Session
    deleted_at: str | None = None


class KeepingStore(Protocol):
    """What goes through all owners' sessions and takes those that a rule says: one node at a time."""

    async def take_job(self, job: str, node: str, *, seconds: float) -> bool:
        """Let a node do a job for so long, by the database's clock, unless another one may do it still."""
        ...

    async def list_agent_rules(self, *, limit: int, cursor: str | None = None) -> Page[AgentRule]:
        """Every owner's agents."""
        ...

    async def list_ruled(self, *, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        """Every owner's sessions that have a rule of their own and are not in the trash."""
        ...

    async def list_due_trash(self, *, deleted_before: str, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        """Every owner's sessions that were put into the trash before a time, the first ones first."""
        ...

    async def retire(
        self, owner: str, agent_id: str, session_ids: Sequence[str], *, how: How, idle_since: str, at: str
    ) -> list[str]:
        """Archive some sessions, or put them into the trash; return which.

        Left alone is what has had activity since, has a turn that has not ended, or is there already.
        """
        ...


class AuditStore(Protocol):
    """What was done, by whom, and to what: a list that is only ever added to. It is the server's, and no owner's."""

    async def add_audit(self, entries: Sequence[AuditEntry]) -> None: ...

    async def list_audit(self, which: AuditFilter, *, limit: int, cursor: str | None = None) -> Page[AuditEntry]:
        """The newest first."""
        ...

    async def drop_audit(self, *, before: str, limit: int) -> int:
        """Delete up to `limit` entries that were made before a time, the oldest first; return how many.

        A database refuses to delete one of the last 30 days, whoever asks.
        """
        ...


class Store(
    AccountStore,
    AgentStore,
    SessionStore,
    TrashStore,
    TurnStore,
    ShareStore,
    SearchStore,
    ChangeStore,
    AuditStore,
    KeepingStore,
    ShieldStore,
    FileStore,
    ToolgroupStore,
    LimitStore,
    LeaseStore,
    Protocol,
):
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
