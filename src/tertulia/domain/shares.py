"""Links by which people without an account read a session: what is stored of one, and what its readers are shown.

A link is a secret. Only its hash is kept, so that nobody who reads the database can use it, and it is shown once.
"""

from typing import Literal

from msgspec import field

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.steps import Problem, Step, Usage
from tertulia.domain.turns import TurnStatus

Included = Literal["messages", "steps", "raw"]
"""Whether readers see what was said, also what the agent did in between, or also what that was made of."""


class Share(Value):
    """A link, as its owner sees it. Unless it is `live`, it shows the session as it was when the link was made.

    With a `turn_id` it shows the branch up to that turn. `shared_by` is what its readers are told of who made it. It
    shows nothing any more after `expires_at`, or once it was revoked.
    """

    share_id: str
    agent_id: str
    session_id: str
    session_name: str
    created_at: str
    include: Included = "messages"
    live: bool = False
    turn_id: str | None = None
    shared_by: str | None = None
    expires_at: str | None = None
    revoked_at: str | None = None


class NewShare(Share):
    """A link that was just made: `token` is the secret, which is not shown again, and `url` where the page shows it."""

    token: str
    url: str


class ShareList(Value):
    """A page of links, the newest first."""

    shares: list[Share]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[Share]:
        """What this page holds."""
        return self.shares


class SharedTurn(Value):
    """A turn as readers of a link see it: no instructions, no ids to ask for, of files no more than their names.

    `usage` is there where the link shows what steps were made of.
    """

    n: int
    status: TurnStatus
    input_messages: list[UserMessage]
    output_message: AssistantMessage
    started_at: str
    completed_at: str | None = None
    steps: list[Step] = field(default_factory=list[Step])
    output_attachments: list[FileAttachment] = field(default_factory=list[FileAttachment])
    error: Problem | None = None
    usage: Usage | None = None


class SharedSession(Value):
    """A page of what a link shows, in order."""

    session_name: str
    shared_at: str
    include: Included
    live: bool
    turns: list[SharedTurn]
    has_more: bool
    next_cursor: str | None
    expires_at: str | None = None
    shared_by: str | None = None
