"""What every storage backend must decide alike: pure functions, so that backends differ only in where bytes lie."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

from msgspec import UNSET
from msgspec.structs import asdict, replace

from tertulia.domain.errors import (
    Conflict,
    FileNotFound,
    IdempotencyMismatch,
    InvalidCursor,
    QueueFull,
    SessionBusy,
    StorageUnavailable,
    TurnAwaitingInput,
)
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    RestEvent,
    StepCompleted,
    StepDecided,
    TurnEvent,
    TurnQueued,
    TurnResumed,
    TurnStarted,
)
from tertulia.domain.messages import InputMessage, UserMessage, text_of
from tertulia.domain.paging import decode_cursor
from tertulia.domain.sessions import (
    DEFAULT_NAME,
    Session,
    SessionPatch,
    SessionStatus,
    TitleSource,
    refuse_large,
    title_of,
)
from tertulia.domain.tags import folded, sole
from tertulia.domain.tools import Grant
from tertulia.domain.turns import ENDED, Turn, TurnStatus
from tertulia.domain.users import User
from tertulia.store.accounts import Credentials, UserChange
from tertulia.store.log import Append
from tertulia.store.turns import Attempt, NewTurn, TurnRecord

SHARDS = 1024
RETRY_AFTER = 1
"""Seconds that a client is asked to wait when the storage cannot take a write (or a session another turn)."""
LARGEST_N = 2**31 - 1
"""Turn numbers and sequence numbers fit the integers of every database."""


def refuse_feedback(status: TurnStatus) -> None:
    """Raise Conflict unless there is something to have an opinion of."""
    if status not in ENDED:
        raise Conflict("This turn has not ended yet: it can be rated once it has.")


def closed() -> StorageUnavailable:
    """Say to a client that it came too late."""
    return StorageUnavailable("The store is closed.", retry_after=RETRY_AFTER)


def too_late() -> StorageUnavailable:
    """Say that the bytes of a file came long before the file, and are being deleted."""
    return StorageUnavailable("The file was too long on its way. Send it again.", retry_after=RETRY_AFTER)


def no_such_file(file_id: str) -> FileNotFound:
    """Say which of the files that a turn uses is not there."""
    return FileNotFound(f"There is no file {file_id!r}, or it was deleted. GET /v1/files lists yours.")


def shard_of(session_id: str) -> int:
    """Return the shard of a session and of all that hangs on it: the same in every process and version."""
    return zlib.crc32(session_id.encode()) % SHARDS


def refuse_if_busy(new: NewTurn, unfinished: Sequence[tuple[str, TurnStatus]]) -> None:
    """Raise what `new.on_busy` says when turns of its session (id and status, in order) have not ended."""
    if not unfinished:
        return
    turn_id, status = unfinished[0]
    if status == "awaiting_input" and new.on_busy != "interrupt":
        raise TurnAwaitingInput(turn_id)
    if new.on_busy == "reject":
        raise SessionBusy(turn_id)
    if sum(status == "queued" for _, status in unfinished) >= new.max_queued:
        raise QueueFull(retry_after=RETRY_AFTER)


def refuse_unless_repeated(made_by: str | None, request_hash: str | None) -> None:
    """Raise unless what is there already was made by the same request (their hashes), under the same key."""
    if made_by is None or request_hash is None:
        raise Conflict("There is a session with this id already.")
    if made_by != request_hash:
        raise IdempotencyMismatch


TRIES_AMONG = 8
"""How far back a turn that another try has begun may be: others may have posted since."""


def hash_of_try(attempt: Attempt, body_hash: str) -> str:
    """Return what is kept of a request without a key: its body's hash, and whether it was the first try."""
    return f"{'first' if attempt.is_first else 'again'}:{body_hash}"


def other_tries(new: NewTurn) -> list[str]:
    """Return the hashes that other tries of a request have. Of two first ones each is meant: somebody said it twice."""
    which, _, body_hash = new.request_hash.partition(":")
    return [f"again:{body_hash}"] if which == "first" else [f"first:{body_hash}", f"again:{body_hash}"]


