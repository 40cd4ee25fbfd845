"""What changes among an agent's sessions, as a stream: what keeps lists and other tabs fresh."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get
from litestar.params import QueryParameter

from tertulia.domain.changes import ChangeId, LoggedChange
from tertulia.domain.errors import AgentNotFound, FieldError, InvalidCursor
from tertulia.runtime.session_changes import SessionChanges
from tertulia.server.auth import Caller
from tertulia.server.limits import StreamPlace
from tertulia.server.routes.parameters import AgentId, Given, LastEventId
from tertulia.server.routes.problems import raises
from tertulia.server.sse import EventStream
from tertulia.server.wire.native import NATIVE

_encode = msgspec.json.Encoder().encode


class ChangeStreams:
    """Makes the answers that are streams of changes."""

    def __init__(self, changes: SessionChanges, *, heartbeat_seconds: float) -> None:
        self._changes = changes
        self._heartbeat_seconds = heartbeat_seconds

    async def follow(self, owner: str, agent_id: str, after: ChangeId | None) -> EventStream:
        """Answer with where it begins, and with what changes from there on. Raises AgentNotFound."""
        begin = await self._changes.begin(owner, agent_id, after)
        return EventStream(
            self._chunks(owner, agent_id, begin),
            head=NATIVE.stream_head,
            heartbeat=NATIVE.heartbeat,
            heartbeat_seconds=self._heartbeat_seconds,
        )

    async def _chunks(self, owner: str, agent_id: str, begin: LoggedChange) -> AsyncGenerator[bytes, None]:
        yield frame(begin)
        async for page in self._changes.follow(owner, agent_id, begin.id):
            yield b"".join(map(frame, page))


def frame(logged: LoggedChange) -> bytes:
    """Write a change as a server-sent event."""
    return b'id: %d.%d\ndata: {"event":{"payload":%b}}\n\n' % (logged.id.batch, logged.id.seq, _encode(logged.change))


@get("/events", operation_id="follow_sessions", responses=raises(AgentNotFound, InvalidCursor))
async def follow_sessions(
    agent_id: AgentId,
    change_streams: Given[ChangeStreams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    after: Annotated[str | None, QueryParameter(description="The id of the last event that was seen.")] = None,
    last_event_id: LastEventId = None,
) -> Response[str]:
    """Follow what changes among an agent's sessions.

    The first event is `following`: load your list after it. If it says `has_missed`, load it anew: what was seen last
    is no longer kept.
    """
    place = _place(last_event_id, "Last-Event-ID") or _place(after, "after")
    await stream_place.take()
    return await change_streams.follow(caller.owner, agent_id, place)


def _place(text: str | None, pointer: str) -> ChangeId | None:
    if not text:
        return None
    try:
        return ChangeId.parse(text)
    except ValueError as error:
        detail = str(error)
        raise InvalidCursor(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]) from None


def changes_router() -> Router:
    """The route of changes."""
    handlers: list[Any] = [follow_sessions]
    return Router("/v1/agents/{agent_id:str}", route_handlers=handlers, tags=["Sessions"])
