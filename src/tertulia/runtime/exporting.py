"""The use case of taking sessions out: as JSON, which loses nothing, and as Markdown, for people.

A session is written while it is read, a page of turns or a piece of a file at a time: however long it is, no more of it
is in memory. It is its owner's, and so the agent's instructions are in its JSON; Markdown is for passing on and has
none.
"""

import base64
from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent
from tertulia.domain.errors import FileNotFound, TurnNotFound
from tertulia.domain.events import LoggedEvent
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
from tertulia.runtime.moving import Move, moved, name_in, with_parent
from tertulia.runtime.stored_log import StoredLog
from tertulia.runtime.trees import PAGE, tree_of
from tertulia.store.base import Store
from tertulia.store.turns import StoredTurn, TurnRecord

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
        self._move = Move(agent_id=head.session.agent_id, session_id=head.session.session_id, turn_ids={}, file_ids={})

    @property
    def name(self) -> str:
        """What the session is called."""
        return self.head.session.session_name

    async def _named(self) -> SessionExport:
        """The head, with the active turn as it is called in here: a fork's may be one that it has of others."""
        session = self.head.session
        if session.active_turn_id is None:
            return self.head
        try:
            found = await self._store.get_turn(
                self._owner, session.agent_id, session.session_id, session.active_turn_id
            )
        except TurnNotFound:  # it was deleted just now
            return self.head
        active = name_in(session.session_id, found.record)
        return replace(self.head, session=replace(session, active_turn_id=active))

    async def json(self, beside: list[ExportedFile] | None = None) -> AsyncIterator[bytes]:
        """Yield a `SessionExport`; without the content of its files if that goes `beside` it: those are added there."""
        yield _encode(await self._named()).removesuffix(b',"turns":[],"files":[]}') + b',"turns":['
        used: dict[str, None] = {}
        async for place, turn in _numbered(self._tree()):
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
        async for turn in self._branch():
            yield turn_in_markdown(turn.turn).encode()

    async def _tree(self) -> AsyncIterator[ExportedTurn]:
        async for stored in tree_of(self._store, self._owner, self.head.session.session_id):
            yield await self._turn(stored)

    async def _branch(self) -> AsyncIterator[ExportedTurn]:
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
            return self._as_own(stored.record, lean.events())
        own = self._as_own(stored.record, lean.events(turn))
        own = replace(own, turn=replace(own.turn, feedback=turn.feedback))
        if stored.record.session_id != self.head.session.session_id:
            return own
        return replace(own, turn=replace(turn, parent_turn_id=own.turn.parent_turn_id))

    def _as_own(self, record: TurnRecord, events: list[LoggedEvent]) -> ExportedTurn:
        """Return a turn as one of this session by itself, whosever it is, and with its parent, if its log has none."""
        session = self.head.session
        turn_id = self._move.turn_ids[record.turn_id] = name_in(session.session_id, record)
        events = [moved(with_parent(logged, record.parent_turn_id), turn_id, self._move) for logged in events]
        return ExportedTurn(turn=project(replay(events)), events=events)


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
