"""What `server/uploads.py` uses of `multipart`: it has no types of its own that a checker finds.

`python-multipart`, which others bring along, has a package of the same name that leads to it, and hides them.
"""

from collections.abc import Generator

class MultipartError(ValueError): ...

class MultipartSegment:
    name: str
    filename: str | None
    content_type: str | None
    charset: str | None

class PushMultipartParser:
    def __init__(
        self, boundary: str, *, max_segment_count: int = ..., max_header_size: int = ..., strict: bool = ...
    ) -> None: ...
    def parse(self, chunk: bytes) -> Generator[MultipartSegment | bytearray | None]: ...
    def close(self, check_complete: bool = ...) -> None: ...
