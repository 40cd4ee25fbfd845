"""A transport whose end is noticed when it comes, and not at the next call."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from mcp.client._transport import ReadStream, TransportStreams  # the only names that these types have
from mcp.shared.message import SessionMessage

Received = SessionMessage | Exception


class Watched:
    """Tells `on_end` when there is no more to come from a server."""

    def __init__(self, streams: AbstractAsyncContextManager[TransportStreams], on_end: Callable[[], None]) -> None:
        self._streams = streams
        self._on_end = on_end

    async def __aenter__(self) -> TransportStreams:
        read, write = await self._streams.__aenter__()
        return _Ear(read, self._on_end), write

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return await self._streams.__aexit__(exc_type, exc_val, exc_tb)


class _Ear:
    """What is read from a server; `on_end` is told when there is no more to come."""

    def __init__(self, stream: ReadStream[Received], on_end: Callable[[], None]) -> None:
        self._stream = stream
        self._on_end = on_end

    @property
    def last_context(self) -> Any:
        """The context of whoever caused what was read last, where the transport knows."""
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Received:
        return await self._stream.receive()

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> ReadStream[Received]:
        return self

    async def __anext__(self) -> Received:
        try:
            return await self._stream.__anext__()
        except BaseException:
            self._on_end()
            raise

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return await self._stream.__aexit__(exc_type, exc_val, exc_tb)
