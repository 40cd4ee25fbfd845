"""Server-sent events as a pure parser: bytes in, frames out, however the network has cut them.

It keeps the rules of the HTML standard that a server of ours can make use of: LF and CRLF, several `data:` lines,
comments. A frame larger than the limit is an error, so that no server can fill a client's memory.
"""

import re

from tertulia.domain.base import Value

MAX_FRAME_BYTES = 64 * 1024 * 1024
"""A frame at which a turn rests carries the whole turn, with its files."""

_FRAME_END = re.compile(rb"\r?\n\r?\n")


class Frame(Value):
    """One event of a stream; a comment is a frame with neither."""

    id: str | None = None
    data: bytes = b""


class FrameParser:
    """Takes the chunks of one stream, in order."""

    def __init__(self, max_frame_bytes: int = MAX_FRAME_BYTES) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """Return the frames that this chunk completes. Raises ValueError for one that is too large."""
        self._buffer += chunk
        frames: list[Frame] = []
        start = 0
        while match := _FRAME_END.search(self._buffer, max(start, self._searched)):
            frames.append(_frame(bytes(self._buffer[start : match.start()])))
            start = match.end()
            self._searched = start
        del self._buffer[:start]
        # The end of a frame may have been cut in two: it is at most four bytes long.
        self._searched = max(0, len(self._buffer) - 3)
        if len(self._buffer) > self._max_frame_bytes:
            raise ValueError(f"an event of the stream is larger than {self._max_frame_bytes} bytes")
        return frames


def _frame(block: bytes) -> Frame:
    identity: str | None = None
    data: list[bytes] = []
    for line in block.split(b"\n"):
        name, _, value = line.removesuffix(b"\r").partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"id":
            identity = value.decode("utf-8", "replace")
    return Frame(id=identity, data=b"\n".join(data))
