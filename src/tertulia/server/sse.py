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
from typing import Any

import structlog
from litestar import Request, Response
from litestar.types import Receive, Scope, Send

from tertulia.server.connection import hang_up
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
        self._chunks = chunks
        self._head = head
        self._heartbeat = heartbeat
        self._heartbeat_seconds = heartbeat_seconds
        self._is_sending = False
        self._is_refused = False
        self._sent = 0

    def to_asgi_response(self, *_: Any, request: Request[Any, Any, Any], **__: Any) -> Any:
        """Return the application that sends the stream."""
        return self._send_stream

    async def _send_stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(self._start())
        reader = _current_task()
        readers: Readers = scope["state"][READERS]
        watch = asyncio.create_task(self._watch(scope, receive, send, reader))
        try:
            with readers.reading(scope, lambda: self._refuse(scope, reader)):
                await self._send_all(send)
            await send(LAST)
        except asyncio.CancelledError:  # the reader has left, was dropped or may not read on, or the server gives up
            if self._is_refused and not self._is_sending:
                await send(LAST)
        except Exception as error:  # the reader can come back to where this stream ends
            log.error("stream.broken", path=scope["path"], exc_info=error)
            await send(LAST)
        finally:
            watch.cancel()

    async def _send_all(self, send: Send) -> None:
        async with contextlib.aclosing(self._chunks) as chunks:
            await self._send_whole(send, self._head)
            async for chunk in chunks:
                await self._send_whole(send, chunk)
                del chunk  # thousands may wait here for what comes next

    def _refuse(self, scope: Scope, reader: "asyncio.Task[Any]") -> None:
        """End the stream of one who may not read any more; in the middle of an event, the connection."""
        log.info("stream.refused", path=scope["path"])
        self._is_refused = True
        if self._is_sending:
            hang_up(scope)
        reader.cancel()

    def _start(self) -> Any:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        return {"type": "http.response.start", "status": 200, "headers": headers}

    async def _send_whole(self, send: Send, chunk: bytes) -> None:
        """Send a chunk, in pieces if it is large, without a heartbeat in its middle."""
        self._is_sending = True
        for begin in range(0, len(chunk), MAX_WRITE):
            await send(_body(chunk[begin : begin + MAX_WRITE]))
            self._sent += 1
        self._is_sending = False

    async def _watch(self, scope: Scope, receive: Receive, send: Send, reader: "asyncio.Task[Any]") -> None:
        """Send signs of life; when the reader has gone, or takes nothing, end the stream."""
        missed = sent = 0
        while missed < PATIENCE:
            try:
                async with asyncio.timeout(self._heartbeat_seconds):
                    message = await receive()
            except TimeoutError:
                has_taken = self._sent > sent if self._is_sending else await self._send_sign(send)
                missed, sent = 0 if has_taken else missed + 1, self._sent
                continue
            if message["type"] == "http.disconnect":
                break
        else:
            log.info("stream.dropped", path=scope["path"], reason="its reader takes nothing")
            hang_up(scope)
        reader.cancel()

    async def _send_sign(self, send: Send) -> bool:
        """Send a sign of life; tell whether it could be sent."""
        try:
            async with asyncio.timeout(self._heartbeat_seconds):
                await send(_body(self._heartbeat))
        except TimeoutError:
            return False
        return True


def _current_task() -> "asyncio.Task[Any]":
    task = asyncio.current_task()
    assert task is not None, "a response is sent from a task"
    return task


def _body(chunk: bytes) -> Any:
    return {"type": "http.response.body", "body": chunk, "more_body": True}
