"""The log of every turn that runs here: first to those who watch, then to the store.

A `LiveTurn` holds a running turn's state and events in memory, so that a reader on this node never waits for the
database. The feed writes them behind: pieces of answers every few milliseconds, all turns in one transaction; steps
and ends at once. What a reader must be able to rely on is shown only when it is stored: the event at which a turn
rests. All else may be lost in a crash and is then restarted under a new epoch, which tells readers to drop it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from weakref import WeakValueDictionary

import structlog

from tertulia.domain.errors import LeaseLost, StorageUnavailable
from tertulia.domain.events import EventId, LoggedEvent, RestEvent, TurnEvent
from tertulia.domain.turns import AT_REST, Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import TurnState, evolve, replay
from tertulia.store.base import Accepted, Append, TurnRecord, TurnStore

log = structlog.get_logger()

RETRY_STORAGE = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Seconds between tries to write when the storage is unavailable; the last one repeats."""
POLL_ELSEWHERE = 0.25
"""Seconds between looks at the log of a turn that runs, but not here."""


class LiveTurn:
    """A turn that this process runs, or that waits here for its time.

    Of `events`, readers see the first `shown`, and the store has the first `stored`.
    """

    def __init__(self, record: TurnRecord, events: Sequence[LoggedEvent]) -> None:
        self.record = record
        self.state: TurnState = replay(events)
        self.end: TurnState | None = None
        self.turn: Turn | None = None
        """The state in which the turn rests, and its projection: logged, and shown once stored."""
        self.lost = False
        """Another runner has this turn now: what is here is not the truth any more."""
        self.is_left = False
        """It waits for its time, which will not come in this process."""
        self.events: list[LoggedEvent] = list(events)
        self.shown = self.stored = len(self.events)
        self._seq = events[-1].id.seq if events[-1].id.epoch == record.epoch else 0
        self._bells: set[asyncio.Event] = set()

    @property
    def turn_id(self) -> str:
        return self.record.turn_id

    @property
    def is_over(self) -> bool:
        """Nothing more will be added here."""
        return self.lost or self.state.status in AT_REST

    def start(self, accepted: Accepted) -> None:
        """Begin what has waited: its first events under the epoch of its claim are stored already."""
        self.record = accepted.record
        for logged in accepted.events:
            self.state = evolve(self.state, logged)
            self.events.append(logged)
            self._seq = logged.id.seq
        self.stored = len(self.events)
        self.show()

    def log(self, event: TurnEvent) -> TurnState:
        """Give an event its place in the log, for no reader's eyes yet; return the state that it leads to."""
        logged = LoggedEvent(id=EventId(n=self.record.n, epoch=self.record.epoch, seq=self._seq + 1), event=event)
        state = evolve(self.state, logged)
        self._seq += 1
        self.events.append(logged)
        return state

    def show(self) -> None:
        """Let readers see all that is logged, or that nothing more comes."""
        self.shown = len(self.events)
        for bell in self._bells:
            bell.set()

    async def read(self, after: EventId | None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield the events after an id in batches as they come, until nothing more will be added."""
        place = 0 if after is None else _place_after(self.events, after)
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            while True:
                bell.clear()
                if place < self.shown:
                    batch = self.events[place : self.shown]
                    place = self.shown
                    yield batch
                elif self.is_over or self.is_left:
                    return
                else:
                    await bell.wait()
        finally:
            self._bells.discard(bell)

    async def until_over(self) -> None:
        """Wait until the turn rests, or is lost to another runner."""
        async for _ in self.read(self.state.last_event_id):
            pass


def _place_after(events: Sequence[LoggedEvent], after: EventId) -> int:
    for place in range(len(events), 0, -1):
        if events[place - 1].id <= after:
            return place
    return 0


class Feed:
    """Every log of this process: `append` to it, `follow` it."""

    def __init__(self, store: TurnStore, *, flush_interval: float) -> None:
        self._store = store
        self._flush_interval = flush_interval
        self._live: dict[str, LiveTurn] = {}
        self._left: WeakValueDictionary[str, LiveTurn] = WeakValueDictionary()
        """Turns that rest, for as long as someone reads them to their end."""
        self._dirty: dict[str, LiveTurn] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._bell = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._all_are_due = False
        self._stopping = False
        self._writer: asyncio.Task[None] | None = None
        self.on_lost: Callable[[LiveTurn], None] = lambda _: None

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

    # --- who is live ---

    def find(self, turn_id: str) -> LiveTurn | None:
        """Return the turn if it runs or waits here."""
        return self._live.get(turn_id)

    def open(self, record: TurnRecord, events: Sequence[LoggedEvent]) -> LiveTurn:
        """Take a turn on: from now on its readers read from memory."""
        live = LiveTurn(record, events)
        self._live[record.turn_id] = live
        return live

    def drop(self, live: LiveTurn) -> None:
        """Let go of a turn that rests or was lost; those who read it finish from memory."""
        if self._live.get(live.turn_id) is live:
            del self._live[live.turn_id]
        self._left[live.turn_id] = live
        self._dirty.pop(live.turn_id, None)
        live.show()

    def leave(self) -> None:
        """End what is read of turns that still wait: they start in the next process."""
        for live in self.live_turns:
            live.is_left = True
            live.show()

    def give_up(self, live: LiveTurn) -> None:
        """Let go of a turn that is not ours any more, whether another runner has it or it was deleted."""
        live.lost = True
        self.drop(live)
        self.on_lost(live)

    @property
    def live_turns(self) -> list[LiveTurn]:
        return list(self._live.values())

    # --- writing ---

    def append(self, live: LiveTurn, event: TurnEvent) -> None:
        """Add an event: readers see it now, the store has it within the flush interval. Raises LeaseLost."""
        if live.lost:
            raise LeaseLost
        live.state = live.log(event)
        live.show()
        self._dirty[live.turn_id] = live
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._flush_interval, self._tick)

    async def commit(self, live: LiveTurn) -> None:
        """Return once all that was appended is stored. Raises LeaseLost."""
        if live.lost:
            raise LeaseLost
        if live.stored < len(live.events):
            await self._until_stored(live)

    async def rest(self, live: LiveTurn, event: TurnEvent) -> None:
        """Add the event at which the turn rests: readers see it once it is stored. Raises LeaseLost."""
        if live.lost:
            raise LeaseLost
        if live.end is None:
            live.end = live.log(event)
            live.turn = project(live.end)
        # Cancelled here and called again, it waits for the end that it already has: a turn rests once.
        await self._until_stored(live)
        live.state = live.end
        self.drop(live)

    async def _until_stored(self, live: LiveTurn) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._dirty[live.turn_id] = live
        self._waiting.setdefault(live.turn_id, []).append(future)
        self._bell.set()
        # Whoever waits may be cancelled; what is logged is written all the same.
        await future

    def _tick(self) -> None:
        self._timer = None
        self._all_are_due = True
        self._bell.set()

    async def _write_behind(self) -> None:
        while not self._stopping:
            await self._bell.wait()
            self._bell.clear()
            due = self._dirty if self._all_are_due else self._waiting
            self._all_are_due = False
            await self._flush_patiently([self._dirty[turn_id] for turn_id in due if turn_id in self._dirty])

    async def _flush_patiently(self, turns: list[LiveTurn]) -> None:
        """Write, again and again while the storage is away: turns go on meanwhile, and nothing is dropped."""
        tries = 0
        while turns:
            try:
                await self._flush(turns)
                return
            except StorageUnavailable as error:
                log.warning("feed.storage_unavailable", error=error.message, turns=len(turns))
                if self._stopping:
                    return
                await asyncio.sleep(RETRY_STORAGE[min(tries, len(RETRY_STORAGE) - 1)])
                tries += 1

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
        lost = await self._store.append(appends) if appends else frozenset[str]()
        for live, end in zip(turns, upto, strict=True):
            live.stored = end
            self._settle(live, is_lost=live.turn_id in lost)

    def _settle(self, live: LiveTurn, *, is_lost: bool) -> None:
        if is_lost:
            self.give_up(live)
        elif live.stored < len(live.events):
            # More came while this was written: it goes with the next flush, and so do those who wait for it.
            self._bell.set()
            return
        self._dirty.pop(live.turn_id, None)
        for future in self._waiting.pop(live.turn_id, []):
            if future.done():
                continue
            if is_lost:
                future.set_exception(LeaseLost())
            else:
                future.set_result(None)

    # --- reading ---

    async def follow(self, owner: str, turn_id: str, after: EventId | None = None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield a turn's events after an id, in batches: first the past, then the present, until the turn rests.

        Raises TurnNotFound.
        """
        while True:
            live = self._live.get(turn_id)
            if live is not None and live.record.owner == owner:
                async for batch in live.read(after):
                    after = batch[-1].id
                    yield batch
                if not live.lost:
                    return  # at rest, or left
            batch = await self._store.read_events(owner, turn_id, after=after)
            if batch:
                after = batch[-1].id
                yield batch
            elif (await self.state_of(owner, turn_id)).status in AT_REST:
                return
            if batch and isinstance(batch[-1].event, RestEvent):
                return
            await asyncio.sleep(POLL_ELSEWHERE)

    async def state_of(self, owner: str, turn_id: str) -> TurnState:
        """Return a turn's state as of now. Raises TurnNotFound."""
        live = self._live.get(turn_id)
        if live is not None and live.record.owner == owner:
            return live.state
        return replay(await self._store.read_events(owner, turn_id))

    async def turn_at(self, owner: str, turn_id: str, event_id: EventId) -> Turn:
        """Return a turn as it was right after an event: from memory if it has just come to it. Raises TurnNotFound."""
        live = self._left.get(turn_id)
        turn = live.turn if live is not None and live.record.owner == owner else None
        if turn is not None and turn.last_event_id == str(event_id):
            return turn
        events = await self._store.read_events(owner, turn_id)
        return project(replay(logged for logged in events if logged.id <= event_id))
