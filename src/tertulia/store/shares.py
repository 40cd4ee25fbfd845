"""Where links to sessions stay. They go with their session."""

from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.paging import Page
from tertulia.domain.shares import Share


class StoredShare(Value):
    """A link, whose it is, and the last turn that it shows; a live one shows the active branch as it is."""

    owner: str
    share: Share
    tip: str | None = None


class ShareStore(Protocol):
    """Links to sessions."""

    async def create_share(self, owner: str, share: Share, *, token_hash: str) -> Share:
        """Add a link, under the hash of its secret; return it with the name that the session has.

        Unless it is live it shows the branch up to its `turn_id`; without one, the active branch up to its last turn
        that has ended, as all before it have. Raises SessionNotFound; TurnNotFound; SessionBusy if a turn of that
        branch has not ended.
        """
        ...

    async def list_shares(
        self, owner: str, *, session_id: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Share]:
        """An owner's links, or those of a session, newest first, also the revoked ones."""
        ...

    async def revoke_share(self, owner: str, session_id: str, share_id: str, *, at: str) -> None:
        """Let a link show nothing any more; one that was revoked stays so. Raises ShareNotFound."""
        ...

    async def find_share(self, token_hash: str) -> StoredShare | None:
        """The link with this secret, whoever's: who has the secret may read it, unless its owner is disabled."""
        ...
