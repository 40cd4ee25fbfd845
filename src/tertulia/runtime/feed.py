"""The log of every turn that runs here: first to those who watch, then to the store.

The feed writes events behind, all turns in one transaction: pieces of answers every few ten milliseconds; that a step
has begun or ended within a few, or with the next thing that somebody waits for; what its runner waits for at once. A
reader follows a turn wherever it runs: in memory when that is here, else by what the store has of it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from weakref import WeakValueDictionary

import structlog

from tertulia.domain.errors import Conflict, StorageUnavailable
from tertulia.domain.events import EventId, LoggedEvent, RestEvent, StepProgressed, TurnEvent
from tertulia.domain.turns import Turn
from tertulia.engine.turn import TurnState
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.stored_log import StoredLog
from tertulia.runtime.tail import Tail
from tertulia.runtime.vitals import Tally
from tertulia.store.log import Append, Watched
from tertulia.store.turns import TurnRecord, TurnStore

log = structlog.get_logger()

RETRY_STORAGE = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Seconds between tries to write when the storage is unavailable; the last one repeats."""

SOON = 0.005
"""Seconds within which a step that has begun or ended is stored: mostly what comes next goes with it."""
TURNS_AT_ONCE = 100
"""Beyond so many, pieces of answers are gathered for longer: more of each go into a row."""
LONGEST = 4
"""How many times as long they are gathered at most, since readers on other nodes wait for it."""
TURNS_OF_THE_LOOP = 2
"""How often all others get their turn before a write begins: a step that ends is written with the begin of the next."""


