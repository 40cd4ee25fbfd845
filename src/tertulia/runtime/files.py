"""Use cases of files: upload, read, list, delete; and what turns do with files.

The bytes of a file are kept before anybody is told of it, and its row is written with whatever needs it: an upload's by
itself, a message's in the transaction that takes its turn on. What is left over when that fails is cleared away.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

import structlog
from msgspec.structs import replace

from tertulia.blobs.base import Blob, BlobStore
from tertulia.domain.attachments import INLINE_BYTES, FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.errors import (
    Conflict,
    FieldError,
    FileNotFound,
    InvalidRequest,
    StorageFull,
    StorageUnavailable,
    TertuliaError,
    TooLarge,
    TurnNotFound,
)
from tertulia.domain.exports import ExportedFile
from tertulia.domain.files import FileInfo, clean_name, url_of
from tertulia.domain.messages import InputMessage
from tertulia.domain.paging import Order, Page
from tertulia.domain.turns import Turn
from tertulia.runtime.attached import Attached, attached_to, with_files, without_files
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, NewId
from tertulia.runtime.patience import patiently
from tertulia.runtime.sniffing import HEAD, sniff
from tertulia.store.files import FileStore, StoredFile
from tertulia.tools.base import ToolFile

log = structlog.get_logger()
T = TypeVar("T")
RoomFor = Callable[[str, int], AbstractAsyncContextManager[str | None]]
"""Keeps room for so many bytes of an owner's, and says under which name. Raises StorageFull."""

RESERVED_SECONDS = 3600.0
"""How long bytes may be on their way from where blobs stay to a row that names them."""
WAITS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks at a blob that is just being deleted."""
IN_THREAD = 256 * 1024
"""Characters of base64 from which on it is coded off the loop."""
MAX_MADE = 10
"""How many files of one tool's answer are kept."""


class FileLimits(Value):
    """How large a file may be, and how long one stays that no turn uses."""

    max_file_bytes: int = 25_000_000
    unused_hours: float = 24


class TakenIn(Value):
    """The messages of a new turn, with files that are kept; which are new, and which it uses besides."""

    messages: list[InputMessage]
    new_files: list[StoredFile]
    used_files: list[str]