def may_be_tried(attempt: Attempt, newest: str | None, updated_at: str) -> bool:
    """Tell whether a session may have a turn that another try has begun since this one came, or has looked."""
    return updated_at > attempt.since if attempt.is_first else newest is not None and newest not in attempt.seen


def is_of_another_try(attempt: Attempt, turn_id: str, created_at: str) -> bool:
    """Tell whether one of the newest turns, which has the hash of another try, was begun by that meanwhile."""
    return created_at > attempt.since if attempt.is_first else turn_id not in attempt.seen


def first_events(new: NewTurn, record: TurnRecord) -> list[LoggedEvent]:
    """Return how a log begins: TurnQueued, and TurnStarted when the turn starts at once (epoch 1)."""
    n, epoch = record.n, record.epoch
    queued = TurnQueued(
        turn_id=new.turn_id,
        session_id=new.session_id,
        agent_id=new.agent_id,
        n=n,
        input_messages=new.input_messages,
        at=new.at,
        parent_turn_id=record.parent_turn_id,
    )
    started = TurnStarted(turn_id=new.turn_id, session_id=new.session_id, n=n, at=new.at)
    events: list[TurnEvent] = [queued, started] if epoch else [queued]
    return [
        LoggedEvent(id=EventId(n=n, epoch=epoch, seq=seq), event=event) for seq, event in enumerate(events, start=1)
    ]


def start_of(record: TurnRecord, at: str) -> LoggedEvent:
    """Return how a turn that has waited begins under its epoch: not before it was taken on, by whichever clock."""
    started = TurnStarted(
        turn_id=record.turn_id, session_id=record.session_id, n=record.n, at=max(at, record.created_at)
    )
    return LoggedEvent(id=EventId(n=record.n, epoch=record.epoch, seq=1), event=started)


def words_of(messages: Sequence[InputMessage]) -> str:
    """Return what the user says; instructions among the messages are not for lists to show."""
    return "\n".join(text_of(message.content) for message in messages if isinstance(message, UserMessage))


def name_after(name: str, source: TitleSource, words: str) -> str:
    """Return a session's name after one more message: its words, if it has only its default name so far."""
    return title_of(words) if source == "default" and name == DEFAULT_NAME else name


def forked(fork: Session, origin: Session) -> Session:
    """Return a fork as it is stored, but for its turns: with its origin's tags, and its name unless it has one."""
    if fork.title_source == "default":
        fork = replace(fork, session_name=origin.session_name, title_source=origin.title_source)
    return replace(fork, turns=[], tags=origin.tags, forked_from=origin.session_id, status="idle")


def not_to_delete() -> Conflict:
    """Say that a turn belongs to the session that was forked."""
    return Conflict("A fork shares this turn with the session that it was forked from. Delete a turn that came later.")


def session_status(unfinished: TurnStatus | None) -> SessionStatus:
    """Return a session's status: turns are strictly serial, so its first turn that has not ended decides."""
    if unfinished is None:
        return "idle"
    return "awaiting_input" if unfinished == "awaiting_input" else "running"


def change_of(append: Append) -> tuple[TurnStatus, str] | None:
    """Return the status that an append leads its turn to and when, or None if it leaves the status as it is.

    A ValueError says that the projection and the events do not belong together, which is a bug of the caller's.
    """
    turning = [event for event in (logged.event for logged in append.events) if isinstance(event, _TURNING)]
    rests = bool(turning) and isinstance(turning[-1], RestEvent)
    if rests != (append.turn is not None):
        raise ValueError("an append has a `turn` if, and only if, its events let the turn rest")
    if not turning:
        return None
    return (append.turn.status if append.turn else "running"), turning[-1].at


def may_claim(status: TurnStatus, *, reopens: bool) -> bool:
    """Tell whether a turn can be taken over as it stands."""
    return status not in ENDED or (reopens and status == "completed")


def reopens(status: TurnStatus, append: Append) -> bool:
    """Tell whether an append takes a turn up again that was completed, which can be done with the last one only."""
    return status == "completed" and isinstance(append.events[0].event, TurnResumed)


