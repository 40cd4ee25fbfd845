"""What we use of `multipart`, for type checkers.

`python-multipart`, which comes with the MCP SDK, has a package of this name that hands on to `multipart` where that is
installed; at run time they get along, but a type checker stops at the package.
"""

from collections.abc import Generator

class MultipartError(ValueError): ...

class MultipartSegment:
    name: str | None
    filename: str | None
    content_type: str | None
    charset: str | None

class PushMultipartParser:
    def __init__(
        self, boundary: str | bytes, *, max_segment_count: int = ..., max_header_size: int = ..., strict: bool = ...
    ) -> None: ...
    def parse(self, chunk: bytes | bytearray) -> Generator[MultipartSegment | bytearray | bytes | None]: ...
    def close(self, check_complete: bool = True) -> None: ...
