"""A form with a file in it (`multipart/form-data`), read while it comes: no part of it is ever whole in memory."""

import re
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import FieldError, InvalidRequest, UnsupportedMediaType
from tertulia.domain.files import LONGEST_NAME

AROUND = 64 * 1024
"""How many bytes a form may have besides its file."""
MAX_FIELD = 1024
MAX_PARTS = 20
BOUNDARY = re.compile(r'^multipart/form-data\s*;.*?\bboundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
MISSING = "send multipart/form-data with the file in a part named file"


class Form:
    """A form of one request. `fields` are its other parts, complete once all `pieces` of its file have come."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        said = request.headers.get("content-type", "")
        boundary = BOUNDARY.match(said.strip())
        if boundary is None:
            sent = said.partition(";")[0].strip() or "nothing in particular"
            raise UnsupportedMediaType(f"The body is sent as {sent}; {MISSING}.")
        self._parser = PushMultipartParser(
            boundary[1] or boundary[2], max_segment_count=MAX_PARTS, max_header_size=4096, strict=True
        )
        self._request = request
        self._file: MultipartSegment | None = None
        self._fields: dict[str, bytes] = {}

    @property
    def most(self) -> int | None:
        """How many bytes its file has at the most, if that is said."""
        said = self._request.headers.get("content-length", "")
        return int(said) if said.isascii() and said.isdigit() else None

    def field(self, name: str) -> str:
        """Return a field; one that is not there is empty."""
        return self._fields.get(name, b"").decode(errors="replace")

    def claims(self) -> FileAttachment:
        """What the form says of its file: a `name` among its fields goes before the file's own."""
        assert self._file is not None, "the file has come"
        name = self.field("name") or self._file.filename or ""
        return FileAttachment(name=name[-LONGEST_NAME:], type=self._said_type()[:LONGEST_NAME])

    def _said_type(self) -> str:
        assert self._file is not None
        charset = f"; charset={self._file.charset}" if self._file.charset else ""
        return (self._file.content_type or "") + charset

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the file's bytes, and read the form to its end. Raises InvalidRequest, TooLarge."""
        current: MultipartSegment | None = None
        try:
            async for chunk in self._request.stream():
                for event in self._parser.parse(chunk):
                    if isinstance(event, MultipartSegment):
                        current = self._begin(event)
                    elif event and current is not None:
                        if current is self._file:
                            yield bytes(event)
                        else:
                            self._add(current, event)
            self._parser.close()
        except MultipartError as error:
            raise InvalidRequest(f"The form cannot be read: {error}.") from None
        except InternalServerException:
            raise InvalidRequest("The client left in the middle of the body.") from None
        if self._file is None:
            raise InvalidRequest(f"There is no file: {MISSING}.", errors=[FieldError(pointer="/file", detail=MISSING)])

    def _begin(self, part: MultipartSegment) -> MultipartSegment:
        if part.name != "file":
            self._fields[part.name or ""] = b""
        elif self._file is not None:
            detail = "there is more than one file; send each by itself"
            raise InvalidRequest(f"{detail}.", errors=[FieldError(pointer="/file", detail=detail)])
        else:
            self._file = part
        return part

    def _add(self, part: MultipartSegment, data: bytes | bytearray) -> None:
        name = part.name or ""
        self._fields[name] += data
        if len(self._fields[name]) > MAX_FIELD:
            detail = f"the field is longer than {MAX_FIELD} bytes"
            raise InvalidRequest(
                f"/{name[:40]}: {detail}.", errors=[FieldError(pointer=f"/{name[:40]}", detail=detail)]
            )
