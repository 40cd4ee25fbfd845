"""What can be had of the files that people attach: taken out once, and kept beside their bytes.

Whatever is wrong with a file, or with the place where it is kept, is a `NoExtract` with a reason: it is for the model
and for people to know, and never makes a turn fail.
"""

import base64
import binascii
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal

import msgspec
import structlog

from tertulia.blobs.base import BlobStore
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.errors import NotFound, StorageUnavailable
from tertulia.extract.base import VERSION, Extract, ImageExtract, Job, NoExtract, Task, TextExtract
from tertulia.extract.extractor import Extractor
from tertulia.extract.text import read_text
from tertulia.models.files import TEXT_TYPES, media_type_of
from tertulia.runtime.locks import Locks

log = structlog.get_logger()

MEMO_BYTES = 32 * 1024 * 1024
"""How much of what was taken out is kept in memory; the least recently used leaves first."""
PIECE = 256 * 1024
"""Of base64 that is decoded at once; a multiple of four."""

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
SILENT_TYPES = ("audio/", "video/", "font/", "model/")
"""What has no text, and no model here takes."""
DOCUMENT_TYPES = ("application/pdf", "application/zip", "application/msword", "application/vnd.", "application/x-ole")
"""What is opened to see what it is; the bytes decide."""
UNREADABLE = NoExtract(reason="no text can be had of files of this kind")

Key = tuple[str, FileAttachment]
Place = tuple[str, str | None]
"""An owner, and the hash of the bytes that are kept."""
Content = Callable[[], AsyncIterator[bytes]]
"""Begins to read a file."""


class KeptFiles(Value):
    """Where files are that are no longer in their message, and which bytes an owner's file is.

    `sha256_of` takes an owner and a `file_id`, and raises FileNotFound.
    """

    blobs: BlobStore
    sha256_of: Callable[[str, str], Awaitable[str]]


class Extracts:
    """Takes out of files what can be had of them, each once."""

    def __init__(self, extractor: Extractor, kept: KeptFiles | None = None) -> None:
        self._extractor = extractor
        self._kept = kept
        self._memo: OrderedDict[Key, Extract] = OrderedDict()
        self._size = 0
        self._locks = Locks()

    async def of(self, owner: str, file: FileAttachment) -> Extract:
        """Return what can be had of an owner's file. Who asks for the same at once shares the work."""
        key = (owner, file)
        if (known := self._find(key)) is not None:
            return known
        async with self._locks.of(f"{owner} {file.file_id or hash(file)}"):
            return self._find(key) or await self._make(key)

    def _find(self, key: Key) -> Extract | None:
        known = self._memo.get(key)
        if known is not None:
            self._memo.move_to_end(key)
        return known

    async def _make(self, key: Key) -> Extract:
        owner, file = key
        try:
            made = await self._read(owner, file)
        except NotFound:
            return NoExtract(reason="it is no longer here")
        except StorageUnavailable:
            return NoExtract(reason="the place where files are kept cannot be reached just now")
        except Exception:
            log.exception("extract.failed", file_id=file.file_id)
            return NoExtract(reason="the server failed to read it")
        self._memo[key] = made
        self._size += _size(made)
        while self._size > MEMO_BYTES:
            self._size -= _size(self._memo.popitem(last=False)[1])
        return made

    async def _read(self, owner: str, file: FileAttachment) -> Extract:
        sha256 = await self._kept.sha256_of(owner, file.file_id) if self._kept and file.file_id else None

        def content() -> AsyncIterator[bytes]:
            if self._kept is not None and sha256 is not None:
                return self._kept.blobs.read(sha256)
            return _decoded(file.content)

        try:
            return await self._read_as(_reading_of(media_type_of(file)), file, content, (owner, sha256))
        except binascii.Error:
            return NoExtract(reason="its content is no valid base64")

    async def _read_as(
        self,
        reading: "Reading",
        file: FileAttachment,
        content: Content,
        place: Place,
    ) -> Extract:
        charset = _charset_of(file)
        if reading.text != "no":
            async with _opened(content()) as pieces:
                text = await read_text(pieces, charset=charset, guess=reading.text == "maybe")
            if text is not None:
                return text if text.text.strip() else NoExtract(reason="it is empty")
        if reading.task is None:
            return UNREADABLE
        return await self._extract(Job(task=reading.task, charset=charset), content, place)

    async def _extract(self, job: Job, content: Content, place: Place) -> Extract:
        sha256 = place[1]
        name = f"extract-{VERSION}.{job.task}"
        if self._kept is None or sha256 is None:
            return await self._extract_anew(job, content, place)
        if (found := await self._kept.blobs.find_derived(sha256, name)) is not None:
            return msgspec.msgpack.decode(found, type=Extract)
        made = await self._extract_anew(job, content, place)
        if not isinstance(made, NoExtract) or made.is_final:
            await self._kept.blobs.put_derived(sha256, name, msgspec.msgpack.encode(made))
        return made

    async def _extract_anew(self, job: Job, content: Content, place: Place) -> Extract:
        async with _opened(content()) as pieces:
            return await self._extractor.extract(job, pieces, owner=place[0])


class Reading(Value):
    """How a file is read: as text, if it is or may be some; else by a task, if there is one."""

    text: Literal["no", "maybe", "yes"] = "no"
    task: Task | None = None


def _reading_of(media_type: str) -> Reading:
    if media_type in HTML_TYPES:
        return Reading(task="html")
    if TEXT_TYPES.fullmatch(media_type):
        return Reading(text="yes", task="document")
    if media_type.startswith("image/"):
        return Reading(task="image")
    if media_type.startswith(SILENT_TYPES):
        return Reading()
    return Reading(text="no" if media_type.startswith(DOCUMENT_TYPES) else "maybe", task="document")


def _charset_of(file: FileAttachment) -> str:
    for parameter in file.type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')[:40]
    return ""


def _size(extract: Extract) -> int:
    match extract:
        case TextExtract(text=text):
            return len(text) + 200
        case ImageExtract(data=data):
            return len(data) + 200
        case _:
            return 200


@asynccontextmanager
async def _opened(pieces: AsyncIterator[bytes]) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Read, and close what is read from as soon as it is read no further."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def _decoded(content: str | None) -> AsyncIterator[bytes]:
    if content is None:
        raise NotFound
    for begin in range(0, len(content), PIECE):
        yield base64.b64decode(content[begin : begin + PIECE], validate=True)
