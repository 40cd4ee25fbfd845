"""Server-sent events, as they come from the network: `feed(bytes)` gives the events that became whole.

The rules are those of the WHATWG standard (CR, LF and CRLF; a byte order mark; several data lines; comments; fields
without a colon; nothing is dispatched before its blank line), with two of our own: an event is at most 1 MB, and its
data stay bytes. The JSON decoder behind us checks the UTF-8, so a character that is split between two reads needs no
care here. Every byte is looked at a bounded number of times, however small the reads are.
"""

import msgspec

MAX_EVENT_BYTES = 1_048_576
"""No event of a model server comes near it; what does is broken or hostile (reliability R11)."""

BOM = b"\xef\xbb\xbf"


class SseEvent(msgspec.Struct, frozen=True, gc=False):
    """One event. `data` has its lines joined by LF; `event` is its type."""

    data: bytes
    event: bytes = b"message"


class EventTooLarge(Exception):
    """An event of the stream is larger than 1 MB."""


class SseParser:
    """The state between two reads: a line that is not whole, and the fields of an event that is not whole."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._limit = max_event_bytes
        self._line = bytearray()
        self._data = bytearray()
        self._event = b""
        self._after_cr = False
        self._at_start = True
        self._is_broken = False

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """Take what one read brought; return the events that it completed.

        Raises EventTooLarge, once there is no event before it left to return.
        """
        if self._is_broken:
            raise EventTooLarge
        if self._at_start:
            chunk = self._without_bom(chunk)
        events: list[SseEvent] = []
        try:
            if self._after_cr or b"\r" in chunk:
                self._feed_lines(chunk, events)
            else:
                self._feed_blocks(chunk, events)
        except EventTooLarge:
            self._is_broken = True
            if not events:
                raise
        return events

    def _without_bom(self, chunk: bytes) -> bytes:
        """Hold the first bytes back until it is clear whether they are a byte order mark."""
        head = bytes(self._line) + chunk
        self._line.clear()
        if len(head) < len(BOM) and BOM.startswith(head):
            self._line += head
            return b""
        self._at_start = False
        return head.removeprefix(BOM)

    def _feed_blocks(self, chunk: bytes, events: list[SseEvent]) -> None:
        """The quick way, for streams without CR: whole events are cut at the blank lines between them."""
        begin = 0
        if self._line or self._data or self._event:
            begin = chunk.find(b"\n\n") + 2
            if begin < 2:
                self._feed_lines(chunk, events)
                return
            self._feed_lines(chunk[:begin], events)
        end = chunk.rfind(b"\n\n", begin)
        if end < 0:
            self._feed_lines(chunk[begin:], events)
            return
        for block in chunk[begin:end].split(b"\n\n"):
            if block[:6] == b"data: " and b"\n" not in block and len(block) <= self._limit:
                events.append(SseEvent(block[6:]))
            else:
                self._feed_lines(block + b"\n\n", events)
        self._feed_lines(chunk[end + 2 :], events)

    def _feed_lines(self, chunk: bytes, events: list[SseEvent]) -> None:
        """The whole way, line by line."""
        if not chunk:
            return
        if self._after_cr and chunk[:1] == b"\n":
            chunk = chunk[1:]
        self._after_cr = chunk[-1:] == b"\r" if chunk else False
        lines = chunk.splitlines()  # of bytes: at CR, LF and CRLF, and nowhere else
        rest = lines.pop() if lines and chunk[-1:] not in b"\r\n" else b""
        for line in lines:
            self._end_line(line, events)
        self._line += rest
        if len(self._line) + len(self._data) > self._limit:
            raise EventTooLarge

    def _end_line(self, line: bytes, events: list[SseEvent]) -> None:
        if self._line:
            self._line += line
            line = bytes(self._line)
            self._line.clear()
        if not line:
            self._end_event(events)
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data += value
            self._data += b"\n"
            if len(self._data) > self._limit:
                raise EventTooLarge
        elif name == b"event":
            self._event = value

    def _end_event(self, events: list[SseEvent]) -> None:
        if self._data:
            events.append(SseEvent(bytes(self._data[:-1]), self._event or b"message"))
            self._data.clear()
        self._event = b""
