"""Where the audit stays: a list that is only ever added to. It is the server's, and no owner's."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.paging import Page


class AuditStore(Protocol):
    """What was done, by whom, and to what."""

    async def add_audit(self, entries: Sequence[AuditEntry]) -> None: ...

    async def list_audit(self, which: AuditFilter, *, limit: int, cursor: str | None = None) -> Page[AuditEntry]:
        """The newest first."""
        ...

    async def drop_audit(self, *, before: str, limit: int) -> int:
        """Delete up to `limit` entries that were made before a time, the oldest first; return how many.

        A database refuses to delete one of the last 30 days, whoever asks.
        """
        ...
