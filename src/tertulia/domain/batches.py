"""One thing that is done to many sessions, and what came of it for each."""

from typing import Annotated, Literal

from msgspec import Meta, field

from tertulia.domain.base import Input, Value
from tertulia.domain.tags import Tags

BatchOp = Literal["tag", "untag", "archive", "unarchive", "pin", "unpin", "delete", "restore"]
MOST_AT_ONCE = 200


class BatchSessions(Input):
    """What is to be done to these sessions of an agent; `delete` puts into the trash, `restore` takes out of it.

    `tag` puts `tags` on them, and `untag` takes these off; what else they have stays.
    """

    ids: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    op: BatchOp
    tags: Tags = field(default_factory=list[str])


class SessionOutcome(Value):
    """Whether it was done to a session; if not, the code and the detail of the problem that one request would have."""

    session_id: str
    is_done: bool
    code: str | None = None
    detail: str | None = None


class BatchOutcome(Value):
    """What came of it, in the order of the ids."""

    outcomes: list[SessionOutcome]