class Files:
    """What people and turns do with files."""

    def __init__(
        self,
        store: FileStore,
        blobs: BlobStore,
        *,
        clock: Clock,
        new_id: NewId,
        limits: FileLimits | None = None,
        room_for: RoomFor | None = None,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._new_id = new_id
        self._limits = limits or FileLimits()
        self._room_for = room_for or any_room

    # --- people ---

    @property
    def unused_hours(self) -> float:
        """How long an upload stays that no turn uses."""
        return self._limits.unused_hours

    async def upload(
        self,
        owner: str,
        claims: Callable[[], FileAttachment],
        pieces: AsyncIterable[bytes],
        *,
        size: int | None = None,
        purpose_of: Callable[[], str] = str,
    ) -> StoredFile:
        """Keep a file that comes in pieces, under the name and the type that it claims as far as they hold.

        What it claims, and is for, is known when all of it has come; that it has no more bytes than `size`, before.
        Raises TooLarge as soon as it is larger than the limit, StorageFull before it comes, and StorageUnavailable;
        then nothing is kept.
        """
        most = self._limits.max_file_bytes
        async with self._room_for(owner, most if size is None else min(size, most)) as reservation:
            file = await self._keep(claims, pieces)
            file = replace(file, is_listed=True, purpose=purpose_of())
            await self._store.add_file(owner, file, reservation=reservation)
        about(file_id=file.info.file_id)
        return file

    async def get(self, owner: str, file_id: str) -> StoredFile:
        """Raises FileNotFound."""
        return await self._store.get_file(owner, file_id)

    async def list_files(
        self, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
    ) -> Page[StoredFile]:
        """A page of the files that an owner has uploaded, by age."""
        return await self._store.list_files(owner, order=order, limit=limit, cursor=cursor, purpose=purpose)

    async def delete(self, owner: str, file_id: str) -> None:
        """Delete a file; one that turns use is listed no more, and goes with the last of them. Raises FileNotFound."""
        await self._store.delete_file(owner, file_id)

    def read(self, file: FileInfo, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Yield a file's bytes, or a span of them. Raises FileNotFound, StorageUnavailable."""
        return self._blobs.read(file.sha256, offset=offset, length=length)

    async def has(self, owner: str, file_id: str) -> bool:
        """Tell whether a file is there."""
        try:
            await self._store.get_file(owner, file_id)
        except FileNotFound:
            return False
        return True

    async def bring(self, owner: str, file: ExportedFile, pieces: AsyncIterable[bytes]) -> StoredFile | None:
        """Keep the bytes of a file that was exported; whatever uses it adds it. None if the same file is here already.

        Raises Conflict if another file has its id here, InvalidRequest if the bytes are not those it had; TooLarge.
        """
        try:
            here = await self._store.get_file(owner, file.info.file_id)
        except FileNotFound:
            return await self._brought(file, pieces)
        if here.info.sha256 != file.info.sha256:
            raise Conflict("Another file with this id is here already.")
        return None

    async def _brought(self, file: ExportedFile, pieces: AsyncIterable[bytes]) -> StoredFile:
        info = (await self._keep(file.info.as_attachment, pieces)).info
        if info.sha256 != file.info.sha256:
            raise InvalidRequest(f"The file {file.info.name!r} is damaged: its bytes are not those of its sha256.")
        file_id = file.info.file_id
        info = replace(info, file_id=file_id, created_at=file.info.created_at, url=url_of(file_id))
        return StoredFile(info=info, is_listed=file.is_listed, purpose=file.purpose)

    async def sha256_of(self, owner: str, file_id: str) -> str:
        """The name of the blob that a file is. Raises FileNotFound."""
        return (await self._store.get_file(owner, file_id)).info.sha256

    async def _keep(self, claims: Callable[[], FileAttachment], pieces: AsyncIterable[bytes]) -> StoredFile:
        """Keep bytes, and say what row there is to be of them."""
        head = bytearray()

        async def watched() -> AsyncIterator[bytes]:
            async for piece in pieces:
                if len(head) < HEAD:
                    head.extend(piece[: HEAD - len(head)])
                yield piece

        blob = await self._blobs.put(watched(), limit=self._limits.max_file_bytes, reserve=self._reserve)
        file_id, claimed = self._new_id(), claims()
        info = FileInfo(
            file_id=file_id,
            name=clean_name(claimed.name),
            type=sniff(bytes(head), claimed=claimed.type, name=claimed.name),
            size=blob.size,
            sha256=blob.sha256,
            created_at=self._clock(),
            url=url_of(file_id),
        )
        return StoredFile(info=info, is_listed=False)

    async def _keep_data(self, claims: FileAttachment, data: bytes) -> StoredFile:
        return await self._keep(lambda: claims, _one_piece(data))

    async def _reserve(self, blob: Blob) -> None:
        for wait in WAITS:
            await asyncio.sleep(wait)
            if await self._store.reserve_blob(blob.sha256, size=blob.size, seconds=RESERVED_SECONDS):
                return
        raise StorageUnavailable("The same bytes are just being deleted. Send them again.", retry_after=5)

    # --- turns ---

    def room(self, owner: str, size: int) -> AbstractAsyncContextManager[str | None]:
        """Keep room for so many bytes that are brought, while the block runs. Raises StorageFull."""
        return self._room_for(owner, size) if size else any_room(owner, 0)

    def room_for(self, owner: str, messages: Sequence[InputMessage]) -> AbstractAsyncContextManager[str | None]:
        """Keep room for the files that come with messages, until they are taken on. Raises StorageFull."""
        sizes = [decoded_size(each.file.content) for each in attached_to(messages) if each.file.file_id is None]
        return self.room(owner, sum(sizes))

    async def take_in(self, owner: str, messages: Sequence[InputMessage]) -> TakenIn:
        """Keep the files that come with messages, and find those that they name.

        Raises InvalidRequest, TooLarge and FileNotFound, which name the place; StorageUnavailable.
        """
        found: dict[str, FileAttachment] = {}
        brought: list[tuple[Attached, bytes]] = []
        used: list[str] = []
        for each in attached_to(messages):
            if each.file.file_id is not None:
                found[each.pointer] = await self._named(owner, each, each.file.file_id)
                used.append(each.file.file_id)
            else:
                brought.append((each, await self._decode(each)))
        new = [(each, data, await self._keep_data(each.file, data)) for each, data in brought]
        for each, data, file in new:
            content = each.file.content if len(data) <= INLINE_BYTES else None
            found[each.pointer] = file.info.as_attachment(content)
        return TakenIn(
            messages=with_files(messages, found), new_files=[file for _, _, file in new], used_files=sorted(set(used))
        )

    async def _named(self, owner: str, each: Attached, file_id: str) -> FileAttachment:
        pointer = f"{each.pointer}/file_id"
        try:
            info = (await self._store.get_file(owner, file_id)).info
        except FileNotFound as missing:
            detail = f"there is no file {file_id[:100]!r}"
            raise FileNotFound(
                f"{pointer}: {detail}. {missing.message.partition('. ')[2]}",
                errors=[FieldError(pointer=pointer, detail=detail)],
            ) from None
        content = await self._content_of(info) if info.size <= INLINE_BYTES else None
        return info.as_attachment(content)

    async def _decode(self, each: Attached) -> bytes:
        pointer = f"{each.pointer}/{'data' if each.is_image else 'content'}"
        content = each.file.content or ""
        try:
            data = await _off_loop(len(content), lambda: base64.b64decode(content, validate=True))
        except (binascii.Error, ValueError):
            detail = "the content is not base64"
            raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]) from None
        refuse_larger(len(data), self._limits.max_file_bytes, pointer)
        return data

    async def keep_made(self, owner: str, turn_id: str, made: Sequence[ToolFile]) -> list[FileAttachment]:
        """Keep what a tool has made for a turn. What is too large, or cannot be kept now, is left out.

        All of it together has no more content in the turn than one file of a message: a turn has many calls.
        """
        made = made[:MAX_MADE]
        try:
            async with self._room_for(owner, sum(len(file.data) for file in made)):
                return await self._keep_all(owner, turn_id, made)
        except (StorageFull, StorageUnavailable) as error:
            log.warning("tool.files_not_kept", turn_id=turn_id, error=error.code)
            return []

    async def _keep_all(self, owner: str, turn_id: str, made: Sequence[ToolFile]) -> list[FileAttachment]:
        kept: list[tuple[StoredFile, bytes]] = []
        for file in made:
            claims = FileAttachment(name=file.name[:255], type=file.type[:255])
            try:
                kept.append((await self._keep_data(claims, file.data), file.data))
            except TertuliaError as error:
                log.warning("tool.file_not_kept", turn_id=turn_id, size=len(file.data), error=error.code)
        if not kept:
            return []
        try:
            await patiently(lambda: self._store.add_files_of_turn(owner, turn_id, [stored for stored, _ in kept]))
        except Conflict:
            pass  # an earlier try has done it
        except TurnNotFound as error:  # it was deleted while the tool ran
            log.warning("tool.files_not_kept", turn_id=turn_id, error=error.code)
            return []
        return _as_attachments(kept)

    async def with_content(self, owner: str, turn: Turn) -> Turn:
        """Return a turn with the content of its files, as far as all of it together is no larger than one may be."""
        lacking = [each for each in attached_to(turn.input_messages) if _lacks_content(each.file)]
        made = [file for file in turn.output_attachments if _lacks_content(file)]
        if not lacking and not made:
            return turn
        filled = await self._filled(owner, [*(each.file for each in lacking), *made])
        found = {each.pointer: filled[each.file.file_id or ""] for each in lacking if each.file.file_id in filled}
        return replace(
            turn,
            input_messages=with_files(turn.input_messages, found),
            output_attachments=[filled.get(file.file_id or "", file) for file in turn.output_attachments],
        )

    async def _filled(self, owner: str, files: Sequence[FileAttachment]) -> dict[str, FileAttachment]:
        found: dict[str, FileAttachment] = {}
        left = self._limits.max_file_bytes
        for file_id in dict.fromkeys(file.file_id for file in files if file.file_id):
            try:
                info = (await self._store.get_file(owner, file_id)).info
                if info.size > left:
                    continue
                found[file_id] = info.as_attachment(await self._content_of(info))
            except FileNotFound:
                continue  # what was restored from a backup may be without its files
            left -= info.size
        return found

    async def _content_of(self, info: FileInfo) -> str:
        data = b"".join([piece async for piece in self._blobs.read(info.sha256)])
        return await _off_loop(len(data), lambda: base64.b64encode(data).decode())

    async def are_same(self, owner: str, kept: Sequence[InputMessage], sent: Sequence[InputMessage]) -> bool:
        """Tell whether messages that were kept came from these, files and all."""
        if without_files(kept) != without_files(sent):
            return False
        pairs = zip(attached_to(kept), attached_to(sent), strict=True)
        return all([await self._is_same(owner, one.file, other.file) for one, other in pairs])

    async def _is_same(self, owner: str, kept: FileAttachment, sent: FileAttachment) -> bool:
        if kept == sent or kept.file_id is None or sent.file_id is not None:
            return kept == sent or (kept.file_id is not None and kept.file_id == sent.file_id)
        try:
            data = base64.b64decode(sent.content or "", validate=True)
            return hashlib.sha256(data).hexdigest() == await self.sha256_of(owner, kept.file_id)
        except (binascii.Error, ValueError, FileNotFound):
            return False


