"""The sessions of a store in memory."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from tertulia.domain.errors import Conflict, Stale
from tertulia.domain.paging import Order, Page
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource
from tertulia.store import rules, search_rules
from tertulia.store.base import ImportedTurn, TurnRecord
from tertulia.store.importing import refuse_unless_whole, settled
from tertulia.store.memory_registry import sealed
from tertulia.store.memory_rows import MemoryRows, SessionRow, TurnRow, encoded, is_past, page_of


class MemorySessions(MemoryRows):
    """Sessions, and what hangs on them."""

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        await self._begin()
        self._agent(owner, session.agent_id)
        there = self._sessions.get(session.session_id)
        if there is None:
            there = SessionRow(owner, sealed(replace(session, turns=[])), request_hash)
            self._sessions[session.session_id] = there
            self._note(there, "session_created")
            return sealed(there.session)
        is_same = (there.owner, there.session.agent_id) == (owner, session.agent_id)
        rules.refuse_unless_repeated(there.request_hash if is_same else None, request_hash)
        return sealed(there.session)

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        await self._begin()
        return sealed(self._session(owner, agent_id, session_id).session)

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else None
        found = [row.session for row in self._sessions.values() if row.owner == owner and _is_shown(row.session, which)]
        found.sort(key=_session_key, reverse=order == "desc")
        if after is not None:
            found = [each for each in found if is_past(_session_key(each), after, order)]
        return page_of(found, limit, _session_key)

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        await self._begin()
        row = self._session(owner, agent_id, session_id)
        if expected is not None and row.session.revision != expected:
            raise Stale
        row.session = rules.patched(row.session, sealed(patch), at)
        self._note(row, "session_updated" if patch.session_name is UNSET else "session_renamed")
        return sealed(row.session)

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is None or row.owner != owner or row.session.title_source == "user":
            return False
        row.session = replace(row.session, session_name=name, title_source=source)
        self._note(row, "session_renamed")
        return True

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        await self._begin()
        row = self._session(owner, agent_id, session_id)
        self._drop(row)
        self._note(row, "session_deleted")

    async def delete_grants(self, owner: str, session_id: str) -> None:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is not None and row.owner == owner:
            row.grants.clear()

    async def import_session(self, owner: str, session: Session, turns: Sequence[ImportedTurn]) -> None:
        await self._begin()
        refuse_unless_whole(session, turns)
        version = self._agent(owner, session.agent_id).agent.version
        ids = [imported.turn.turn_id for imported in turns]
        if session.session_id in self._sessions or len({*ids} - self._turns.keys()) < len(ids):
            raise Conflict("Something with this id is there already.")
        row = SessionRow(owner, sealed(settled(session, turns)))
        row.turns = [_imported(row, imported, version) for imported in turns]
        self._sessions[session.session_id] = row
        self._turns |= zip(ids, row.turns, strict=True)
        self._note(row, "session_created")


def _imported(row: SessionRow, imported: ImportedTurn, version: int) -> TurnRow:
    turn = imported.turn
    record = TurnRecord(
        turn_id=turn.turn_id,
        session_id=turn.session_id,
        agent_id=row.session.agent_id,
        agent_version=version,
        owner=row.owner,
        n=turn.n,
        status=turn.status,
        epoch=imported.epoch,
        created_at=turn.started_at,
    )
    data = msgspec.json.encode(turn)
    terms = search_rules.terms_of_turn(row.owner, row.session.agent_id, turn)
    return TurnRow(record, "", encoded(imported.events), data, ended_at=turn.completed_at, terms=terms)


def _session_key(session: Session) -> tuple[str, str]:
    return session.updated_at, session.session_id


def _is_shown(session: Session, which: SessionFilter) -> bool:
    return (
        session.agent_id == which.agent_id
        and which.archived in {None, session.archived}
        and which.pinned in {None, session.pinned}
        and (which.text is None or which.text.casefold() in rules.searched(session.session_name, session.preview))
    )
