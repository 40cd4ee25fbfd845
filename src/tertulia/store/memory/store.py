"""A whole store in memory: for tests and for `tertulia.testing`. It forgets everything when the process ends.

Each role is a class in a file of its own, over the same rows.
"""

from tertulia.store.memory.accounts import MemoryAccounts
from tertulia.store.memory.agents import MemoryAgents
from tertulia.store.memory.audit import MemoryAudit
from tertulia.store.memory.changes import MemoryChanges
from tertulia.store.memory.feedback import MemoryFeedback
from tertulia.store.memory.files import MemoryFiles
from tertulia.store.memory.keeping import MemoryKeeping
from tertulia.store.memory.leases import MemoryLeases
from tertulia.store.memory.limits import MemoryLimits
from tertulia.store.memory.log import MemoryLog
from tertulia.store.memory.preferences import MemoryPreferences
from tertulia.store.memory.reading import MemoryReading
from tertulia.store.memory.search import MemorySearch
from tertulia.store.memory.sessions import MemorySessions
from tertulia.store.memory.shares import MemoryShares
from tertulia.store.memory.shields import MemoryShields
from tertulia.store.memory.toolgroups import MemoryToolgroups
from tertulia.store.memory.trash import MemoryTrash
from tertulia.store.memory.turns import MemoryTurns


class MemoryStore(
    MemoryAccounts,
    MemoryAgents,
    MemoryShares,
    MemoryShields,
    MemoryFiles,
    MemoryToolgroups,
    MemorySessions,
    MemoryTrash,
    MemoryTurns,
    MemoryLog,
    MemoryReading,
    MemoryFeedback,
    MemorySearch,
    MemoryChanges,
    MemoryAudit,
    MemoryKeeping,
    MemoryLimits,
    MemoryPreferences,
    MemoryLeases,
):
    """Agents, sessions and turns as long as this object lives."""

    async def open(self) -> None:
        if not self.is_shared:
            self._leases.clear()
        self._opened += 1

    async def close(self) -> None:
        self._opened -= 1
