"""What Tertulia has taken out: an archive of all that an owner has, or one session as JSON.

An archive is read from its start to its end, once for what there is and once for what that is; what is in memory is one
session, and a piece of a file. No name in it becomes a path. One that ends too early has all that comes before.
"""

import re
import tarfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import msgspec

from tertulia.domain.agents import Agent
from tertulia.domain.base import Value
from tertulia.domain.errors import SourceUnreadable
from tertulia.domain.exports import AccountExport, ExportedFile, SessionExport
from tertulia.domain.sessions import Session
from tertulia.sources.base import Finding, FoundFile, FoundTurn
from tertulia.sources.tertulia.documents import found_turns, plain_agent, session_of

PIECE = 256 * 1024
LONGEST_DOCUMENT = 1024**3
"""How long a session may be, without its files."""
CONTENT = re.compile(r"files/([0-9a-f]{64})")
BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError)

V = TypeVar("V", bound=Value)


class _Entry:
    """One entry; its content can be read until the next one is asked for."""

    def __init__(self, place: int, member: tarfile.TarInfo, stream: IO[bytes]) -> None:
        self.place = place
        self.name = member.name
        self.kind = member.name.partition("/")[0]
        self._size = member.size
        self._stream = stream

    def read(self, kind: type[V]) -> V:
        """Return the value that it is. Raises msgspec.MsgspecError, ValueError."""
        if self._size > LONGEST_DOCUMENT:
            raise ValueError(f"it has {self._size / 1e6:.0f} MB, the limit is {LONGEST_DOCUMENT / 1e6:.0f} MB")
        return msgspec.json.decode(self._stream.read(), type=kind)

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes; if they end too early, so does this, and whoever knows their hash sees it."""
        with suppress(*BROKEN):
            while piece := self._stream.read(PIECE):
                yield piece


class Archive:
    """An archive of all that an owner has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.findings: list[Finding] = []
        self._agents: list[Agent] = []
        self._sessions: dict[str, tuple[int, Session]] = {}
        """By their ids, each with its place among the entries."""
        self._survey()
        self._entries = self._read()
        self._ahead: _Entry | None = None
        self._export: SessionExport | None = None

    def close(self) -> None:
        self._entries.close()

    def agents(self) -> Sequence[Agent]:
        return self._agents

    def sessions(self) -> Sequence[Session]:
        """In the order of the archive."""
        return [session for _, session in sorted(self._sessions.values(), key=lambda placed: placed[0])]

    def turns(self, session: Session) -> Iterator[FoundTurn]:
        export = self._export = self._find(session)
        if export is not None:
            yield from found_turns(export)

    def files(self, session: Session) -> Iterator[FoundFile]:
        export, self._export = self._export, None
        for file in export.files if export else []:
            entry = self._next()
            if entry is None or CONTENT.fullmatch(entry.name) is None or entry.name[6:] != file.info.sha256:
                self._ahead = entry
                self._lost(f"file {file.info.name} of session {session.session_id}", "its content is not there", False)
            else:
                yield FoundFile(file=file, pieces=entry.pieces())

    def uploads(self) -> Iterator[FoundFile]:
        while (entry := self._next()) is not None:
            if entry.kind == "uploads" and (file := self._value(entry, ExportedFile)) is not None:
                content = self._next()
                if content is not None and content.name == f"files/{file.info.sha256}":
                    yield FoundFile(file=file, pieces=content.pieces())
                else:
                    self._ahead = content
                    self._lost(f"file {file.info.name}", "its content is not there")

    # --- reading ---

    def _survey(self) -> None:
        """Find what there is."""
        first = True
        for entry in self._read(is_telling=True):
            if first and (entry.name != "account.json" or self._value(entry, AccountExport) is None):
                raise SourceUnreadable(f"{self._path} is no archive of Tertulia's.")
            first = False
            if entry.kind == "agents" and (agent := self._value(entry, Agent)) is not None:
                self._agents.append(plain_agent(agent))
            elif entry.kind == "sessions" and (export := self._value(entry, SessionExport)) is not None:
                # One to which something happened while the archive was written is there again, with more of it.
                self._sessions[export.session.session_id] = entry.place, session_of(export)
        if first:
            raise SourceUnreadable(f"{self._path} is no archive of Tertulia's.")

    def _find(self, session: Session) -> SessionExport | None:
        place, _ = self._sessions[session.session_id]
        while (entry := self._next()) is not None:
            if entry.place == place:
                return entry.read(SessionExport)
        return None

    def _next(self) -> _Entry | None:
        ahead, self._ahead = self._ahead, None
        return ahead or next(self._entries, None)

    def _read(self, *, is_telling: bool = False) -> Generator[_Entry]:
        try:
            with tarfile.open(self._path, "r|*") as tar:
                for place, member in enumerate(tar):
                    cast(Any, tar).members = []  # it would remember all of them
                    stream = tar.extractfile(member) if member.isfile() else None
                    if stream is not None:
                        yield _Entry(place, member, stream)
        except BROKEN as error:
            if is_telling:
                self._lost(f"the rest of {self._path.name}", f"{error or 'it ends too early'}; export it again")

    def _value(self, entry: _Entry, kind: type[V]) -> V | None:
        try:
            return entry.read(kind)
        except (msgspec.MsgspecError, ValueError, RecursionError, *BROKEN) as error:
            self._lost(entry.name, str(error))
            return None

    def _lost(self, what: str, why: str, is_lost: bool = True) -> None:
        self.findings.append(Finding(what=what, why=why, is_lost=is_lost))
