"""The use case of taking sessions out: as JSON, which loses nothing, and as Markdown, for people.

A session is written while it is read, a page of turns or a piece of a file at a time: however long it is, no more of it
is in memory. It is its owner's, and so the agent's instructions are in its JSON; Markdown is for passing on and has
none.
"""

import base64
from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec

from tertulia.domain.agents import Agent
from tertulia.domain.errors import FileNotFound
from tertulia.domain.exports import ExportedFile, ExportedTurn, SessionExport
from tertulia.domain.sessions import Session
from tertulia.domain.turns import ENDED, Turn
from tertulia.engine.exporting import LeanLog
from tertulia.engine.markdown import heading_of, turn_in_markdown
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.attached import file_ids_of
from tertulia.runtime.clock import Clock
from tertulia.runtime.files import Files
from tertulia.runtime.stored_log import StoredLog
from tertulia.store.base import Store, StoredTurn

PAGE = 20
"""Turns that are read at once."""
AT_ONCE = 192 * 1024
"""Bytes of a file that are written at once: of a multiple of three, base64 can be strung together."""

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


class Exporting:
    """One session on its way out."""

    def __init__(self, store: Store, files: Files, owner: str, head: SessionExport) -> None:
        self._store = store
        self._files = files
        self._owner = owner
        self.head = head
        """All of it but turns and files."""

    @property
    def name(self) -> str:
        """What the session is called."""
        return self.head.session.session_name

    async def json(self, beside: list[ExportedFile] | None = None) -> AsyncIterator[bytes]:
        """Yield a `SessionExport`; without the content of its files if that goes `beside` it: those are added there."""
        yield _encode(self.head).removesuffix(b',"turns":[],"files":[]}') + b',"turns":['
        used: dict[str, None] = {}
        async for place, turn in _numbered(self._turns()):
            used |= dict.fromkeys(file_ids_of(turn.turn))
            yield (b",\n" if place else b"\n") + _encode(turn)
        yield b'],"files":['
        async for place, file in _numbered(self._used(used)):
            yield b",\n" if place else b"\n"
            if beside is None:
                async for piece in self._with_content(file):
                    yield piece
            else:
                beside.append(file)
                yield _encode(file)
        yield b"]}\n"

    async def _used(self, file_ids: dict[str, None]) -> AsyncIterator[ExportedFile]:
        for file_id in file_ids:
            try:
                file = await self._store.get_file(self._owner, file_id)
            except FileNotFound:
                continue
            yield ExportedFile(info=file.info, is_listed=file.is_listed, purpose=file.purpose)

    async def _with_content(self, file: ExportedFile) -> AsyncIterator[bytes]:
        pieces = in_equal_pieces(self._files.read(file.info))
        try:
            first = await anext(pieces, b"")
        except FileNotFound:  # its bytes are lost, and what is known of it is still something
            yield _encode(file)
            return
        yield _encode(file).removesuffix(b"null}") + b'"' + base64.b64encode(first)
        async for piece in pieces:
            yield base64.b64encode(piece)
        yield b'"}'

    async def markdown(self) -> AsyncIterator[bytes]:
        """Yield it for people to read."""
        yield heading_of(self.head).encode()
        async for turn in self._turns():
            yield turn_in_markdown(turn.turn).encode()

    async def _turns(self) -> AsyncIterator[ExportedTurn]:
        cursor: str | None = None
        while True:
            page = await self._store.list_turns(
                self._owner, self.head.session.session_id, order="asc", limit=PAGE, cursor=cursor
            )
            for stored in page.items:
                yield await self._turn(stored)
            if (cursor := page.next_cursor) is None:
                return

    async def _turn(self, stored: StoredTurn) -> ExportedTurn:
        lean = LeanLog()
        async for page in StoredLog(self._store, self._owner, stored.record.turn_id).pages():
            lean.add(page)
        turn = None if stored.turn is None else msgspec.json.decode(stored.turn, type=Turn)
        if turn is None or turn.status not in ENDED:  # it may have gone on since: its log is what there is of it now
            events = lean.events()
            return ExportedTurn(turn=project(replay(events)), events=events)
        return ExportedTurn(turn=turn, events=lean.events(turn))


class Exports:
    """What people take out."""

    def __init__(self, store: Store, files: Files, *, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    async def session(self, owner: str, agent_id: str, session_id: str) -> Exporting:
        """Begin to take a session out. Raises SessionNotFound."""
        session = await self._store.get_session(owner, agent_id, session_id)
        return self.of(owner, await self._store.get_agent(owner, agent_id), session)

    def of(self, owner: str, agent: Agent, session: Session) -> Exporting:
        """Begin to take a session out that has been read."""
        head = SessionExport(exported_at=self._clock(), agent=agent, session=session)
        return Exporting(self._store, self._files, owner, head)


async def in_equal_pieces(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the same bytes in pieces of `AT_ONCE`, but for the last."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        while len(waiting) >= AT_ONCE:
            yield bytes(waiting[:AT_ONCE])
            del waiting[:AT_ONCE]
    if waiting:
        yield bytes(waiting)


async def _numbered(items: AsyncIterator[T]) -> AsyncIterator[tuple[int, T]]:
    place = 0
    async for item in items:
        yield place, item
        place += 1
