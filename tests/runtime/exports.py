"""Sessions by chance, with files, and a place to keep them in: for the tests of what goes out and comes in."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from tertulia.blobs.memory import MemoryBlobs
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.events import EventId, LoggedEvent, StepCompleted, TurnQueued
from tertulia.domain.exports import ExportedFile, SessionExport
from tertulia.domain.files import FileInfo, clean_name, url_of
from tertulia.domain.messages import ImageItem, ImageSource, ImageUrl, InputMessage, TextItem, UserMessage
from tertulia.domain.sessions import Session
from tertulia.domain.steps import ToolCallStep
from tertulia.engine.exporting import LeanLog, ended
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.arriving import arrived
from tertulia.runtime.clock import SystemClock, new_id
from tertulia.runtime.exporting import Exports
from tertulia.runtime.files import Files
from tertulia.runtime.imports import Imports
from tertulia.runtime.moving import Move, moved, with_parent
from tertulia.store.memory.store import MemoryStore
from tests.engine.build import legal_logs
from tests.golden.logs import LOGS
from tests.store.values import agent, at

decode = msgspec.json.Decoder(SessionExport).decode


class Talk(Value):
    """A session of Ana's with its logs, and the bytes of its files by their ids."""

    session: Session
    logs: list[list[LoggedEvent]]
    files: dict[str, bytes]


class Place:
    """A store and blobs in memory, and the use cases of exports over them."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.files = Files(self.store, MemoryBlobs(), clock=SystemClock(), new_id=new_id)
        self.exports = Exports(self.store, self.files, clock=SystemClock())
        self.imports = Imports(self.store, self.files, clock=SystemClock())

    async def open(self, *owners: str) -> None:
        await self.store.open()
        for owner in owners:
            await self.store.create_agent(owner, agent(f"{owner}-a"))

    async def keep(self, owner: str, talk: Talk) -> None:
        """Put a session there as if it had happened there."""
        files = {
            file_id: await self.files.bring(owner, exported_file(file_id, data), pieces(data))
            for file_id, data in talk.files.items()
        }
        session = replace(talk.session, agent_id=f"{owner}-a")
        await self.store.import_session(owner, session, arrived(session.session_id, talk.logs, files, at=at(5_000)))

    async def exported(self, owner: str, session_id: str = "s1", agent_id: str | None = None) -> SessionExport:
        exporting = await self.exports.session(owner, agent_id or f"{owner}-a", session_id)
        return decode(b"".join([piece async for piece in exporting.json()]))

    async def content(self, owner: str, file_id: str) -> bytes:
        info = (await self.files.get(owner, file_id)).info
        return b"".join([piece async for piece in self.files.read(info)])


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


def exported_file(file_id: str, data: bytes) -> ExportedFile:
    return ExportedFile(
        info=FileInfo(
            file_id=file_id,
            name=clean_name(f"{file_id} — ação.bin"),
            type="application/octet-stream",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            created_at=at(1),
            url=url_of(file_id),
        ),
        is_listed=bool(len(data) % 2),
        purpose="assistants" if len(data) % 3 else "",
    )


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, width=32) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_names = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=200)


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """A session whose turns have ended, on branches, with files of users and of tools."""
    files = draw(st.dictionaries(st.sampled_from(["f1", "f2", "f3"]), st.binary(max_size=40), max_size=3))
    found = draw(st.lists(legal_logs() | st.sampled_from([*LOGS.values()]), max_size=4))
    logs: list[list[LoggedEvent]] = []
    ids: list[str] = []
    n = 0
    for log in found:
        n += draw(st.integers(1, 3))
        parent = draw(st.sampled_from([*ids[-1:], None, *ids]))
        logs.append(as_turn(n, draw(_with_files(log, sorted(files))), parent=parent))
        ids.append(f"t{n}")
    session = Session(
        session_id="s1",
        session_name=draw(_names),
        agent_id="ana-a",
        started_at=at(0),
        updated_at=at(draw(st.integers(0, 9_000))),
        metadata=draw(st.dictionaries(st.text(), _json, max_size=3)),
        pinned=draw(st.booleans()),
        archived=draw(st.booleans()),
        title_source=draw(st.sampled_from(["default", "model", "user"])),
        forked_from=draw(st.none() | st.just("s0")),
        active_turn_id=draw(st.sampled_from([None, *ids])),
        revision=draw(st.integers(1, 9)),
    )
    return Talk(session=session, logs=[ended(log, at=at(5_000)) for log in logs], files=files)


@st.composite
def _with_files(draw: st.DrawFn, log: Sequence[LoggedEvent], file_ids: list[str]) -> list[LoggedEvent]:
    if not file_ids:
        return list(log)
    some = st.lists(st.sampled_from(file_ids), max_size=2)
    messages = [draw(_messages(some)) for _ in range(draw(st.integers(1, 2)))]
    return [_given(logged, messages, [_named(each) for each in draw(some)]) for logged in log]


def _given(logged: LoggedEvent, messages: list[InputMessage], made: list[FileAttachment]) -> LoggedEvent:
    event: Any = logged.event
    if isinstance(event, TurnQueued):
        event = replace(event, input_messages=messages)
    elif isinstance(event, StepCompleted) and isinstance(event.step_details, ToolCallStep):
        response = event.step_details.tool_response
        if response is not None:
            details = replace(event.step_details, tool_response=replace(response, files=made))
            event = replace(event, step_details=details)
    return LoggedEvent(id=logged.id, event=event)


@st.composite
def _messages(draw: st.DrawFn, some: st.SearchStrategy[list[str]]) -> InputMessage:
    images = [
        ImageItem(image=ImageSource(url=ImageUrl(uri=url_of(each)), media_type="image/png", file_id=each))
        for each in draw(some)
    ]
    return UserMessage(
        content=[TextItem(text=draw(st.text(max_size=9))), *images] if images else draw(st.text(max_size=9)),
        file=draw(st.none() | st.just(FileAttachment(name="small", type="text/plain", content="aGk="))),
        files=[_named(each) for each in draw(some)] or UNSET,
    )


def _named(file_id: str) -> FileAttachment:
    return FileAttachment(name=file_id, type="application/octet-stream", size=3, file_id=file_id, url=url_of(file_id))


def with_file(file_id: str, log: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """Return a log that begins with a message with a file."""
    message = UserMessage(content="Read this", files=[_named(file_id)])
    return [_given(logged, [message], []) for logged in log]


def as_turn(
    n: int, log: Sequence[LoggedEvent], *, session_id: str = "s1", parent: str | None = None
) -> list[LoggedEvent]:
    """Return a log as that of turn number `n` of a session of Ana's, which comes after another one."""
    move = Move(agent_id="ana-a", session_id=session_id, turn_ids={}, file_ids={})
    found = [moved(logged, f"{session_id}-t{n}" if session_id != "s1" else f"t{n}", move) for logged in log]
    renumbered: list[LoggedEvent] = []
    for logged in (with_parent(each, parent) for each in found):
        event: Any = replace(logged.event, n=n) if hasattr(logged.event, "n") else logged.event
        renumbered.append(LoggedEvent(id=EventId(n=n, epoch=logged.id.epoch, seq=logged.id.seq), event=event))
    return renumbered


def lean(log: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """A log as an export has it."""
    kept = LeanLog()
    kept.add(log)
    return kept.events(project(replay(log)))


def run(test: Any) -> None:
    asyncio.run(test)
