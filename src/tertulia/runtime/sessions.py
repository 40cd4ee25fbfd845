"""Use cases of sessions: create, read, list, change, delete."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import Stale
from tertulia.domain.paging import Order, Page
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TrashedSession, new_session, refuse_large
from tertulia.domain.tags import retagged
from tertulia.domain.tools import Grant
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, NewId, id_of
from tertulia.runtime.turns import Turns
from tertulia.store.base import Store


class Sessions:
    """What people do with sessions."""

    def __init__(self, store: Store, turns: Turns, *, clock: Clock, new_id: NewId, has_trash: bool = True) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock
        self._new_id = new_id
        self._has_trash = has_trash

    async def create(
        self,
        owner: str,
        agent_id: str,
        *,
        name: str | None = None,
        metadata: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Session:
        """Store a new session; one without a name is named from its first message.

        The same key with the same name and metadata finds the session that it made before.
        Raises AgentNotFound, IdempotencyMismatch, TooLarge.
        """
        refuse_large(metadata or {})
        session_id = self._new_id() if key is None else id_of(owner, agent_id, key)
        session = replace(new_session(session_id, agent_id, at=self._clock(), name=name), metadata=metadata or {})
        asked = None if key is None else hashlib.sha256(msgspec.json.encode([name, metadata or {}], order="sorted"))
        made = await self._store.create_session(owner, session, request_hash=asked and asked.hexdigest())
        about(session_id=made.session_id)
        return made

    async def get(self, owner: str, agent_id: str, session_id: str) -> Session:
        """The session without its turns. Raises SessionNotFound."""
        return await self._store.get_session(owner, agent_id, session_id)

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None
    ) -> Page[Session]:
        """A page of sessions by their last activity. Raises AgentNotFound."""
        page = await self._store.list_sessions(owner, which, order=order, limit=limit, cursor=cursor)
        if not page.items:  # an agent with sessions is there
            await self._store.get_agent(owner, which.agent_id)
        return page

    async def fork(
        self,
        owner: str,
        agent_id: str,
        session_id: str,
        *,
        turn_id: str | None = None,
        name: str | None = None,
        key: str | None = None,
    ) -> Session:
        """Start a session that goes on from a turn of another one; without one, from the last that has ended.

        The same key with the same turn and name finds the session that it made before.
        Raises SessionNotFound, TurnNotFound, SessionBusy, IdempotencyMismatch.
        """
        fork_id = self._new_id() if key is None else id_of(owner, agent_id, key)
        fork = new_session(fork_id, agent_id, at=self._clock(), name=name)
        asked = hashlib.sha256(msgspec.json.encode([session_id, turn_id, name])).hexdigest() if key else None
        made = await self._store.fork_session(owner, session_id, fork, turn_id=turn_id, request_hash=asked)
        about(fork_id=made.session_id)
        return made

    async def update(
        self, owner: str, agent_id: str, session_id: str, patch: SessionPatch, *, expected: int | None
    ) -> Session:
        """Change what people may change; Stale if its revision is not `expected`.

        Raises SessionNotFound; TurnNotFound if the branch to switch to is not there; TooLarge.
        """
        return await self._store.update_session(
            owner, agent_id, session_id, patch=patch, at=self._clock(), expected=expected
        )

    async def retag(
        self, owner: str, agent_id: str, session_id: str, *, put: Sequence[str] = (), taken: Sequence[str] = ()
    ) -> Session:
        """Take some tags off, and put others on; what others change meanwhile stays. Raises SessionNotFound."""
        while True:
            session = await self._store.get_session(owner, agent_id, session_id)
            patch = SessionPatch(tags=retagged(session.tags, put=put, taken=taken))
            if patch.tags == session.tags:
                return session
            try:
                return await self.update(owner, agent_id, session_id, patch, expected=session.revision)
            except Stale:  # somebody has got further: there is an end to that
                continue

    async def list_grants(self, owner: str, agent_id: str, session_id: str) -> list[Grant]:
        """What a person has allowed for the rest of it, by tool. Raises SessionNotFound."""
        await self._store.get_session(owner, agent_id, session_id)
        found = await self._store.read_grants(owner, session_id)
        return sorted(found, key=lambda grant: (grant.tool_name, grant.definition_hash))

    async def take_back_grants(self, owner: str, agent_id: str, session_id: str) -> None:
        """Have people asked again, from the next turn on or when this one is resumed. Raises SessionNotFound."""
        await self._store.get_session(owner, agent_id, session_id)
        await self._store.delete_grants(owner, session_id)

    async def delete(self, owner: str, agent_id: str, session_id: str, *, for_good: bool = False) -> None:
        """Stop what runs in it, then put it into the trash with all that hangs on it, or delete it for good.

        Raises SessionNotFound.
        """
        await self._store.get_session(owner, agent_id, session_id)
        await self._turns.stop_all(owner, agent_id, session_id)
        if self._has_trash and not for_good:
            await self._store.trash_session(owner, agent_id, session_id, at=self._clock())
            await self._turns.stop_late(owner, agent_id, session_id)
        else:
            await self._store.delete_session(owner, agent_id, session_id)
        self._turns.forget(owner, agent_id, session_id)

    async def list_trash(self, owner: str, *, limit: int, cursor: str | None) -> Page[TrashedSession]:
        """A page of what was deleted and can be had back, the newest first."""
        return await self._store.list_trash(owner, limit=limit, cursor=cursor)

    async def restore(self, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
        """Take a session out of the trash, as it was, if it is of that agent. Raises SessionNotFound."""
        return await self._store.restore_session(owner, session_id, agent_id=agent_id)

    async def purge(self, owner: str, session_id: str) -> None:
        """Delete a session of the trash for good. Raises SessionNotFound."""
        await self._store.purge_session(owner, session_id)
