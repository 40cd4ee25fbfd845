"""The use case of handing a talk over to another agent: a session of that one's which begins with what was said.

A session has one agent, and so its turns are not lent to the other one, as those of a fork are: they are copied, logs
and all, in one transaction. Files are not copied, both use them. What was granted or said of an answer stays behind.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import msgspec

from tertulia.domain.errors import SessionBusy, TooLarge
from tertulia.domain.events import LoggedEvent
from tertulia.domain.sessions import Session, new_session
from tertulia.domain.turns import ENDED, Turn
from tertulia.engine.exporting import LeanLog
from tertulia.runtime.arriving import arrived
from tertulia.runtime.attached import file_ids_of
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, NewId, id_of
from tertulia.runtime.files import Files
from tertulia.runtime.moving import Move, moved, with_parent
from tertulia.runtime.stored_log import StoredLog
from tertulia.store import rules
from tertulia.store.base import Store
from tertulia.store.files import StoredFile
from tertulia.store.importing import ImportedTurn
from tertulia.store.turns import StoredTurn

MOST_HANDED_OVER = 2000
"""A session that is handed over has no more turns than this: they are copied in one transaction."""
PAGE = 20
"""Turns that are read at once."""


class HandingOver:
    """Copies what was said in a session into one with another agent."""

    def __init__(self, store: Store, files: Files, *, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._new_id = new_id

    async def to_agent(
        self,
        owner: str,
        place: tuple[str, str],
        to_agent: str,
        *,
        turn_id: str | None = None,
        name: str | None = None,
        key: str | None = None,
    ) -> Session:
        """Make a session that begins with the turns of one (agent, session) up to a turn, or its last that has ended.

        The same key with the same turn and name finds the session that it made before.
        Raises SessionNotFound, AgentNotFound, AgentWithdrawn, TurnNotFound, SessionBusy, TooLarge, IdempotencyMismatch.
        """
        origin = await self._store.get_session(owner, *place)
        await self._store.get_agent(owner, to_agent)
        new_id = self._new_id() if key is None else id_of(owner, to_agent, key)
        session = new_session(new_id, to_agent, at=self._clock(), name=name)
        asked = hashlib.sha256(msgspec.json.encode([*place, turn_id, name])).hexdigest() if key else None
        copies = await self._copies(owner, origin, session, turn_id)
        made = await self._store.import_session(owner, rules.forked(session, origin), copies, request_hash=asked)
        about(fork_id=made.session_id)
        return made

    async def _copies(self, owner: str, origin: Session, session: Session, turn_id: str | None) -> list[ImportedTurn]:
        move = Move(agent_id=session.agent_id, session_id=session.session_id, turn_ids={}, file_ids={})
        logs: list[list[LoggedEvent]] = []
        files: dict[str, StoredFile | None] = {}
        async for stored, turn in self._ended(owner, origin, turn_id):
            new = move.turn_ids[stored.record.turn_id] = self._new_id()
            lean = LeanLog()
            async for page in StoredLog(self._store, owner, stored.record.turn_id).pages():
                lean.add(page)
            logs.append(
                [moved(with_parent(each, stored.record.parent_turn_id), new, move) for each in lean.events(turn)]
            )
            files |= {file_id: None for file_id in file_ids_of(turn) if await self._files.has(owner, file_id)}
        return await asyncio.to_thread(arrived, session.session_id, logs, files, at=session.started_at)

    async def _ended(self, owner: str, origin: Session, turn_id: str | None) -> AsyncIterator[tuple[StoredTurn, Turn]]:
        """Yield the turns up to one, which must have ended; without one, those of the active branch that have."""
        count, cursor = 0, None
        while True:
            page = await self._store.list_turns(
                owner, origin.session_id, order="asc", limit=PAGE, cursor=cursor, tip=turn_id
            )
            for stored in page.items:
                if stored.turn is None or stored.record.status not in ENDED:
                    if turn_id is not None:
                        raise SessionBusy(stored.record.turn_id)
                    return
                if (count := count + 1) > MOST_HANDED_OVER:
                    raise TooLarge(f"Sessions of more than {MOST_HANDED_OVER} turns cannot be handed over.")
                yield stored, msgspec.json.decode(stored.turn, type=Turn)
            if (cursor := page.next_cursor) is None:
                return
