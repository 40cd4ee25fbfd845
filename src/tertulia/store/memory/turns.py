"""The turns of a store in memory: how they are taken on, claimed and asked to stop."""

from msgspec import UNSET
from msgspec.structs import replace

from tertulia.domain.errors import Conflict, IdempotencyMismatch
from tertulia.store import limits, rules
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows, SessionRow, TurnRow, encoded, follow, switch
from tertulia.store.turns import Accepted, NewTurn, TurnRecord


class MemoryTurns(MemoryRows):
    """Turns up to where their logs grow."""

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        await self._begin()
        row = self._session(owner, new.agent_id, new.session_id)
        if new.idempotency_key is not None and (earlier := row.keys.get(new.idempotency_key)):
            if earlier.request_hash != new.request_hash:
                raise IdempotencyMismatch
            return Accepted(record=sealed(earlier.record), events=[], is_repeat=True)
        if (other := _of_another_try(row, new)) is not None:
            return Accepted(record=sealed(other.record), events=[], is_repeat=True)
        agent = self._usable_agent(owner, new.agent_id)[1].agent
        limits.refuse_session(row.tokens, new.limits, agent.agent_config.budget.session_tokens)
        limits.refuse_turn(self._usage(owner, limits.day_of(new.at)), new.limits, at=new.at)
        rules.refuse_if_busy(new, [(turn.record.turn_id, turn.record.status) for turn in row.unfinished])
        parent = self._parent(owner, row, new)
        if new.turn_id in self._turns:
            raise Conflict("There is a turn with this id already.")
        self._files.check(owner, new)
        interrupted = self._interrupt(row) if new.on_busy == "interrupt" else None
        accepted = self._take_on(row, new, parent, version=agent.version)
        self._files.take_along(owner, new)
        self._reservations.pop((owner, new.reservation or ""), None)
        if accepted.record.status == "running":
            self._turns[new.turn_id].holder = node
        return replace(accepted, interrupts=interrupted)

    def _parent(self, owner: str, row: SessionRow, new: NewTurn) -> TurnRow | None:
        if new.parent_turn_id is UNSET:
            return row.active
        if new.parent_turn_id is None:
            return None
        return self._in_session(owner, new.session_id, new.parent_turn_id)

    def _interrupt(self, row: SessionRow) -> TurnRecord | None:
        ahead = row.unfinished[0] if row.unfinished else None
        if ahead is None or ahead.record.status == "queued":
            return None
        ahead.record = replace(ahead.record, cancel_requested=True)
        return sealed(ahead.record)

    def _take_on(self, row: SessionRow, new: NewTurn, parent: TurnRow | None, *, version: int) -> Accepted:
        new, epoch = sealed(new), 0 if row.unfinished else 1
        record = TurnRecord(
            turn_id=new.turn_id,
            session_id=new.session_id,
            agent_id=new.agent_id,
            agent_version=version,
            owner=row.owner,
            n=row.last_n + 1,
            status="running" if epoch else "queued",
            epoch=epoch,
            created_at=new.at,
            toolgroups=new.toolgroups,
            tool_config=new.tool_config,
            parent_turn_id=parent and parent.record.turn_id,
        )
        events = rules.first_events(new, record)
        turn = TurnRow(record, new.request_hash, encoded(events), parent=parent)
        self._turns[new.turn_id] = turn
        row.turns.append(turn)
        row.unfinished.append(turn)
        if new.idempotency_key is not None:
            row.keys[new.idempotency_key] = turn
        row.last_n = record.n
        switch(row, turn)
        words = rules.words_of(new.input_messages)
        row.session = replace(
            row.session,
            session_name=rules.name_after(row.session.session_name, row.session.title_source, words),
            updated_at=max(row.session.updated_at, new.at),
        )
        self._note(row, "turn_started" if epoch else "turn_queued", record)
        return Accepted(record=sealed(record), events=[sealed(event) for event in events])

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        await self._begin()
        row = self._sessions.get(session_id)
        turn = row.unfinished[0] if row and row.owner == owner and row.is_there and row.unfinished else None
        if row is None or turn is None or turn.record.status != "queued":
            return None
        turn.record = replace(turn.record, status="running", epoch=turn.record.epoch + 1)
        turn.holder = node
        started = rules.start_of(turn.record, at)
        turn.log += encoded([started])
        follow(row, turn, row.session.updated_at)
        self._note(row, "turn_started", turn.record)
        return Accepted(record=sealed(turn.record), events=[started])

    async def claim(self, owner: str, turn_id: str, *, node: str, reopens: bool = False) -> Accepted | None:
        await self._begin()
        turn = self._turns.get(turn_id)
        if turn is None or turn.record.owner != owner:
            return None
        if not rules.may_claim(turn.record.status, reopens=reopens):
            return None
        attempts = turn.record.attempts
        if turn.holder not in {None, node} and not turn.has_ended:
            if self._lasts(turn.holder):
                return None
            attempts += 1
        turn.record = replace(turn.record, epoch=turn.record.epoch + 1, attempts=attempts)
        turn.holder = node
        return Accepted(record=sealed(turn.record), events=[])

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        await self._begin()
        turn = self._turn(owner, turn_id)
        if not turn.has_ended:
            turn.record = replace(turn.record, cancel_requested=True)
        return sealed(turn.record)


def _of_another_try(row: SessionRow, new: NewTurn) -> TurnRow | None:
    attempt = new.attempt
    newest = row.active and row.active.record.turn_id
    if attempt is None or not rules.may_be_tried(attempt, newest, row.session.updated_at):
        return None
    hashes = rules.other_tries(new)
    for turn in reversed(row.turns[-rules.TRIES_AMONG :]):
        record = turn.record
        if turn.request_hash in hashes and rules.is_of_another_try(attempt, record.turn_id, record.created_at):
            return turn
    return None
