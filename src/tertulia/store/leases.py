"""Who may run turns: the leases of nodes, by the database's clock.

A node is one process that runs turns. Its lease is a single row that it renews; a turn that runs names the node that
runs it. When that node's lease is out, any other may claim the turn, under the next epoch.
"""

from typing import Protocol

from tertulia.store.turns import TurnRecord


class LeaseStore(Protocol):
    """The leases of nodes, and the turns that hang on them."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may run turns of this store. If not, opening it has ended all leases of before."""
        ...

    def renew(self, node: str, *, seconds: float) -> None:
        """Let a node's lease last `seconds` from now; a new node gets its first one.

        It blocks, since a thread of its own calls it: a blocked event loop must lose no lease.
        Raises StorageUnavailable; LeaseLost if the lease has run out, for others may have claimed the node's turns.
        """
        ...

    async def release(self, node: str) -> None:
        """End a node's lease and let go of all turns that it holds, as they are: others may claim them at once."""
        ...

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        """Every owner's turns that should run and do not: held by nobody, or by a node whose lease has run out.

        Those are running ones (not those that `node` itself holds), queued ones with nothing ahead of them in their
        session, and resting ones whose cancel was asked for. Oldest first. The one list that is nobody's.
        """
        ...

    async def list_held(self, node: str) -> list[TurnRecord]:
        """The turns that `node` holds: it may not run all of them, and someone may have asked to cancel some."""
        ...
