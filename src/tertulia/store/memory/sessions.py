"""The sessions of a store in memory."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from tertulia.domain.agents import as_others_see
from tertulia.domain.errors import Conflict, Stale
from tertulia.domain.paging import Order, Page
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource
from tertulia.store import rules, search_rules
from tertulia.store.importing import ImportedTurn, refuse_unless_whole, settled
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import (
    AgentRow,
    MemoryRows,
    SessionRow,
    TurnRow,
    encoded,
    is_past,
    page_of,
    shows,
    switch,
)
from tertulia.store.turns import TurnRecord


class MemorySessions(MemoryRows):
    """Sessions, and what hangs on them."""

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        await self._begin()
        self._hold_agent(owner, session.agent_id)
        there = self._sessions.get(session.session_id)
        if there is None:
            there = SessionRow(owner, sealed(replace(session, turns=[])), request_hash)
            self._sessions[session.session_id] = there
            self._note(there, "session_created")
            return sealed(there.session)
        return self._found_made(owner, session, request_hash)

    def _hold_agent(self, owner: str, agent_id: str) -> None:
        """Have a loan of an agent that is another's."""
        lender, row = self._usable_agent(owner, agent_id)
        if (owner, agent_id) not in self._agents:
            loan = replace(as_others_see(row.agent), visibility="private")
            self._agents[owner, agent_id] = AgentRow(loan, [loan.agent_config], lender)

    def _found_made(self, owner: str, session: Session, request_hash: str | None) -> Session:
        there = self._sessions[session.session_id]
        is_same = there.is_there and (there.owner, there.session.agent_id) == (owner, session.agent_id)
        rules.refuse_unless_repeated(there.request_hash if is_same else None, request_hash)
        return sealed(there.session)

    async def fork_session(
        self, owner: str, origin: str, fork: Session, *, turn_id: str | None, request_hash: str | None = None
    ) -> Session:
        await self._begin()
        of = self._session(owner, fork.agent_id, origin)
        if fork.session_id in self._sessions:
            return self._found_made(owner, fork, request_hash)
        tip = self._to_fork_at(of, turn_id)
        made = SessionRow(owner, rules.forked(sealed(fork), of.session), request_hash)
        made.borrowed = tip.path if tip else []
        made.last_n = tip.record.n if tip else 0
        switch(made, tip)
        self._sessions[fork.session_id] = made
        self._note(made, "session_created")
        return sealed(made.session)

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        await self._begin()
        return sealed(self._session(owner, agent_id, session_id).session)

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else None
        rows = [row for row in self._sessions.values() if row.owner == owner and row.is_there]
        found = [row.session for row in rows if _is_shown(row.session, which)]
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
        if patch.active_turn_id is not UNSET:
            newest = self._newest_after(row, self._in_session(owner, session_id, patch.active_turn_id))
            patch = replace(patch, active_turn_id=newest.record.turn_id)
            switch(row, newest)
        row.session = rules.patched(row.session, sealed(patch), at)
        self._note(row, "session_updated" if patch.session_name is UNSET else "session_renamed")
        return sealed(row.session)

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is None or not row.is_there or row.owner != owner or row.session.title_source == "user":
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

    async def delete_branch(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> None:
        await self._begin()
        row = self._session(owner, agent_id, session_id)
        turn = self._in_session(owner, session_id, turn_id)
        if turn.record.session_id != session_id:
            raise rules.not_to_delete()
        for each in row.turns:
            each.is_gone = each.is_gone or turn in each.path
        row.unfinished = [each for each in row.unfinished if not each.is_gone]
        row.keys = {key: each for key, each in row.keys.items() if not each.is_gone}
        if row.active is not None and row.active.is_gone and row.active not in row.borrowed:
            switch(row, self._left_of(row, turn))
        row.session = replace(row.session, status=row.status)
        self._clear_away()
        self._note(row, "session_updated")

    def _left_of(self, row: SessionRow, turn: TurnRow) -> TurnRow | None:
        """The newest turn that is left where a deleted branch began."""
        if turn.parent is not None:
            return self._newest_after(row, turn.parent)
        left = [each for each in [*row.borrowed, *row.turns] if shows(row, each)]
        return max(left, key=lambda each: each.record.n) if left else None

    async def import_session(
        self, owner: str, session: Session, turns: Sequence[ImportedTurn], *, request_hash: str | None = None
    ) -> Session:
        await self._begin()
        refuse_unless_whole(session, turns)
        version = self._usable_agent(owner, session.agent_id)[1].agent.version
        ids = [imported.turn.turn_id for imported in turns]
        if session.session_id in self._sessions:
            return self._found_made(owner, session, request_hash)
        if len({*ids} - self._turns.keys()) < len(ids):
            raise Conflict("Something with this id is there already.")
        self._files.check_imported(owner, turns)
        self._hold_agent(owner, session.agent_id)
        row = SessionRow(owner, sealed(replace(settled(session, turns), turns=[])), request_hash)
        by_id: dict[str, TurnRow] = {}
        for imported in turns:
            by_id[imported.turn.turn_id] = _imported(
                row, imported, version, by_id.get(imported.turn.parent_turn_id or "")
            )
        row.turns = [*by_id.values()]
        row.last_n = turns[-1].turn.n if turns else 0
        row.active = by_id.get(row.session.active_turn_id or "")
        self._sessions[session.session_id] = row
        self._turns |= zip(ids, row.turns, strict=True)
        for imported in turns:
            self._files.add(owner, imported.new_files, turn_id=imported.turn.turn_id)
        for imported in turns:
            self._files.use(owner, imported.used_files, turn_id=imported.turn.turn_id)
        self._note(row, "session_created")
        return sealed(row.session)


def _imported(row: SessionRow, imported: ImportedTurn, version: int, parent: TurnRow | None) -> TurnRow:
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
        parent_turn_id=parent and parent.record.turn_id,
    )
    data = msgspec.json.encode(turn)
    terms = search_rules.terms_of_turn(row.owner, row.session.agent_id, turn)
    return TurnRow(
        record,
        "",
        encoded(imported.events),
        data,
        ended_at=turn.completed_at,
        terms=terms,
        parent=parent,
        tokens=rules.tokens_of(turn),
        feedback=imported.feedback,
    )


def _session_key(session: Session) -> tuple[str, str]:
    return session.updated_at, session.session_id


def _is_shown(session: Session, which: SessionFilter) -> bool:
    return (
        session.agent_id == which.agent_id
        and which.archived in {None, session.archived}
        and which.pinned in {None, session.pinned}
        and (which.tag is None or rules.tagged([which.tag]) in rules.tagged(session.tags))
        and (which.text is None or which.text.casefold() in rules.searched(session.session_name, session.preview))
    )
