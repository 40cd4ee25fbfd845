"""The use case of bringing a session in that was exported: the whole of it or nothing.

It keeps its ids where they are free. Where they are not, because the session has gone on here, or is somebody else's or
another agent's, a copy comes under ids that follow from what comes: who brings the same again finds what came before.
What a person granted is granted where it was: it does not come along.
"""

import asyncio
import base64
import binascii
import datetime as dt
import re
from collections.abc import AsyncIterator

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import Conflict, FieldError, InvalidRequest, SessionNotFound
from tertulia.domain.exports import ExportedFile, ExportedTurn, SessionExport
from tertulia.domain.sessions import Session, SessionName, refuse_large
from tertulia.domain.tags import Tags, sole
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import IllegalEvent, replay
from tertulia.runtime.arriving import LARGEST_COUNT, Brought, InLine, arrived
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, id_of
from tertulia.runtime.files import Files, decoded_size
from tertulia.runtime.moving import Move, moved, name_in
from tertulia.runtime.trees import tree_of
from tertulia.store.base import Store
from tertulia.store.files import StoredFile
from tertulia.store.importing import ImportedTurn

ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Imports:
    """What people bring in."""

    def __init__(self, store: Store, files: Files, *, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    async def bring(self, owner: str, agent_id: str, export: SessionExport) -> tuple[Session, bool]:
        """Return the session as it is here, and whether it came just now.

        Raises AgentNotFound; InvalidRequest, which names the place; TooLarge, StorageFull, StorageUnavailable.
        """
        await asyncio.to_thread(_check, export)  # it may be large, and others are waiting
        await self._store.get_agent(owner, agent_id)
        about(from_id=export.session.session_id)
        for move in (_as_it_is(agent_id, export), _as_a_copy(owner, agent_id, export)):
            about(session_id=move.session_id)
            if (here := await self._find(owner, move, export)) is not None:
                return here, False
            try:
                async with self._files.room(owner, sum(decoded_size(each.content) for each in export.files)):
                    await self._import(owner, move, export)
            except Conflict:  # an id is taken; if by the same import, at the same time, then it is here now
                if (here := await self._find(owner, move, export)) is not None:
                    return here, False
            else:
                return await self._store.get_session(owner, agent_id, move.session_id), True
        raise Conflict("Ids of this session are taken here, and those of a copy of it are, too.")

    async def _find(self, owner: str, move: Move, export: SessionExport) -> Session | None:
        """The session, if it is here with all turns of the export, whatever came after them."""
        try:
            here = await self._store.get_session(owner, move.agent_id, move.session_id)
        except SessionNotFound:
            return None
        missing = {move.turn_ids[each.turn.turn_id] for each in export.turns}
        async for stored in tree_of(self._store, owner, here.session_id):
            missing.discard(name_in(here.session_id, stored.record))
        return None if missing else here

    async def _import(self, owner: str, move: Move, export: SessionExport) -> None:
        files: dict[str, StoredFile | None] = {}
        for place, file in enumerate(export.files):
            brought = _renamed(file, move)
            if file.content is not None:
                data = _decoded(file.content, f"/files/{place}/content")
                files[brought.info.file_id] = await self._files.bring(owner, brought, _one_piece(data))
            elif await self._files.has(owner, brought.info.file_id):
                files[brought.info.file_id] = None
        session = replace(export.session, session_id=move.session_id, agent_id=move.agent_id, turns=[])
        tip = move.turn_ids.get(session.active_turn_id or "")
        session = replace(session, active_turn_id=tip, tags=sole(session.tags))
        turns = await asyncio.to_thread(_turns, export, move, files, at=self._clock())
        await self._store.import_session(owner, session, turns)


def _as_it_is(agent_id: str, export: SessionExport) -> Move:
    turn_ids = {each.turn.turn_id: each.turn.turn_id for each in export.turns}
    return Move(agent_id=agent_id, session_id=export.session.session_id, turn_ids=turn_ids, file_ids={})


def _as_a_copy(owner: str, agent_id: str, export: SessionExport) -> Move:
    """The ids that follow from who brings what to whom."""
    turn_ids = [each.turn.turn_id for each in export.turns]
    last = str(export.turns[-1].events[-1].id) if export.turns else ""
    session_id = id_of("import", owner, agent_id, export.session.session_id, *turn_ids, last)
    return Move(
        agent_id=agent_id,
        session_id=session_id,
        turn_ids={turn_id: id_of(session_id, turn_id) for turn_id in turn_ids},
        file_ids={
            each.info.file_id: id_of(session_id, each.info.file_id) for each in export.files if each.content is not None
        },
    )


def _turns(export: SessionExport, move: Move, files: Brought, *, at: str) -> list[ImportedTurn]:
    logs = [[moved(logged, move.turn_ids[each.turn.turn_id], move) for logged in each.events] for each in export.turns]
    turns = arrived(move.session_id, logs, files, at=at)
    return [replace(turn, feedback=each.turn.feedback) for turn, each in zip(turns, export.turns, strict=True)]


def _renamed(file: ExportedFile, move: Move) -> ExportedFile:
    return replace(file, info=replace(file.info, file_id=move.file_ids.get(file.info.file_id, file.info.file_id)))


def _decoded(content: str, pointer: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise _refused(pointer, "the content is not base64") from None


async def _one_piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


# --- what an export must be ---


def _check(export: SessionExport) -> None:
    """Raise InvalidRequest, which names the place, unless this is an export as a server writes it."""
    session = export.session
    _check_ids("/session/session_id", [session.session_id])
    _check_ids("/turns", [each.turn.turn_id for each in export.turns])
    _check_ids("/files", [each.info.file_id for each in export.files])
    _check_times("/session", [session.started_at, session.updated_at])
    refuse_large(session.metadata, "/session/metadata")
    try:
        msgspec.convert(session.tags, Tags)
    except msgspec.ValidationError as error:
        raise _refused("/session/tags", str(error)) from None
    if not 0 <= session.revision <= LARGEST_COUNT:
        raise _refused("/session/revision", f"{session.revision} is below 0, or above {LARGEST_COUNT}")
    try:
        msgspec.convert(session.session_name, SessionName)
    except msgspec.ValidationError as error:
        raise _refused("/session/session_name", str(error)) from None
    line = InLine()
    for place, each in enumerate(export.turns):
        turn = _check_turn(f"/turns/{place}", each, session.session_id)
        try:
            line.add(turn, each.events)
        except IllegalEvent as error:
            raise _refused(f"/turns/{place}/events/0", str(error)) from None
    for place, file in enumerate(export.files):
        _check_times(f"/files/{place}/info/created_at", [file.info.created_at])


def _check_turn(pointer: str, each: ExportedTurn, session_id: str) -> Turn:
    n = each.events[0].id.n
    if any(logged.id.n != n for logged in each.events):
        raise _refused(f"{pointer}/events", f"turn number {n} has events of another turn")
    try:
        turn = project(replay(each.events))
    except IllegalEvent as error:
        raise _refused(f"{pointer}/events", str(error)) from None
    if (turn.turn_id, turn.session_id, turn.n) != (each.turn.turn_id, session_id, n):
        raise _refused(f"{pointer}/events/0", f"this is not the log of turn number {n} of this session")
    steps = [at for step in turn.steps for at in (step.started_at, step.completed_at) if at is not None]
    _check_times(f"{pointer}/events", [getattr(logged.event, "at", turn.started_at) for logged in each.events] + steps)
    return turn


def _check_ids(pointer: str, ids: list[str]) -> None:
    for each in ids:
        if not ID.fullmatch(each):
            raise _refused(pointer, f"{each[:60]!r} is no id")
    if len({*ids}) < len(ids):
        raise _refused(pointer, "an id is there twice")


def _check_times(pointer: str, times: list[str]) -> None:
    for each in times:
        if not _is_time(each):
            raise _refused(pointer, f"{each[:60]!r} is no time as it is written here: 2026-01-02T03:04:05.000006Z")


def _is_time(text: str) -> bool:
    """Tell whether a text is a time, of those that there are: retention reckons with it."""
    try:
        return TIME.fullmatch(text) is not None and dt.datetime.fromisoformat(text).year < dt.MAXYEAR
    except ValueError:
        return False


def _refused(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])
