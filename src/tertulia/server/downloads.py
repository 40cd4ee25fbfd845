"""A file's content, or an export, as a response: in pieces, whole or a range, and never as a page of this server's.

Files come from strangers. Each is an attachment, of the type that its bytes are and no other (`nosniff`), and whatever
shows it all the same runs nothing of it (`sandbox`).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, cast
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.types import Receive, Scope, Send

from tertulia.domain.base import Value
from tertulia.domain.errors import TertuliaError
from tertulia.domain.files import FileInfo
from tertulia.runtime.files import Files
from tertulia.server.connection import hang_up
from tertulia.server.errors import problem_body, request_id_of

log = structlog.get_logger()

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
PATIENCE = 60.0
"""Seconds in which a reader must have taken what waits for it."""
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Span(Value):
    """Some of a file's bytes: from `begin` to before `end`."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """How many."""
        return self.end - self.begin


def span_of(said: str, size: int) -> Span | None:
    """Return what a Range header asks for; None if it is none that we know, for then all of it is sent.

    A span that begins behind the end is empty: it cannot be satisfied.
    """
    match = RANGE.fullmatch(said.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return Span(begin=max(size - int(match[2]), 0), end=size) if int(match[2]) else Span(begin=size, end=size)
    begin, end = int(match[1]), int(match[2]) + 1 if match[2] else size
    if match[2] and end <= begin:
        return None
    return Span(begin=min(begin, size), end=min(end, size))


def disposition(name: str) -> str:
    """Say under which name a file is saved, in ASCII and (RFC 5987) in full."""
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def headers_of(file: FileInfo) -> dict[str, str]:
    """What is said of a file whatever is sent of it."""
    return {
        "etag": f'"{file.sha256}"',
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": disposition(file.name),
        "content-security-policy": SANDBOX,
    }


def answer_download(pieces: AsyncIterator[bytes], name: str, *, kind: str) -> Response[Any]:
    """Answer with what is made while it is sent, to be saved under a name."""
    headers = {
        "cache-control": "no-store",
        "content-disposition": disposition(name),
        "content-security-policy": SANDBOX,
    }
    return Download(pieces, headers, kind=kind)


def answer_content(request: Request[Any, Any, Any], files: Files, file: FileInfo) -> Response[Any]:
    """Answer with a file: all of it, a range (206), that it is known already (304), or that it is not so long (416)."""
    headers, etag = headers_of(file), f'"{file.sha256}"'
    if _knows(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    said = request.headers.get("range", "")
    is_of_this = request.headers.get("if-range", etag) == etag
    span = span_of(said, file.size) if said and is_of_this else None
    if span is None:
        return _content(files, file, Span(begin=0, end=file.size), headers)
    if span.length <= 0:
        return _unsatisfiable(request, file)
    part = {"content-range": f"bytes {span.begin}-{span.end - 1}/{file.size}"}
    return _content(files, file, span, {**headers, **part}, status=206)


def _content(files: Files, file: FileInfo, span: Span, headers: dict[str, str], *, status: int = 200) -> "Download":
    kind = f"{file.type}; charset=utf-8" if _is_untold_text(file.type) else file.type
    pieces = files.read(file, offset=span.begin, length=span.length)
    return Download(pieces, {**headers, "content-length": str(span.length)}, kind=kind, status=status)


def _knows(said: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in said.split(",")}
    return "*" in tags or etag in tags


def _unsatisfiable(request: Request[Any, Any, Any], file: FileInfo) -> Response[Any]:
    body = problem_body(
        path=request.url.path,
        request_id=request_id_of(request.scope),
        status=416,
        code="range_not_satisfiable",
        detail=f"Range: the file has {file.size} bytes.",
    )
    headers = {"content-range": f"bytes */{file.size}"}
    return Response(body, status_code=416, media_type="application/problem+json", headers=headers)


class Download(Response[Any]):
    """Sends what comes in pieces; its end is told only if all of it has been sent."""

    def __init__(self, pieces: AsyncIterator[bytes], headers: dict[str, str], *, kind: str, status: int = 200) -> None:
        super().__init__(None, status_code=status, media_type=kind)
        self._all_headers = {**headers, "content-type": kind}
        self._pieces = cast(AsyncGenerator[bytes, None], pieces)

    def to_asgi_response(self, *_: Any, request: Request[Any, Any, Any], **__: Any) -> Any:
        """Return the application that sends it."""
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._pieces) as pieces:
            # What is not there says so by an error's status: the head is sent behind the first piece.
            first = await anext(pieces, b"")
            await send(self._head())
            if not scope["state"].get("is_head"):
                await self._send_all(scope, send, first, pieces)

    async def _send_all(self, scope: Scope, send: Send, first: bytes, pieces: AsyncIterator[bytes]) -> None:
        try:
            await _patiently(send, first)
            async for piece in pieces:
                await _patiently(send, piece)
            await send(cast(Any, {"type": "http.response.body", "body": b"", "more_body": False}))
        except (TimeoutError, TertuliaError) as error:  # what was promised cannot be kept: no end may say that it was
            log.warning("download.broken", path=scope["path"], error=type(error).__name__)
            hang_up(scope)

    def _head(self) -> Any:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._all_headers.items()]
        return {"type": "http.response.start", "status": self.status_code, "headers": headers}


async def _patiently(send: Send, piece: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await send(cast(Any, {"type": "http.response.body", "body": piece, "more_body": True}))


def _is_untold_text(kind: str) -> bool:
    return kind.startswith("text/") and "charset=" not in kind
