"""What was done here, by whom and to what: entries that stay when what they speak of is gone, and that hold none of it.

An entry has names of actions, ids, and how it ended; never a text, a name or a file that somebody wrote.
"""

from typing import Literal

from msgspec import field

from tertulia.domain.base import Value

Outcome = Literal["done", "refused", "failed"]
"""`refused`: whoever asked may not, or it is not there. `failed`: it may be done in part, or not at all."""


class AuditEntry(Value):
    """One deed.

    `actor` is who did it, "" if that is not known; `owner` whose it is. `subject` has the ids of what it was done to.
    """

    entry_id: str
    at: str
    action: str
    actor: str
    owner: str
    outcome: Outcome
    subject: dict[str, str] = field(default_factory=dict[str, str])
    via: str = ""
    code: str | None = None
    request_id: str = ""
    address: str = ""


class AuditFilter(Value):
    """Which entries a list shows: those of an actor, of an action, from a time on, before a time."""

    actor: str | None = None
    action: str | None = None
    since: str | None = None
    until: str | None = None