_TURNING = TurnStarted | TurnResumed | RestEvent


def makes_progress(append: Append) -> bool:
    """Tell whether an append completes a step: a node that dies after that has not died in vain."""
    return any(isinstance(logged.event, StepCompleted) for logged in append.events)


def tokens_of(turn: Turn | None) -> int:
    """Return what a turn has cost, as it is when it rests."""
    return 0 if turn is None or turn.usage is None else turn.usage.tokens


def grants_of(append: Append) -> list[tuple[Grant, str]]:
    """Return what the decisions in an append grant for the whole session, and when."""
    decided = [logged.event for logged in append.events if isinstance(logged.event, StepDecided)]
    return [(event.grant, event.at) for event in decided if event.grant is not None]


def ended_at(change: tuple[TurnStatus, str]) -> str | None:
    """Return when a turn ended, if the change ends it."""
    status, at = change
    return at if status in ENDED else None


def patched(session: Session, patch: SessionPatch, at: str) -> Session:
    """Apply a person's patch and count it. What is no activity leaves `updated_at` as it is. Raises TooLarge."""
    changes = {name: value for name, value in asdict(patch).items() if value is not UNSET}
    if "metadata" in changes:
        changes["metadata"] = merge_patch(session.metadata, changes["metadata"])
        refuse_large(changes["metadata"])
    if "session_name" in changes:
        changes["title_source"] = "user"
    if "tags" in changes:
        changes["tags"] = sole(changes["tags"])
    if changes.keys() - {"tags", "pinned", "archived", "active_turn_id", "retention"}:
        changes["updated_at"] = max(session.updated_at, at)
    return replace(session, **changes, revision=session.revision + 1) if changes else session


def merge_patch(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Apply an RFC 7396 merge patch: null takes a member away, objects are merged, anything else replaces."""
    merged = {key: value for key, value in target.items() if patch.get(key, ...) is not None}
    for key, value in patch.items():
        if isinstance(value, dict):
            before = target.get(key)
            inner = cast(dict[str, Any], before) if isinstance(before, dict) else {}
            merged[key] = merge_patch(inner, cast(dict[str, Any], value))
        elif value is not None:
            merged[key] = value
    return merged


def searched(name: str, preview: str) -> str:
    """Return what a list's text filter looks into, so that case does not count in any script."""
    return f"{name}\n{preview}".casefold()


def tagged(tags: Iterable[str]) -> str:
    """Return what a list's filter by a tag looks into: each tag between two ends of lines, however it is spelt."""
    return "".join(f"\n{folded(tag)}\n" for tag in tags)


def turn_position(cursor: str) -> int:
    """Read the cursor of a list of turns. Raises InvalidCursor."""
    (n,) = decode_cursor(cursor, int)
    if not isinstance(n, int) or not 0 <= n <= LARGEST_N:
        raise InvalidCursor
    return n


def name_position(cursor: str) -> str:
    """Read the cursor of a list that is sorted by name. Raises InvalidCursor."""
    (name,) = decode_cursor(cursor, str)
    return str(name)


def time_position(cursor: str) -> tuple[str, str]:
    """Read the cursor of a list that is sorted by time, then id. Raises InvalidCursor."""
    at, key = decode_cursor(cursor, str, str)
    return str(at), str(key)


def changed_user(before: Credentials, change: UserChange) -> Credentials:
    """Return a user as a change leaves them."""
    asked = {name: value for name, value in asdict(change).items() if value is not None}
    password_hash = asked.pop("password_hash", before.password_hash)
    return Credentials(user=replace(before.user, **asked), password_hash=password_hash)


def admin_again(known: User, admin: User) -> User:
    """Return a user who becomes an admin, or is one again, under the name that is given now."""
    return replace(known, name=admin.name, role="admin", disabled=False)


def can_administer(user: User) -> bool:
    """Tell whether a user is an admin who may sign in."""
    return user.role == "admin" and not user.disabled