class Feed:
    """Every log of this process: `append` to it, `follow` it."""

    def __init__(self, store: TurnStore, tail: Tail, *, flush_interval: float) -> None:
        self._store = store
        self._tail = tail
        self._flush_interval = flush_interval
        self.tally = Tally()
        self._live: dict[str, LiveTurn] = {}
        self._rested: WeakValueDictionary[str, LiveTurn] = WeakValueDictionary()
        """Turns that rest, for as long as someone reads them to their end."""
        self._dirty: dict[str, LiveTurn] = {}
        """Turns of which not all is stored; of these, `_urgent` ones are written when the bell rings."""
        self._urgent: dict[str, LiveTurn] = {}
        self._bell = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._all_are_due = False
        self._is_leaving = False
        self._stopping = False
        self._writer: asyncio.Task[None] | None = None
        self.on_lost: Callable[[LiveTurn], None] = lambda _: None
        self.on_unwritable: Callable[[LiveTurn], None] = lambda _: None
        """Told of a turn that was let go of, since what was logged of it cannot be written."""

    def start(self) -> None:
        """Begin to write."""
        self._writer = asyncio.create_task(self._write_behind(), name="feed-writer")

    async def stop(self) -> None:
        """Write what is left, then stop."""
        if self._writer is not None:
            self._stopping = True
            self._tick()
            await self._writer
            self._writer = None
        await self._tail.stop()

    # --- who is live ---

    def find(self, turn_id: str) -> LiveTurn | None:
        """Return the turn if it runs here."""
        return self._live.get(turn_id)

    def open(self, record: TurnRecord, events: Sequence[LoggedEvent]) -> LiveTurn:
        """Take a turn on: from now on its readers read from memory."""
        live = LiveTurn(record, events)
        if (earlier := self._live.get(record.turn_id)) is not None:
            self.give_up(earlier)
        self._live[record.turn_id] = live
        self._tail.wake(record.turn_id)
        return live

    def give_up(self, live: LiveTurn) -> None:
        """Let go of a turn that is not ours any more, whether another runner has it or it was deleted."""
        self._drop(live)
        live.let_go()
        self.on_lost(live)

    def wake_readers(self) -> None:
        """Let all who read turns that do not run here look whether those are there still."""
        self._tail.wake_all()

    def leave(self) -> None:
        """End what is read and written here: turns go on in another process, from what is logged by now."""
        self._is_leaving = True
        for live in self.live_turns:
            live.let_go()
        self._tail.wake_all()

    def _drop(self, live: LiveTurn) -> None:
        for turns in (self._live, self._dirty, self._urgent):
            if turns.get(live.turn_id) is live:
                del turns[live.turn_id]

    @property
    def live_turns(self) -> list[LiveTurn]:
        return list(self._live.values())

    @property
    def unstored(self) -> int:
        """Of how many turns not all is stored."""
        return len(self._dirty)

    # --- writing ---

    def append(self, live: LiveTurn, event: TurnEvent) -> None:
        """Add an event; pieces of answers are stored within the flush interval, all else soon. Raises LeaseLost."""
        live.log(event)
        self._dirty[live.turn_id] = live
        if not isinstance(event, StepProgressed):
            self.tally.note(event)
            self._urgent[live.turn_id] = live
            if self._soon is None:
                self._soon = asyncio.get_running_loop().call_later(SOON, self._ring)
            return
        if live.is_behind:
            self._bell.set()  # readers see nothing of an answer before its begin is stored
        if self._timer is None:
            longer = min(max(1.0, len(self._live) / TURNS_AT_ONCE), LONGEST)
            self._timer = asyncio.get_running_loop().call_later(self._flush_interval * longer, self._tick)

    async def commit(self, live: LiveTurn) -> None:
        """Return once all that was appended is stored. Raises LeaseLost."""
        if live.stored < len(live.events) and not live.is_gone:
            self._hurry(live)
        await live.until_stored()

    def _hurry(self, live: LiveTurn) -> None:
        self._urgent[live.turn_id] = live
        self._bell.set()

    async def rest(self, live: LiveTurn, event: TurnEvent) -> None:
        """Add the event at which the turn rests, unless it has come to rest already; return once that is stored.

        Raises LeaseLost.
        """
        if live.turn is None:
            self.append(live, event)
        await self.commit(live)

    def _ring(self) -> None:
        self._soon = None
        self._bell.set()

    def _tick(self) -> None:
        self._timer = None
        self._all_are_due = True
        self._bell.set()

    async def _write_behind(self) -> None:
        while not self._stopping:
            await self._bell.wait()
            for _ in range(TURNS_OF_THE_LOOP):
                await asyncio.sleep(0)
            self._bell.clear()
            due = self._dirty if self._all_are_due else self._urgent
            self._all_are_due = False
            await self._flush_patiently(list(due.values()))

    async def _flush_patiently(self, turns: list[LiveTurn]) -> None:
        """Write, again and again while the storage is away: turns go on meanwhile, and nothing is dropped."""
        tries = 0
        while turns:
            try:
                if tries:
                    await self._find_written(turns)
                await self._flush(turns)
                return
            except (StorageUnavailable, Conflict) as error:
                log.warning("feed.storage_unavailable", error=error.message, turns=len(turns))
                if self._stopping:
                    return
                self.tally.storage_retries += 1
                await asyncio.sleep(RETRY_STORAGE[min(tries, len(RETRY_STORAGE) - 1)])
                tries += 1
                turns = [live for live in turns if self._dirty.get(live.turn_id) is live]
            except Exception as error:  # noqa: BLE001 - a bug, or what no JSON can say, is one turn's and stops no other
                await self._flush_one_by_one(turns, error)
                return

    async def _flush_one_by_one(self, turns: list[LiveTurn], error: Exception) -> None:
        if len(turns) > 1:
            for live in turns:
                await self._flush_patiently([live])
            return
        [live] = turns
        log.error("feed.unwritable", turn_id=live.turn_id, exc_info=error)
        self.give_up(live)
        self.on_unwritable(live)

    async def _find_written(self, turns: list[LiveTurn]) -> None:
        """Learn what a write that failed has written all the same: its failure may have been one of the way back."""
        places = [
            Watched(turn_id=live.turn_id, session_id=live.record.session_id, after=live.events[live.stored - 1].id)
            for live in turns
        ]
        news = await self._store.read_news(places)
        for live in turns:
            own = [logged.id for logged in news.get(live.turn_id, ()) if logged.id.epoch == live.record.epoch]
            if own:
                live.mark_stored(live.count_upto(own[-1]))
                self._settle(live)

    async def _flush(self, turns: list[LiveTurn]) -> None:
        upto = [len(live.events) for live in turns]
        appends = [
            Append(
                owner=live.record.owner,
                turn_id=live.turn_id,
                epoch=live.record.epoch,
                events=live.events[live.stored : end],
                turn=live.turn,
            )
            for live, end in zip(turns, upto, strict=True)
            if live.stored < end
        ]
        if not appends:
            return
        for live, end in zip(turns, upto, strict=True):
            live.given = end
        appended = await self._store.append(appends)
        for live, end in zip(turns, upto, strict=True):
            live.is_followed |= live.turn_id in appended.followed
            if live.turn_id in appended.lost:
                self.give_up(live)
            else:
                live.mark_stored(end)
                self._settle(live)

    def _settle(self, live: LiveTurn) -> None:
        if live.rests:
            if self._live.get(live.turn_id) is live:  # else it was settled before
                self.tally.rested[live.state.status] += 1
            self._rested[live.turn_id] = live
            self._drop(live)
            return
        if live.stored == len(live.events) and self._dirty.get(live.turn_id) is live:
            del self._dirty[live.turn_id]
        if live.is_awaited:
            self._bell.set()
        elif not live.holds_back and self._urgent.get(live.turn_id) is live:
            del self._urgent[live.turn_id]

    # --- reading ---

    async def follow(self, owner: str, turn_id: str, after: EventId | None = None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield a turn's events after an id, in batches: first the past, then the present, until the turn rests.

        Raises TurnNotFound.
        """
        while not self._is_leaving:
            if (live := self._live_of(owner, turn_id, after.epoch if after else 0)) is not None:
                batches = live.read(after)
            else:
                batches = self._follow_elsewhere(owner, turn_id, after)
            async for batch in batches:
                if not batch:
                    return  # it rests, and has been read to its end
                after = batch[-1].id
                yield batch
                if isinstance(batch[-1].event, RestEvent):
                    return

    async def _follow_elsewhere(
        self, owner: str, turn_id: str, after: EventId | None
    ) -> AsyncIterator[list[LoggedEvent]]:
        """Yield what the store has of a turn, and what comes there, until it rests or runs here."""
        with self._tail.watch(turn_id) as watch:
            stored = StoredLog(self._store, owner, turn_id)
            seen, rests = after, False
            async for page in stored.told(after):
                if batch := [logged for logged in page if after is None or logged.id > after]:
                    yield batch
                seen, rests = page[-1].id if page else seen, not page or isinstance(page[-1].event, RestEvent)
            if rests:
                yield []
                return
            assert seen is not None, "a log that is read from its start is not empty"
            watch.place = Watched(turn_id=turn_id, session_id=(await stored.head()).session_id, after=seen)
            while not self._is_leaving and self._live_of(owner, turn_id, seen.epoch) is None:
                batch = await watch.next()
                if not batch:
                    return  # something else has happened to it: it runs here, has run here already, or is deleted
                yield batch

    def _live_of(self, owner: str, turn_id: str, epoch: int) -> LiveTurn | None:
        """The turn if it runs here; if somebody knows of a later epoch, this node has lost it without knowing yet."""
        live = self._live.get(turn_id)
        return live if live is not None and live.record.owner == owner and live.record.epoch >= epoch else None

    async def state_of(self, owner: str, turn_id: str, *, epoch: int) -> TurnState:
        """Return a turn's state as of now, which is no earlier than an epoch. Raises TurnNotFound."""
        live = self._live_of(owner, turn_id, epoch)
        return await StoredLog(self._store, owner, turn_id).state() if live is None else live.shown_state

    async def turn_at(self, owner: str, turn_id: str, event_id: EventId) -> Turn:
        """Return a turn as it was right after an event: from memory if it has just come to it. Raises TurnNotFound."""
        live = self._rested.get(turn_id)
        turn = live.turn if live is not None and live.record.owner == owner else None
        if turn is not None and turn.last_event_id == str(event_id):
            return turn
        return await StoredLog(self._store, owner, turn_id).turn_at(event_id)
