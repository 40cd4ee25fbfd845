"""One response for all streams of events: raw ASGI, because that is what costs least and hides least.

It puts events that are ready into one `send`, so that a burst is one write; it waits for the server's buffer to drain,
so that a slow reader holds a place in the log and not a copy of it; and it listens for the disconnect, without which a
reader that has gone would be kept for ever and a shutdown would hang. A reader that takes nothing for a long time is
dropped: every event has its id, so that it can come back for what stands behind the last one that it has taken whole.
For one that may not read any more the stream ends where it is.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any, cast

import structlog
from litestar import Request, Response
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import CONNECTION_STATE_KEY

from tertulia.server.connection import hang_up, on_close
from tertulia.server.readers import READERS, Readers

log = structlog.get_logger()

HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}
MAX_WRITE = 65_536
"""The most that is handed to the server at once, and so the most that waits in its buffer for a slow reader, twice."""
PATIENCE = 4
"""Heartbeats for which a reader may take nothing of what waits for it; then it is dropped."""
STREAM = "stream"
"""In a request's state: the stream that answers it, once the answer has begun."""
IS_STREAM = "is_stream"
"""In a request's state, once a stream answers it."""
LAST: Any = {"type": "http.response.body", "body": b"", "more_body": False}


class EventStream(Response[Any]):
    """Sends `chunks` as they come, a heartbeat when there are none, and ends when they end."""

    def __init__(
        self,
        chunks: AsyncGenerator[bytes, None],
        *,
        head: bytes,
        heartbeat: bytes,
        heartbeat_seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(None, headers={**HEADERS, **(headers or {})}, media_type="text/event-stream")
        self._stream = _Stream(chunks, head, heartbeat, heartbeat_seconds)

    def to_asgi_response(self, *_: Any, request: Request[Any, Any, Any], **__: Any) -> Any:
        """Return the application that begins the answer, and leaves the stream to `stream_on`."""
        return self._begin

    async def _begin(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        await send(cast(Any, {"type": "http.response.start", "status": 200, "headers": headers}))
        scope["state"][STREAM] = self._stream


async def stream_on(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the stream with which a request is answered, if it is, when all that found out about it is over.

    Thousands may wait here. What the framework and its middleware hold of a request is as much again as all the rest of
    a reader, and nobody asks for its headers any more.
    """
    state = scope["state"]
    stream: _Stream | None = state.pop(STREAM, None)
    if stream is not None:
        state[IS_STREAM] = True
        state.pop(CONNECTION_STATE_KEY, None)  # what the framework remembers of the request
        await stream.send_all(scope, receive, send)


class _Stream:
    """A stream, and how far its reader has taken it."""

    __slots__ = (
        "_chunks",
        "_head",
        "_heartbeat",
        "_is_refused",
        "_is_sending",
        "_missed",
        "_reader",
        "_scope",
        "_send",
        "_sent",
        "_sent_before",
        "_sign",
        "heartbeat_seconds",
    )

    def __init__(
        self, chunks: AsyncGenerator[bytes, None], head: bytes, heartbeat: bytes, heartbeat_seconds: float
    ) -> None:
        self._chunks = chunks
        self._head = head
        self._heartbeat = heartbeat
        self.heartbeat_seconds = heartbeat_seconds
        self._is_sending = False
        self._is_refused = False
        self._sent = self._sent_before = self._missed = 0
        self._sign: asyncio.Task[None] | None = None

    async def send_all(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it to its end, or for as long as its reader is there and may read it."""
        self._scope = scope
        self._send = send
        self._reader = _current_task()
        readers: Readers = scope["state"][READERS]
        beats = readers.heartbeats(self.heartbeat_seconds)
        watch = None if on_close(scope, self._leave) else asyncio.create_task(self._watch(receive))
        beats.add(self)
        try:
            with readers.reading(scope, self._refuse):
                _forget(scope["headers"])
                async with contextlib.aclosing(self._chunks) as chunks:
                    await self._send_whole(self._head)
                    async for chunk in chunks:
                        await self._send_whole(chunk)
                        del chunk  # thousands may wait here for what comes next
            await send(LAST)
        except asyncio.CancelledError:  # the reader has left, was dropped or may not read on, or the server gives up
            if self._is_refused and not self._is_sending:
                await send(LAST)
        except Exception as error:  # the reader can come back to where this stream ends
            log.error("stream.broken", path=scope["path"], exc_info=error)
            await send(LAST)
        finally:
            beats.remove(self)
            for task in (watch, self._sign):
                if task is not None:
                    task.cancel()

    async def _send_whole(self, chunk: bytes) -> None:
        """Send a chunk, in pieces if it is large, without a heartbeat in its middle."""
        self._is_sending = True
        for begin in range(0, len(chunk), MAX_WRITE):
            await self._send(_body(chunk[begin : begin + MAX_WRITE]))
            self._sent += 1
        self._is_sending = False

    def _refuse(self) -> None:
        """End the stream of one who may not read any more; in the middle of an event, the connection."""
        log.info("stream.refused", path=self._scope["path"])
        self._is_refused = True
        if self._is_sending:
            hang_up(self._scope)
        self._leave()

    def _leave(self) -> None:
        self._reader.cancel()

    async def _watch(self, receive: Receive) -> None:
        """Hear that the reader has gone, where the server does not tell."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def beat(self) -> None:
        """Send a sign of life; when the reader takes nothing, end the stream."""
        if self._is_sending:
            has_taken = self._sent > self._sent_before
        elif has_taken := self._sign is None:
            self._sign = asyncio.create_task(self._send_sign())
        self._missed = 0 if has_taken else self._missed + 1
        self._sent_before = self._sent
        if self._missed == PATIENCE:
            log.info("stream.dropped", path=self._scope["path"], reason="its reader takes nothing")
            hang_up(self._scope)
            self._leave()

    async def _send_sign(self) -> None:
        await self._send(_body(self._heartbeat))
        self._sign = None


def _forget(headers: Any) -> None:
    if isinstance(headers, list):  # as it comes from our server
        cast("list[Any]", headers).clear()


def _current_task() -> "asyncio.Task[Any]":
    task = asyncio.current_task()
    assert task is not None, "a response is sent from a task"
    return task


def _body(chunk: bytes) -> Any:
    return {"type": "http.response.body", "body": chunk, "more_body": True}
