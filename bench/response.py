"""Reading one HTTP/1.1 response, read by read. Pure: bytes in, body out."""

import re

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)


class ResponseReader:
    """Takes what the network brings; `status` is 0 until the head is complete, `body` grows as it comes."""

    def __init__(self) -> None:
        self.status = 0
        self.body = bytearray()
        self.is_complete = False
        self._pending = bytearray()
        self._length: int | None = None
        self._chunked = False

    def feed(self, data: bytes) -> bool:
        """Take the next bytes and tell whether the response is complete."""
        self._pending += data
        if not self.status and not self._read_head():
            return False
        if self._chunked:
            self.is_complete = self._read_chunks()
        else:
            self.body += self._pending
            self._pending.clear()
            self.is_complete = self._length is not None and len(self.body) >= self._length
        return self.is_complete

    def close(self) -> bool:
        """The connection ended: that completes a response whose head gave no length."""
        self.is_complete = self.is_complete or (self.status > 0 and not self._chunked and self._length is None)
        return self.is_complete

    def _read_head(self) -> bool:
        end = self._pending.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._pending[:end])
        del self._pending[: end + 4]
        self.status = int(head.split(b" ", 2)[1])
        self._chunked = CHUNKED.search(head) is not None
        length = CONTENT_LENGTH.search(head)
        has_no_body = self.status in {204, 304}
        self._length = 0 if has_no_body else int(length[1]) if length else None
        return True

    def _read_chunks(self) -> bool:
        """Move whole chunks into the body; tell whether the last one, which is empty, has come."""
        at = 0
        while (line_end := self._pending.find(b"\r\n", at)) >= 0:
            size = int(self._pending[at:line_end].split(b";")[0], 16)
            start, end = line_end + 2, line_end + 2 + size
            if len(self._pending) < end + 2:
                break
            if size == 0:
                return True
            self.body += self._pending[start:end]
            at = end + 2
        del self._pending[:at]
        return False
