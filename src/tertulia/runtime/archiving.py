"""The use case of taking out all that an owner has, as one archive that is written while it is read (`.tar.gz`).

    account.json            what this is, and what the owner prefers
    agents/{id}.json        an `Agent`
    sessions/{id}.json      a `SessionExport` with one of these agents; its files' content follows it
    files/{sha256}          the content of a file of the session before, or of the upload before
    uploads/{id}.json       an `ExportedFile` that no session uses

A session is on the disk for as long as it takes to know how long it is; in memory is never more than a piece.
"""

import asyncio
import tarfile
import zlib
from collections.abc import AsyncIterator, Callable
from tempfile import SpooledTemporaryFile
from urllib.parse import quote

import msgspec

from tertulia.domain.agents import Agent
from tertulia.domain.errors import FileNotFound, NotFound
from tertulia.domain.exports import AccountExport, ExportedFile
from tertulia.domain.files import FileInfo
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.runtime.clock import Clock
from tertulia.runtime.exporting import Exports
from tertulia.runtime.files import Files
from tertulia.store.base import Store

PAGE = 100
BLOCK = tarfile.BLOCKSIZE
PIECE = 192 * 1024
IN_MEMORY = 1024 * 1024
"""Bytes of a session that need no disk."""
QUICK = 1
GZIP = 31
"""How zlib is told to write gzip."""

_encode = msgspec.json.Encoder().encode


class Archives:
    """What people take out of all that they have."""

    def __init__(self, store: Store, files: Files, exports: Exports, *, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._exports = exports
        self._clock = clock

    async def count(self, owner: str) -> int:
        """How many sessions an archive has."""
        sessions = 0
        async for agent in self._agents(owner):
            async for _ in self._sessions(owner, agent):
                sessions += 1
        return sessions

    async def pieces(self, owner: str, on_session: Callable[[], None] = lambda: None) -> AsyncIterator[bytes]:
        """Yield an archive; say when another session is in it."""
        gzip = zlib.compressobj(QUICK, zlib.DEFLATED, GZIP)
        async for piece in self._tar(owner, on_session):
            if packed := gzip.compress(piece):
                yield packed
        yield gzip.compress(bytes(2 * BLOCK)) + gzip.flush()

    async def _tar(self, owner: str, on_session: Callable[[], None]) -> AsyncIterator[bytes]:
        preferences = await self._store.get_preferences(owner)
        yield _entry("account.json", _encode(AccountExport(exported_at=self._clock(), preferences=preferences)))
        used: set[str] = set()
        async for agent in self._agents(owner):
            yield _entry(f"agents/{_safe(agent.agent_id)}.json", _encode(agent))
            async for session in self._sessions(owner, agent):
                async for piece in self._session(owner, agent, session, used):
                    yield piece
                on_session()
        async for file in self._uploads(owner):
            if file.info.file_id not in used:
                yield _entry(f"uploads/{_safe(file.info.file_id)}.json", _encode(file))
                async for piece in self._content(file.info):
                    yield piece

    async def _session(self, owner: str, agent: Agent, session: Session, used: set[str]) -> AsyncIterator[bytes]:
        files: list[ExportedFile] = []
        with SpooledTemporaryFile(IN_MEMORY) as spool:
            try:
                async for piece in self._exports.of(owner, agent, session).json(beside=files):
                    spool.write(piece)
            except NotFound:  # it has been deleted meanwhile
                return
            size = spool.tell()
            spool.seek(0)
            yield _head(f"sessions/{_safe(session.session_id)}.json", size)
            while piece := await asyncio.to_thread(spool.read, PIECE):
                yield piece
            yield _padding(size)
        for file in files:
            used.add(file.info.file_id)
            async for piece in self._content(file.info):
                yield piece

    async def _content(self, info: FileInfo) -> AsyncIterator[bytes]:
        pieces = self._files.read(info)
        try:
            first = await anext(pieces, b"")
        except FileNotFound:
            return
        yield _head(f"files/{info.sha256}", info.size) + first
        async for piece in pieces:
            yield piece
        yield _padding(info.size)

    # --- all that there is, a page at a time ---

    async def _agents(self, owner: str) -> AsyncIterator[Agent]:
        cursor: str | None = None
        while True:
            page = await self._store.list_agents(owner, limit=PAGE, cursor=cursor)
            for agent in page.items:
                yield agent
            if (cursor := page.next_cursor) is None:
                return

    async def _sessions(self, owner: str, agent: Agent) -> AsyncIterator[Session]:
        """Those that something happens to meanwhile come again at the end, and are none the worse for it."""
        which = SessionFilter(agent_id=agent.agent_id, archived=None)
        cursor: str | None = None
        while True:
            page = await self._store.list_sessions(owner, which, order="asc", limit=PAGE, cursor=cursor)
            for session in page.items:
                yield session
            if (cursor := page.next_cursor) is None:
                return

    async def _uploads(self, owner: str) -> AsyncIterator[ExportedFile]:
        cursor: str | None = None
        while True:
            page = await self._store.list_files(owner, order="asc", limit=PAGE, cursor=cursor)
            for file in page.items:
                yield ExportedFile(info=file.info, is_listed=True, purpose=file.purpose)
            if (cursor := page.next_cursor) is None:
                return


def _safe(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E")[:200]


def _entry(name: str, data: bytes) -> bytes:
    return _head(name, len(data)) + data + _padding(len(data))


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)
