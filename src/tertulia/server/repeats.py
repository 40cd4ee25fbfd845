"""What is read by a link again and again: one entry of the audit a minute, so that no loop fills the database.

It is remembered in this process, and after the entry is kept: what could not be recorded is no repeat.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from tertulia.domain.audit import AuditEntry

REPEATED = frozenset({"share.read"})
"""What strangers may do, as often as they like."""
SECONDS = 60.0
MOST = 4_096
"""What is remembered at once; beyond it the oldest is forgotten, and told again."""


class Repeats:
    """Knows what was recorded lately."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: OrderedDict[object, float] = OrderedDict()

    def has(self, entry: AuditEntry) -> bool:
        """Tell whether the same was recorded within the last minute."""
        return entry.action in REPEATED and self._until.get(_same(entry), 0.0) > self._monotonic()

    def note(self, entry: AuditEntry) -> None:
        """Remember what was recorded."""
        if entry.action in REPEATED:
            key = _same(entry)
            self._until[key] = self._monotonic() + SECONDS
            self._until.move_to_end(key)
            if len(self._until) > MOST:
                self._until.popitem(last=False)


def _same(entry: AuditEntry) -> object:
    return entry.action, entry.outcome, entry.code, entry.actor, entry.address, *sorted(entry.subject.items())
