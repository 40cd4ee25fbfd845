"""One frame of a turn's stream as the event that it tells of."""

from typing import get_args

import msgspec

from tertulia.client.errors import UnexpectedAnswer
from tertulia.client.sse import Frame, FrameParser
from tertulia.domain.base import Value
from tertulia.domain.events import EventEnvelope, EventId, LoggedEvent, RestEvent, TurnEvent
from tertulia.domain.turns import Turn


class Received(Value):
    """An event that came; where the turn comes to rest, with the turn as it is then."""

    logged: LoggedEvent
    turn: Turn | None = None


class _Payload(Value):
    """What else is in a payload: the turn, where it rests."""

    event_type: str
    turn: Turn | None = None


class _Body(Value):
    payload: _Payload


class _Envelope(Value):
    event: _Body


_KNOWN = frozenset(event.__struct_config__.tag for event in get_args(TurnEvent))
_decode = msgspec.json.Decoder(EventEnvelope).decode
_decode_beside = msgspec.json.Decoder(_Envelope).decode


class EventReader:
    """Reads the bytes of one connection, in order."""

    def __init__(self) -> None:
        self._parser = FrameParser()

    def feed(self, chunk: bytes) -> list[Received]:
        """Return the events that these bytes complete. Raises UnexpectedAnswer."""
        try:
            return [event for frame in self._parser.feed(chunk) if (event := _received(frame))]
        except (ValueError, msgspec.MsgspecError) as error:
            raise UnexpectedAnswer(f"The server's stream is not one that this client understands: {error}") from error


def _received(frame: Frame) -> Received | None:
    """Read a frame; heartbeats, and events of a newer server that we have no class for, are passed over."""
    if frame.id is None or not frame.data:
        return None
    try:
        event = _decode(frame.data).event.payload
    except msgspec.ValidationError:
        if _decode_beside(frame.data).event.payload.event_type in _KNOWN:
            raise
        return None
    logged = LoggedEvent(id=EventId.parse(frame.id), event=event)
    if not isinstance(event, RestEvent):
        return Received(logged=logged)
    return Received(logged=logged, turn=_decode_beside(frame.data).event.payload.turn)
