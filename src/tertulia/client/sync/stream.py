# Made of client/aio by `make generate`: change it there.
"""A turn's events as one unbroken stream, over as many connections as it takes.

The cursor is the id of the last event that the caller was given: a new connection goes on behind it, and what comes
twice is dropped. A stream ends when the turn has ended; when a connection ends before that, the turn is asked.
"""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Self

from tertulia.client.errors import ApiError, ServerUnreachable, StreamLost
from tertulia.client.events import EventReader, Received
from tertulia.client.fold import TurnFold
from tertulia.client.patience import is_passing
from tertulia.client.request import Request, path_of
from tertulia.client.sync.transport import Transport
from tertulia.client.sync_http import Answer, pause
from tertulia.domain.events import EventId, LoggedEvent, TurnCancelled, TurnCompleted, TurnFailed
from tertulia.domain.turns import AT_REST, Turn

ENDINGS = (TurnCompleted, TurnFailed, TurnCancelled)


class TurnStream:
    """One turn's events, each once and in order, until the turn rests; and the turn as far as they have told it.

    Leaving early does not stop the turn. Raises ApiError or ServerUnreachable when there is no beginning, and
    StreamLost when, after one, nothing new came in all the attempts that we have patience for: then the turn can be
    followed later, from `last_event_id`.
    """

    def __init__(
        self,
        transport: Transport,
        session_path: str,
        *,
        start: Request | None = None,
        turn_id: str | None = None,
        after: EventId | None = None,
        before: Callable[[], object] | None = None,
    ) -> None:
        """`start` is the request that starts the turn, and is what is sent until `turn_id` is known.

        `before` is done once, before the first connection.
        """
        self._transport = transport
        self._session_path = session_path
        self._start = start
        self._before = before
        self._fold = TurnFold()
        self._events = self._read()
        self._after = after
        self.turn_id = turn_id
        self.last_event_id = after

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> LoggedEvent:
        return self._events.__next__()

    def close(self) -> None:
        """Close the connection; the turn goes on."""
        self._events.close()

    @property
    def turn(self) -> Turn | None:
        """The turn so far. None before its first event, and in its midst if it was not watched from its beginning."""
        return self._fold.turn

    def until_rest(self) -> Turn:
        """Read to the end, and return the turn as it is then."""
        with closing(self._events) as events:
            for _ in events:
                pass
        turn = self.turn
        return turn if turn is not None and turn.status in AT_REST else self._get_turn(is_repeatable=True)

    def _read(self) -> Generator[LoggedEvent]:
        if self._before is not None:
            self._before()
        attempt = 0
        while True:
            failure: ApiError | ServerUnreachable = StreamLost()
            try:
                with self._connect() as response, closing(_events_of(response)) as events:
                    for received in events:
                        logged = received.logged
                        if self.last_event_id is not None and logged.id <= self.last_event_id:
                            continue
                        self.last_event_id, attempt = logged.id, 0
                        self._fold.add(received)
                        yield logged
                        if isinstance(logged.event, ENDINGS):
                            return
                if self._rests():
                    return
            except (ApiError, ServerUnreachable) as error:
                failure = error
            attempt += 1
            wait = self._transport.patience.wait_after(failure, attempt)
            if wait is None and is_passing(failure) and self.last_event_id != self._after:
                raise StreamLost from failure
            if wait is None:
                raise failure
            pause(wait)

    @contextmanager
    def _connect(self) -> Generator[Answer]:
        with self._transport.stream(self._request()) as response:
            self.turn_id = self.turn_id or response.header("Turn-Id")
            yield response

    def _request(self) -> Request:
        if self.turn_id is None and self._start is not None:
            return self._start
        headers = {} if self.last_event_id is None else {"Last-Event-ID": str(self.last_event_id)}
        return Request(method="GET", path=f"{self._turn_path}/events", headers=headers)

    @property
    def _turn_path(self) -> str:
        return self._session_path + path_of("turn", self.turn_id or "")

    def _get_turn(self, *, is_repeatable: bool) -> Turn:
        request = Request(method="GET", path=self._turn_path, is_repeatable=is_repeatable)
        return self._transport.call(request, Turn)

    def _rests(self) -> bool:
        """Tell whether nothing more comes for now. (A server that stops ends its streams early.)"""
        if self.turn_id is None or self.last_event_id is None:
            return False
        turn = self._get_turn(is_repeatable=False)
        newest = self.last_event_id if turn.last_event_id is None else EventId.parse(turn.last_event_id)
        return turn.status in AT_REST and newest <= self.last_event_id


def _events_of(response: Answer) -> Generator[Received]:
    reader = EventReader()
    while chunk := response.chunk():
        yield from reader.feed(chunk)
