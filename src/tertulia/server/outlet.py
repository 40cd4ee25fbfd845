"""What a connection is told within one turn of the event loop goes out in one write.

The head of an answer, its body and its end are handed over one after the other, at once. Each was a call of the system,
and woke whoever reads: for an answer in one piece twice, for a short stream five times. Here they wait for each other
until the loop turns, and no longer; what is large does not wait.
"""

from asyncio import AbstractEventLoop, Transport

LARGE = 65_536
"""Bytes that go out at once: whoever writes much learns before the next piece that its reader is slow."""


class Outlet:
    """A transport in what an HTTP server does with one; it lives in the event loop."""

    __slots__ = ("_loop", "_pieces", "_size", "_transport")

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Say something, at the latest when the loop turns."""
        if not self._pieces:
            self._loop.call_soon(self.flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= LARGE:
            self.flush()

    def flush(self) -> None:
        """Hand on what waits."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))

    def close(self) -> None:
        """End the connection behind what was said."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """End the connection, and forget what waits."""
        self._pieces, self._size = [], 0
        self._transport.abort()

    def is_closing(self) -> bool:
        """Tell whether the connection ends, or has ended."""
        return self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes have not gone out yet."""
        return self._size + self._transport.get_write_buffer_size()
