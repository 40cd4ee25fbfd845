"""Where agents, sessions and turns stay: all the roles that a storage backend plays, each in a file of its own.

Rules that every implementation keeps, and that `tests/contracts/test_store.py` checks:
- every method takes the `owner`; what belongs to another owner is not found;
- a method is one transaction, but for `import_session`, of which nothing is seen before the last one; when it returns,
  what it wrote survives a crash;
- every list is paged by a cursor that neither skips nor repeats a row while rows are added;
- an append under an old epoch changes nothing and is reported as lost;
- the store makes no ids and reads no clock, both are handed in; but how long a lease still lasts is told by the
  database's own clock, which is the only one that all nodes share.
"""

from typing import Protocol

from tertulia.store.accounts import AccountStore
from tertulia.store.agents import AgentStore
from tertulia.store.audit import AuditStore
from tertulia.store.changes import ChangeStore
from tertulia.store.feedback import FeedbackStore
from tertulia.store.files import FileStore
from tertulia.store.grants import GrantStore
from tertulia.store.keeping import KeepingStore
from tertulia.store.leases import LeaseStore
from tertulia.store.limits import LimitStore
from tertulia.store.preferences import PreferenceStore
from tertulia.store.search import SearchStore
from tertulia.store.sessions import SessionStore
from tertulia.store.shares import ShareStore
from tertulia.store.shields import ShieldStore
from tertulia.store.toolgroups import ToolgroupStore
from tertulia.store.trash import TrashStore
from tertulia.store.turns import TurnStore


class Store(
    AccountStore,
    AgentStore,
    SessionStore,
    TrashStore,
    TurnStore,
    FeedbackStore,
    GrantStore,
    ShareStore,
    SearchStore,
    ChangeStore,
    AuditStore,
    KeepingStore,
    ShieldStore,
    FileStore,
    ToolgroupStore,
    LimitStore,
    PreferenceStore,
    LeaseStore,
    Protocol,
):
    """All of it, and its life."""

    async def open(self) -> None:
        """Migrate if it is due and get ready. Raises StartupError with a sentence for the operator."""
        ...

    async def check(self) -> None:
        """Raises StorageUnavailable unless a read works right now."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of files and connections."""
        ...
