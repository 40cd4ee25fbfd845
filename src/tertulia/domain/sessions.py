"""A session: a conversation between one owner and one agent; its turns are in order."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from tertulia.domain.base import Input, Value
from tertulia.domain.errors import FieldError, TooLarge
from tertulia.domain.retention import RetentionRule
from tertulia.domain.tags import Tags
from tertulia.domain.turns import Turn, TurnStatus

NAME_CHARS = 200
SessionName = Annotated[
    str, Meta(min_length=1, max_length=NAME_CHARS, pattern=r"^[^\x00]*$", examples=["Plans for Lisbon"])
]
SessionStatus = Literal["idle", "running", "awaiting_input"]
TitleSource = Literal["default", "model", "user"]
"""Who named a session. A name given by a person (`user`) is never overwritten."""

DEFAULT_NAME = "New session"
TITLE_CHARS = 60
PREVIEW_CHARS = 120
METADATA_BYTES = 65_536
"""Of a session's metadata, as JSON: every list of sessions has it."""


class Session(Value):
    """The guide's `Session`. In lists `turns` is empty; `turn_count` and `preview` say what is there.

    `revision` counts what people change (name, tags, metadata, pin, archive, branch), not the turns: it is the ETag.
    Turns form a tree; the active branch, which is shown and gone on with, ends with `active_turn_id`, and has
    `turn_count` turns. A fork begins with turns of the session `forked_from`.
    """

    session_id: str
    session_name: str
    agent_id: str
    started_at: str
    updated_at: str
    turns: list[Turn] = field(default_factory=list[Turn])
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    tags: list[str] = field(default_factory=list[str])
    turn_count: int = 0
    status: SessionStatus = "idle"
    pinned: bool = False
    archived: bool = False
    title_source: TitleSource = "default"
    preview: str = ""
    last_turn_status: TurnStatus | None = None
    forked_from: str | None = None
    active_turn_id: str | None = None
    retention: RetentionRule | None = None
    revision: int = 1


def new_session(session_id: str, agent_id: str, *, at: str, name: str | None = None) -> Session:
    """Return a session that begins at a time; without a name it is named by what is said first."""
    return Session(
        session_id=session_id,
        session_name=name or DEFAULT_NAME,
        agent_id=agent_id,
        started_at=at,
        updated_at=at,
        title_source="user" if name else "default",
    )


class SessionPatch(Input):
    """What a person may change of a session; what is left out stays. `metadata` is an RFC 7396 merge patch.

    `tags` are all that it has then; of those that differ only in case, the first one is kept.
    `active_turn_id` switches to the branch through that turn, and to its newest turn.
    """

    session_name: SessionName | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    active_turn_id: str | UnsetType = UNSET
    retention: RetentionRule | UnsetType | None = UNSET


class TrashedSession(Value):
    """A session that was deleted, and can be had back until it is purged."""

    session: Session
    deleted_at: str


class SessionFilter(Value):
    """Which sessions a list shows. `None` means either."""

    agent_id: str
    text: str | None = None
    tag: str | None = None
    archived: bool | None = False
    pinned: bool | None = None


def refuse_large(metadata: dict[str, Any], pointer: str = "/metadata") -> None:
    """Raise TooLarge, naming the field, if metadata has more bytes than lists of sessions can carry."""
    if (size := len(msgspec.json.encode(metadata))) > METADATA_BYTES:
        detail = f"it has {size} bytes as JSON; the limit is {METADATA_BYTES}. Keep what is large in a file"
        raise TooLarge(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])


def title_of(words: str) -> str:
    """Make a session's name from its first message: one line, at most 60 characters, cut between words."""
    line = _line(words)
    if len(line) <= TITLE_CHARS:
        return line or DEFAULT_NAME
    head = line[: TITLE_CHARS - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else head
    return cut.rstrip(",;:.-– ") + "…"


def preview_of(words: str) -> str:
    """Make the one line that a list shows below a session's name."""
    line = _line(words)
    return line if len(line) <= PREVIEW_CHARS else line[: PREVIEW_CHARS - 1] + "…"


def _line(words: str) -> str:
    """The words on one line, or as many of them as nobody is shown all of: others wait while it is made."""
    # A NUL is legal in JSON, and in no text column of PostgreSQL.
    return " ".join(words.replace("\0", " ").split(None, PREVIEW_CHARS)[:PREVIEW_CHARS])
