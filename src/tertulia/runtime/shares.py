"""Use cases of links: make, list, revoke; and reading by one, which takes the secret and nothing else."""

from datetime import datetime

import msgspec

from tertulia.domain.errors import (
    FieldError,
    InvalidRequest,
    SessionNotFound,
    ShareGone,
    ShareNotFound,
    TooLarge,
    TurnNotFound,
)
from tertulia.domain.paging import MAX_LIMIT, Page
from tertulia.domain.sessions import Session, new_session
from tertulia.domain.shares import Included, NewShare, Share, SharedSession, SharedTurn
from tertulia.domain.turns import Turn
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, NewId, NewSecret, id_of, time_of
from tertulia.runtime.continuing import continued
from tertulia.runtime.shown import shown
from tertulia.runtime.tokens import hash_of
from tertulia.store.base import Store
from tertulia.store.shares import StoredShare
from tertulia.store.turns import StoredTurn

MOST_CONTINUED = 2000
"""A session that goes on from a link begins with no more turns than this: they are copied in one transaction."""


class Shares:
    """What people do with links to sessions."""

    def __init__(self, store: Store, *, clock: Clock, new_id: NewId, new_secret: NewSecret) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret

    async def create(  # noqa: PLR0913 - what a link shows is for who makes it to choose
        self,
        owner: str,
        agent_id: str,
        session_id: str,
        *,
        include: Included = "messages",
        live: bool = False,
        turn_id: str | None = None,
        shared_by: str | None = None,
        expires_at: datetime | None = None,
    ) -> NewShare:
        """Make a link; what is returned is the only one that ever has its secret.

        Raises SessionNotFound, TurnNotFound, SessionBusy; InvalidRequest if it would have expired already, or is to end
        with a turn and yet to be kept up to date.
        """
        if live and turn_id is not None:
            raise _refused("turn_id", "a link that is kept up to date ends with no turn")
        at, end = self._clock(), None if expires_at is None else time_of(expires_at)
        if end is not None and end <= at:
            raise _refused("expires_at", "this time has passed")
        token = self._new_secret()
        share = Share(
            share_id=self._new_id(),
            agent_id=agent_id,
            session_id=session_id,
            session_name="",
            created_at=at,
            include=include,
            live=live,
            turn_id=turn_id,
            shared_by=shared_by,
            expires_at=end,
        )
        made = await self._store.create_share(owner, share, token_hash=hash_of(token))
        about(share_id=made.share_id)
        said = {name: getattr(made, name) for name in made.__struct_fields__}
        return NewShare(**said, token=token, url=f"/share/{token}")

    async def list_shares(
        self, owner: str, *, place: tuple[str, str] | None = None, limit: int, cursor: str | None
    ) -> Page[Share]:
        """A page of an owner's links, or of those of a session (agent, session). Raises SessionNotFound."""
        if place is not None:
            await self._store.get_session(owner, *place)
        session_id = None if place is None else place[1]
        return await self._store.list_shares(owner, session_id=session_id, limit=limit, cursor=cursor)

    async def revoke(self, owner: str, agent_id: str, session_id: str, share_id: str) -> None:
        """Let a link show nothing any more. Raises SessionNotFound, ShareNotFound."""
        await self._store.get_session(owner, agent_id, session_id)
        await self._store.revoke_share(owner, session_id, share_id, at=self._clock())

    async def read(self, token: str, *, limit: int, cursor: str | None = None) -> SharedSession:
        """A page of what a link shows: turns that rest. Raises ShareNotFound, ShareGone."""
        found = await self._store.find_share(hash_of(token))
        if found is None:
            raise ShareNotFound
        share = found.share
        about(owner=found.owner, share_id=share.share_id, session_id=share.session_id)
        if share.revoked_at is not None or (share.expires_at is not None and share.expires_at <= self._clock()):
            raise ShareGone
        name = await self._name_of(found)
        page = await self._page(found, limit, cursor)
        turns = [msgspec.json.decode(each.turn, type=Turn) for each in page.items if each.turn is not None]
        return SharedSession(
            session_name=name,
            shared_at=share.created_at,
            include=share.include,
            live=share.live,
            turns=[shown(turn, share.include) for turn in turns],
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor,
            expires_at=share.expires_at,
            shared_by=share.shared_by,
        )

    async def fork(self, owner: str, agent_id: str, token: str, *, key: str | None = None) -> Session:
        """Make a session of the caller's own that begins with what a link shows, as it was said.

        The same key with the same link finds the session that it made before, as long as the link holds.
        Raises AgentNotFound, AgentWithdrawn, ShareNotFound, ShareGone, TooLarge, IdempotencyMismatch.
        """
        await self._store.get_agent(owner, agent_id)
        shared, turns = await self._all(token)
        session_id = self._new_id() if key is None else id_of(owner, agent_id, key)
        session = new_session(session_id, agent_id, at=self._clock(), name=shared.session_name)
        made = await self._store.import_session(
            owner, session, continued(session, turns, self._new_id), request_hash=hash_of(f"fork {token}")
        )
        about(owner=owner, fork_id=made.session_id)
        return made

    async def _all(self, token: str) -> tuple[SharedSession, list[SharedTurn]]:
        page = await self.read(token, limit=MAX_LIMIT)
        turns = list(page.turns)
        while page.next_cursor is not None:
            if len(turns) >= MOST_CONTINUED:
                raise TooLarge(f"Sessions of more than {MOST_CONTINUED} turns cannot be continued from a link.")
            page = await self.read(token, limit=MAX_LIMIT, cursor=page.next_cursor)
            turns += page.turns
        return page, turns

    async def _page(self, found: StoredShare, limit: int, cursor: str | None) -> Page[StoredTurn]:
        if found.tip is None and not found.share.live:
            return Page(items=[])
        session_id = found.share.session_id
        try:
            return await self._store.list_turns(
                found.owner, session_id, order="asc", limit=limit, cursor=cursor, tip=found.tip
            )
        except TurnNotFound:  # what was shown has been deleted
            raise ShareGone from None

    async def _name_of(self, found: StoredShare) -> str:
        share = found.share
        try:
            session = await self._store.get_session(found.owner, share.agent_id, share.session_id)
        except SessionNotFound:  # it is in the trash
            raise ShareGone from None
        return session.session_name if share.live else share.session_name


def _refused(field: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"/{field}: {detail}.", errors=[FieldError(pointer=f"/{field}", detail=detail)])
