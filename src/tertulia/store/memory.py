"""A whole store in memory: for tests and for `tertulia.testing`. It forgets everything when the process ends.

Each role is a class in a file of its own, over the same rows.
"""

from tertulia.store.memory_accounts import MemoryAccounts
from tertulia.store.memory_agents import MemoryAgents
from tertulia.store.memory_audit import MemoryAudit
from tertulia.store.memory_changes import MemoryChanges
from tertulia.store.memory_files import MemoryFiles
from tertulia.store.memory_keeping import MemoryKeeping
from tertulia.store.memory_leases import MemoryLeases
from tertulia.store.memory_limits import MemoryLimits
from tertulia.store.memory_log import MemoryLog
from tertulia.store.memory_reading import MemoryReading
from tertulia.store.memory_search import MemorySearch
from tertulia.store.memory_sessions import MemorySessions
from tertulia.store.memory_shares import MemoryShares
from tertulia.store.memory_shields import MemoryShields
from tertulia.store.memory_toolgroups import MemoryToolgroups
from tertulia.store.memory_trash import MemoryTrash
from tertulia.store.memory_turns import MemoryTurns


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
    MemorySearch,
    MemoryChanges,
    MemoryAudit,
    MemoryKeeping,
    MemoryLimits,
    MemoryLeases,
):
    """Agents, sessions and turns as long as this object lives."""

    async def open(self) -> None:
        if not self.is_shared:
            self._leases.clear()
        self._opened += 1

    async def close(self) -> None:
        self._opened -= 1
