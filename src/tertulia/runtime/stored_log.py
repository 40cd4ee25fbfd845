"""A turn's log as the store has it, read page by page: however long it is, no more than a page of it is held.

What retention has dropped of it is told from the steps that it led to.
"""

from collections.abc import AsyncIterator

import msgspec

from tertulia.domain.events import EventId, LoggedEvent, RestEvent, TurnQueued
from tertulia.domain.turns import AT_REST, Turn
from tertulia.engine.projection import project
from tertulia.engine.retention import restored
from tertulia.engine.turn import TurnState, begin, evolve
from tertulia.store.turns import StoredTurn, TurnStore

PAGE = 256
"""Events that are read at once."""


class StoredLog:
    """One turn's log. Every method raises TurnNotFound."""

    def __init__(self, store: TurnStore, owner: str, turn_id: str) -> None:
        self._store = store
        self._owner = owner
        self._turn_id = turn_id

    async def pages(self, after: EventId | None = None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield what is stored by now in pages as it is stored, from its start or after an id."""
        while page := await self._store.read_events(self._owner, self._turn_id, after=after, limit=PAGE):
            yield page
            after = page[-1].id

    async def told(self, after: EventId | None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield pages for a reader who has seen all up to an id: the last event of that, if it is there, comes again.

        Only the last page ends with an event at which the turn rests. A page with nothing in it says that the turn
        rests and that the reader has seen more than there is.
        """
        knows_more = True
        async for page in self._told(after):
            knows_more = False
            yield page
        if knows_more and await self._rests():
            async for page in self._told(after):  # it may have come to rest in between
                yield page
            yield []

    async def _told(self, after: EventId | None) -> AsyncIterator[list[LoggedEvent]]:
        behind: LoggedEvent | None = None
        held_back: list[LoggedEvent] = []
        async for page in self.pages(after and after.before):
            told = held_back + restored(page, behind)
            behind, held_back = page[-1], []
            while told and isinstance(told[-1].event, RestEvent):  # a turn that waited may have been cancelled
                held_back.insert(0, told.pop())
            if told:
                yield told
        if held_back:
            yield held_back

    async def head(self) -> TurnQueued:
        """How the log begins."""
        [first] = await self._store.read_events(self._owner, self._turn_id, limit=1)
        assert isinstance(first.event, TurnQueued), "a log begins with it"
        return first.event

    async def _rests(self) -> bool:
        return (await self._turn()).record.status in AT_REST

    async def _turn(self) -> StoredTurn:
        head = await self.head()
        return await self._store.get_turn(self._owner, head.agent_id, head.session_id, self._turn_id)

    async def state(self, upto: EventId | None = None) -> TurnState:
        """Fold it, or what it has up to an id."""
        state: TurnState | None = None
        async for page in self.pages():
            for logged in page:
                if upto is None or logged.id <= upto:
                    state = begin(logged) if state is None else evolve(state, logged)
        assert state is not None, "a log has a beginning"
        return state

    async def turn_at(self, event_id: EventId) -> Turn:
        """The turn as it was right after an event."""
        stored = await self._turn()
        turn = None if stored.turn is None else msgspec.json.decode(stored.turn, type=Turn)
        if turn is not None and turn.last_event_id == str(event_id):
            return turn  # its log may lack the deltas of what was cut off
        return project(await self.state(event_id))
