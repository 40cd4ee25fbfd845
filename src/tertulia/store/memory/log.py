"""The logs of a store in memory."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import Conflict
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed
from tertulia.domain.paging import fitting
from tertulia.domain.turns import AT_REST, TurnStatus
from tertulia.store import limits, rules, search_rules
from tertulia.store.log import Append, Appended, Watched
from tertulia.store.memory.rows import MemoryRows, TurnRow, encoded, event_decoder, follow


class MemoryLog(MemoryRows):
    """What is added to logs, read from them and dropped from them."""

    async def append(self, appends: Sequence[Append]) -> Appended:
        await self._begin()
        rows = [(each, rules.change_of(each), self._turns.get(each.turn_id)) for each in appends]
        for each, _, turn in rows:
            if turn is not None and self._takes(turn, each):
                _refuse_repeats(turn, each)
        lost: set[str] = set()
        rested: list[TurnRow] = []
        for each, change, turn in rows:
            if turn is None or not self._takes(turn, each):
                lost.add(each.turn_id)
                continue
            turn.log += encoded(each.events)
            self._sessions[turn.record.session_id].grants.update(grant for grant, _ in rules.grants_of(each))
            if rules.makes_progress(each):
                turn.record = replace(turn.record, attempts=0)
            if change is not None:
                self._change(turn, each, change)
                rested += [turn] if each.turn is not None else []
        followed = frozenset(turn.record.turn_id for turn in rested if self._is_followed(turn))
        return Appended(lost=frozenset(lost), followed=followed)

    def _is_followed(self, turn: TurnRow) -> bool:
        unfinished = self._sessions[turn.record.session_id].unfinished
        return bool(unfinished) and unfinished[0].record.status == "queued"

    def _change(self, turn: TurnRow, append: Append, change: tuple[TurnStatus, str]) -> None:
        status, at = change
        turn.record = replace(turn.record, status=status)
        turn.turn = None if append.turn is None else msgspec.json.encode(append.turn)
        turn.ended_at = rules.ended_at(change)
        self._count(turn, max(0, rules.tokens_of(append.turn) - turn.tokens), limits.day_of(at))
        if append.turn is not None:
            turn.holder = None
            turn.terms = search_rules.terms_of_turn(turn.record.owner, turn.record.agent_id, append.turn)
        row = self._sessions[turn.record.session_id]
        follow(row, turn, at)
        self._note(row, "turn_at_rest" if status in AT_REST else "turn_started", turn.record)

    def _count(self, turn: TurnRow, added: int, day: str) -> None:
        """Count what of a turn's cost is not counted yet."""
        turn.tokens += added
        self._sessions[turn.record.session_id].tokens += added
        self._tokens[turn.record.owner, day] += added

    def _takes(self, turn: TurnRow, append: Append) -> bool:
        """Tell whether the fence and the status let an append through."""
        if (turn.record.owner, turn.record.epoch) != (append.owner, append.epoch):
            return False
        return not turn.has_ended or (rules.reopens(turn.record.status, append) and self._is_last(turn))

    def _is_last(self, turn: TurnRow) -> bool:
        """Tell whether a turn is the last of its session, and of every fork, and no link shows it as it is."""
        row = self._sessions[turn.record.session_id]
        is_followed = any(each.parent is turn for each in self._turns.values())
        is_borrowed = any(turn in each.borrowed for each in self._sessions.values())
        tips = {each.tip for each in self._shares.values() if each.share.revoked_at is None}
        is_shown = turn.record.turn_id in tips
        return row.active is turn and not (row.unfinished or is_followed or is_borrowed or is_shown)

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        await self._begin()
        log = self._turn(owner, turn_id).log
        rest = log if after is None else [each for each in log if each[0] > after]
        page = rest if limit is None else rest[: fitting(len(data) for _, data in rest[:limit])]
        return [event_decoder.decode(data) for _, data in page]

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        await self._begin()
        news: dict[str, list[LoggedEvent]] = {}
        for each in watched:
            turn = self._turns.get(each.turn_id)
            if turn is not None and turn.log[-1][0] > each.after:
                news[each.turn_id] = [event_decoder.decode(data) for place, data in turn.log if place > each.after]
        return news

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        await self._begin()
        dropped = 0
        for turn in self._turns.values():
            if dropped == limit or turn.ended_at is None or turn.ended_at >= ended_before:
                continue
            kept = [(place, data) for place, data in turn.log if not _is_delta(data)]
            dropped += len(kept) < len(turn.log)
            turn.log = kept
        return dropped


def _is_delta(data: bytes) -> bool:
    return isinstance(event_decoder.decode(data).event, StepProgressed)


def _refuse_repeats(turn: TurnRow, append: Append) -> None:
    if turn.log and append.events and append.events[0].id <= turn.log[-1][0]:
        raise Conflict("The log has events with these ids already.")
