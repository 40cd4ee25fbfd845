"""The links of a store in memory."""

from msgspec.structs import replace

from tertulia.domain.errors import ShareNotFound
from tertulia.domain.paging import Page
from tertulia.domain.shares import Share
from tertulia.store import rules
from tertulia.store.memory.rows import MemoryRows, is_past, page_of, sealed
from tertulia.store.shares import StoredShare


class MemoryShares(MemoryRows):
    """Links to sessions."""

    async def create_share(self, owner: str, share: Share, *, token_hash: str) -> Share:
        await self._begin()
        row = self._session(owner, share.agent_id, share.session_id)
        share = sealed(replace(share, session_name=row.session.session_name))
        last = None if share.live else self._to_fork_at(row, share.turn_id)
        tip = last and last.record.turn_id
        self._shares[token_hash] = StoredShare(owner=owner, share=share, tip=tip)
        return sealed(share)

    async def list_shares(
        self, owner: str, *, session_id: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Share]:
        await self._begin()
        found = [
            each.share
            for each in self._shares.values()
            if each.owner == owner and self._sessions[each.share.session_id].is_there
        ]
        found = [each for each in found if session_id in (None, each.session_id)]
        found.sort(key=_age, reverse=True)
        if cursor is not None:
            last = rules.time_position(cursor)
            found = [each for each in found if is_past(_age(each), last, "desc")]
        return page_of(found, limit, _age)

    async def revoke_share(self, owner: str, session_id: str, share_id: str, *, at: str) -> None:
        await self._begin()
        for key, each in self._shares.items():
            if (each.owner, each.share.session_id, each.share.share_id) == (owner, session_id, share_id):
                revoked = replace(each.share, revoked_at=each.share.revoked_at or at)
                self._shares[key] = replace(each, share=revoked)
                return
        raise ShareNotFound

    async def find_share(self, token_hash: str) -> StoredShare | None:
        await self._begin()
        found = self._shares.get(token_hash)
        owner = found and self._users.get(found.owner)
        return None if found is None or (owner and owner.user.disabled) else sealed(found)


def _age(share: Share) -> tuple[str, str]:
    return share.created_at, share.share_id
