"""How long sessions stay when nobody goes on with them: rules of the server, of an agent, of one session.

What a session's rule leaves open its agent's says, and what that leaves open the server's.
"""

from typing import Annotated, Literal

from msgspec import Meta

from tertulia.domain.base import Value

Days = Annotated[int, Meta(ge=1, le=36_500)]
Term = Days | Literal["never"]
"""So many days without activity, or `never`, whatever a less special rule says."""
RuleOf = Literal["server", "agent", "session"]
How = Literal["archive", "delete"]


class RetentionRule(Value):
    """After how many days without activity sessions are archived, and deleted; null leaves it to the next rule.

    Activity is a turn or a new name. What is deleted lies in the trash first. With `keep_pinned` a pinned session stays
    as it is.
    """

    archive_after: Term | None = None
    delete_after: Term | None = None
    keep_pinned: bool | None = None

    @property
    def says_something(self) -> bool:
        """Whether it takes anything."""
        return isinstance(self.archive_after, int) or isinstance(self.delete_after, int)