@asynccontextmanager
async def any_room(_owner: str, _size: int) -> AsyncGenerator[None]:
    """Keep no room: there is enough for everybody."""
    yield None


def decoded_size(content: str | None) -> int:
    """Return how many bytes base64 stands for, at the most."""
    return len(content or "") * 3 // 4


def refuse_larger(size: int, limit: int, pointer: str) -> None:
    """Raise TooLarge, naming the field, if a file is larger than it may be."""
    if size > limit:
        raise TooLarge(
            f"The file has {size / 1e6:.1f} MB; the limit is {limit / 1e6:.0f} MB.",
            errors=[FieldError(pointer=pointer, detail="too large")],
        )


def _as_attachments(kept: Sequence[tuple[StoredFile, bytes]]) -> list[FileAttachment]:
    """Return files as a turn has them, with their content as long as there is room for it."""
    attachments: list[FileAttachment] = []
    room = INLINE_BYTES
    for stored, data in kept:
        fits = len(data) <= room
        room -= len(data) if fits else 0
        attachments.append(stored.info.as_attachment(base64.b64encode(data).decode() if fits else None))
    return attachments


def _lacks_content(file: FileAttachment) -> bool:
    return file.content is None and file.file_id is not None


async def _one_piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _off_loop(size: int, work: Callable[[], T]) -> T:
    """Do work in a thread if it is long."""
    return await asyncio.to_thread(work) if size >= IN_THREAD else work()
