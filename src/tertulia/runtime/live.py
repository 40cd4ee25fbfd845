"""A turn that runs in this process: its state and events in memory, so that a reader here never waits for the store.

What readers see can be relied on. A piece of an answer is shown at once, since a crash that loses it is told to them
by `step_restart`; every other event, and what comes after it, is shown once it is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from tertulia.domain.errors import LeaseLost
from tertulia.domain.events import EventId, LoggedEvent, RestEvent, StepProgressed, TurnEvent
from tertulia.domain.turns import AT_REST, Turn
from tertulia.engine.projection import project
from tertulia.engine.times import rising, time_of
from tertulia.engine.turn import TurnState, evolve, replay
from tertulia.runtime.bell import Bell
from tertulia.store.turns import TurnRecord


class LiveTurn:
    """A turn and its log, as far as this process has it. Of `events`, the store has the first `stored`.

    `state` is what is logged, and what its runner goes by; readers are shown what `shown_state` says. The first `given`
    events are stored, or are being written.
    """

    def __init__(self, record: TurnRecord, events: Sequence[LoggedEvent]) -> None:
        self.record = record
        self.events: list[LoggedEvent] = list(events)
        self.given = self.stored = len(self.events)
        self.state: TurnState = replay(events)
        self.turn: Turn | None = None
        """The projection of the state in which the turn rests, once that is logged."""
        self.is_followed = False
        """Another turn waited behind it when it came to rest."""
        self.is_gone = False
        """It goes on elsewhere, or was deleted: nothing is added here any more."""
        self._seq = events[-1].id.seq if events[-1].id.epoch == record.epoch else 0
        self._time = next(time for logged in reversed(events) if (time := time_of(logged.event)))
        """When the last thing happened of which that is known."""
        self._held_back: int | None = None
        """The place of the first event that readers do not see before it is stored."""
        self._seen = (self.stored, self.state)
        self._bells: dict[Bell, None] = {}
        """Rung in the order in which the readers came."""
        self._committing: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def turn_id(self) -> str:
        return self.record.turn_id

    @property
    def shown(self) -> int:
        """How many events readers are shown."""
        return len(self.events) if self._held_back is None else self._held_back

    @property
    def shown_state(self) -> TurnState:
        """The state that the shown events lead to."""
        upto, state = self._seen
        for logged in self.events[upto : self.shown]:
            state = evolve(state, logged)
        self._seen = (self.shown, state)
        return state

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be shown here."""
        return self.is_gone or (self.turn is not None and self.stored == len(self.events))

    def log(self, event: TurnEvent) -> None:
        """Give an event its place in the log, behind all others in time, too. Raises LeaseLost, IllegalEvent."""
        if self.is_gone:
            raise LeaseLost
        event = rising(event, self.state, self._time)
        logged = LoggedEvent(id=EventId(n=self.record.n, epoch=self.record.epoch, seq=self._seq + 1), event=event)
        self.state = evolve(self.state, logged)
        self._seq += 1
        self._time = time_of(event) or self._time
        self.events.append(logged)
        if isinstance(event, RestEvent):
            self.turn = project(self.state)
        if self._held_back is None:
            if isinstance(event, StepProgressed):
                self._ring()
            else:
                self._held_back = len(self.events) - 1

    @property
    def holds_back(self) -> bool:
        """Whether readers do not see all, since it is not stored yet."""
        return self._held_back is not None

    @property
    def is_behind(self) -> bool:
        """Whether readers would be shown more if it were written, and nobody writes it yet."""
        return self._held_back is not None and self._held_back >= self.given

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for what is not stored yet: its runner, or readers for a piece of an answer."""
        if self._committing:
            return True
        return self.is_behind and any(isinstance(each.event, StepProgressed) for each in self.events[self._held_back :])

    async def until_stored(self) -> None:
        """Return once all that is logged by now is stored. Raises LeaseLost."""
        if self.is_gone:
            raise LeaseLost
        if self.stored == len(self.events):
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._committing.append((len(self.events), future))
        await future

    def mark_stored(self, count: int) -> None:
        """The store has the first `count` events."""
        self.stored = count
        if self._held_back is not None and self._held_back < count:
            later = range(count, len(self.events))
            self._held_back = next((at for at in later if not isinstance(self.events[at].event, StepProgressed)), None)
        committed = [future for upto, future in self._committing if upto <= count]
        self._committing = [each for each in self._committing if each[0] > count]
        for future in committed:
            if not future.done():  # whoever waited may have been cancelled
                future.set_result(None)
        self._ring()

    def let_go(self) -> None:
        """Nothing is added here any more; those who read and those who wait for it to be stored are told."""
        self.is_gone = True
        for _, future in self._committing:
            if not future.done():
                future.set_exception(LeaseLost())
        self._committing.clear()
        self._ring()

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    async def read(self, after: EventId | None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield the events after an id in batches as they come, until nothing more will be shown."""
        place = 0 if after is None else self.count_upto(after)
        bell = Bell()
        self._bells[bell] = None
        try:
            while True:
                bell.clear()
                shown = self.shown
                if place < shown:
                    batch = self.events[place:shown]
                    place = shown
                    yield batch
                elif self.is_over:
                    return
                else:
                    await bell.wait()
        finally:
            del self._bells[bell]

    def count_upto(self, event_id: EventId) -> int:
        """How many events there are up to an id."""
        for count in range(len(self.events), 0, -1):
            if self.events[count - 1].id <= event_id:
                return count
        return 0

    async def until_over(self) -> None:
        """Wait until the turn rests and that is stored, or until it goes on elsewhere."""
        async for _ in self.read(self.events[-1].id):
            pass

    @property
    def rests(self) -> bool:
        """Whether it has come to rest here, and that is stored."""
        return self.is_over and not self.is_gone and self.state.status in AT_REST
