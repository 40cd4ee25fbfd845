"""A turn's events as one unbroken stream, over as many connections as it takes.

The cursor is the id of the last event that the caller was given: a new connection goes on behind it, and what comes
twice is dropped. A stream ends when the turn has ended; when a connection ends before that, the turn is asked.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import get_args

import aiohttp
import msgspec

from tertulia.client.errors import ApiError, ClientError, ServerUnreachable, StreamLost
from tertulia.client.http import Request, Transport, asked_wait, is_passing, path_of
from tertulia.client.sse import Frame, FrameParser
from tertulia.domain.base import Value
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
)
from tertulia.domain.turns import AT_REST, Turn


class _Envelope(Value):
    payload: TurnEvent


class _Body(Value):
    event: _Envelope


class _UnknownPayload(Value):
    event_type: str


class _UnknownEnvelope(Value):
    payload: _UnknownPayload


class _UnknownBody(Value):
    event: _UnknownEnvelope


_ENDINGS = (TurnCompleted, TurnFailed, TurnCancelled)
_KNOWN = frozenset(event.__struct_config__.tag for event in get_args(TurnEvent))
_decode = msgspec.json.Decoder(_Body).decode
_decode_unknown = msgspec.json.Decoder(_UnknownBody).decode


class TurnStream:
    """One turn's events. `start` is the request that starts the turn; it is what is sent until `turn_id` is known."""

    def __init__(
        self, transport: Transport, session_path: str, *, start: Request | None = None, turn_id: str | None = None
    ) -> None:
        self._transport = transport
        self._session_path = session_path
        self._start = start
        self._turn_id = turn_id

    async def events(self, after: EventId | None = None) -> AsyncGenerator[LoggedEvent]:
        """Yield every event after `after`, once and in order, until the turn rests.

        Raises ApiError or ServerUnreachable when there is no beginning, and StreamLost when, after one, nothing new
        came in all the attempts that we have patience for.
        """
        last = after
        attempt = 0
        while True:
            failure: ApiError | ServerUnreachable = StreamLost()
            try:
                async with self._open(last) as response, aclosing(_read(response)) as events:
                    async for logged in events:
                        if last is not None and logged.id <= last:
                            continue
                        last, attempt = logged.id, 0
                        yield logged
                        if isinstance(logged.event, _ENDINGS):
                            return
                if await self._rests_at(last):
                    return
            except (ApiError, ServerUnreachable) as error:
                if not is_passing(error):
                    raise
                failure = error
            attempt += 1
            if attempt >= self._transport.patience.attempts:
                raise failure if last == after else StreamLost
            await self._transport.patience.wait(attempt, asked_wait(failure))

    @asynccontextmanager
    async def _open(self, after: EventId | None) -> AsyncGenerator[aiohttp.ClientResponse]:
        async with self._transport.open(self._request(after)) as response:
            self._turn_id = self._turn_id or response.headers.get("Turn-Id")
            yield response

    def _request(self, after: EventId | None) -> Request:
        if self._turn_id is None and self._start is not None:
            return self._start
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        return Request(method="GET", path=f"{self._turn_path}/events", headers=headers)

    @property
    def _turn_path(self) -> str:
        return self._session_path + path_of("turn", self._turn_id or "")

    async def _rests_at(self, last: EventId | None) -> bool:
        """Tell whether nothing comes after `last` for now. (A server that stops ends its streams early.)"""
        if last is None:
            return False
        turn = await self._transport.call(Request(method="GET", path=self._turn_path), Turn)
        newest = last if turn.last_event_id is None else EventId.parse(turn.last_event_id)
        return turn.status in AT_REST and newest <= last


async def _read(response: aiohttp.ClientResponse) -> AsyncGenerator[LoggedEvent]:
    parser = FrameParser()
    async for chunk in response.content.iter_any():
        try:
            events = [event for frame in parser.feed(chunk) if (event := _event(frame))]
        except (ValueError, msgspec.MsgspecError) as error:
            raise ClientError(f"The server's stream is not one that this client understands: {error}") from error
        for event in events:
            yield event


def _event(frame: Frame) -> LoggedEvent | None:
    """Read a frame; heartbeats, and events of a newer server that we have no class for, are passed over."""
    if frame.id is None or not frame.data:
        return None
    try:
        body = _decode(frame.data)
    except msgspec.ValidationError:
        if _decode_unknown(frame.data).event.payload.event_type in _KNOWN:
            raise
        return None
    return LoggedEvent(id=EventId.parse(frame.id), event=body.event.payload)
