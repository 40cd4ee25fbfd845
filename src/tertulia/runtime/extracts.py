"""What can be had of the files that people attach: taken out once, and kept beside their bytes.

Whatever is wrong with a file, or with the place where it is kept, is a `NoExtract` with a reason: it is for the model
and for people to know, and never makes a turn fail.
"""

import base64
import re
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


class KeptFiles(Value):
    """Where files are that are no longer in their message, and which bytes an owner's file is.

    `sha256_of` takes an owner and a `file_id`, and raises FileNotFound.
    """

    blobs: BlobStore
    sha256_of: Callable[[str, str], Awaitable[str]]


class Extracts:
    """Takes out of files what can be had of them, each once."""

    def __init__(self, extractor: Extractor, kept: KeptFiles) -> None:
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
        self._size += _size(key, made)
        while self._size > MEMO_BYTES:
            self._size -= _size(*self._memo.popitem(last=False))
        return made

    async def _read(self, owner: str, file: FileAttachment) -> Extract:
        reading, charset = _reading_of(media_type_of(file)), _charset_of(file)
        if reading.text != "no":
            async with self._open(owner, file) as pieces:
                text = await read_text(pieces, charset=charset, guess=reading.text == "maybe")
            if text is not None:
                return text if text.text.strip() else NoExtract(reason="it is empty")
        if reading.task is None:
            return UNREADABLE
        return await self._extract(owner, file, Job(task=reading.task, charset=charset))

    async def _extract(self, owner: str, file: FileAttachment, job: Job) -> Extract:
        """Read a file in a process of its own, unless that was done before, by whomever."""
        sha256 = await self._kept.sha256_of(owner, file.file_id) if file.file_id else None
        name = _name_of(job)
        if sha256 is not None and (found := await self._find_kept(sha256, name)) is not None:
            return found
        async with self._open(owner, file) as pieces:
            made = await self._extractor.extract(job, pieces, owner=owner)
        if sha256 is not None and not (isinstance(made, NoExtract) and not made.is_final):
            await self._keep(sha256, name, made)
        return made

    async def _keep(self, sha256: str, name: str, made: Extract) -> None:
        try:
            await self._kept.blobs.put_derived(sha256, name, msgspec.msgpack.encode(made))
        except StorageUnavailable as error:  # a full disk: what was read is there all the same
            log.warning("extract.not_kept", error=error.message)

    async def _find_kept(self, sha256: str, name: str) -> Extract | None:
        found = await self._kept.blobs.find_derived(sha256, name)
        try:
            return None if found is None else msgspec.msgpack.decode(found, type=Extract)
        except msgspec.DecodeError:  # what was damaged where it is kept is made again
            return None

    @asynccontextmanager
    async def _open(self, owner: str, file: FileAttachment) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Begin to read a file, and close what it is read from as soon as it is read no further."""
        if file.content is not None:
            pieces = _decoded(file.content)
        elif file.file_id is not None:
            pieces = self._kept.blobs.read(await self._kept.sha256_of(owner, file.file_id))
        else:
            raise NotFound
        try:
            yield pieces
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()


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


def _name_of(job: Job) -> str:
    """Under which name what a job gives is kept: whoever claims another charset reads another text."""
    charset = re.sub(r"[^a-z0-9-]", "", job.charset.lower()) if job.task == "html" else ""
    return f"extract-{VERSION}.{job.task}" + (f".{charset}" if charset else "")


def _charset_of(file: FileAttachment) -> str:
    for parameter in file.type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')[:40]
    return ""


def _size(key: Key, extract: Extract) -> int:
    """About what is remembered of a file: what came of it, and its content if that stands in its message."""
    named = len(key[1].content or "") + 200
    match extract:
        case TextExtract(text=text):
            return named + len(text)
        case ImageExtract(data=data):
            return named + len(data)
        case _:
            return named


async def _decoded(content: str) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), PIECE):
        yield base64.b64decode(content[begin : begin + PIECE])
