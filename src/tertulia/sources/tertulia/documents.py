"""One session as it was taken out, with the content of its files within it; and what archives have of such."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent
from tertulia.domain.errors import SourceUnreadable
from tertulia.domain.exports import SessionExport
from tertulia.domain.sessions import Session
from tertulia.sources.base import Finding, FoundFile, FoundTurn


class Document:
    """A session that is a file of its own."""

    def __init__(self, path: Path) -> None:
        try:
            self._export = msgspec.json.decode(path.read_bytes(), type=SessionExport)
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            raise SourceUnreadable(f"{path} is no session of Tertulia's: {error}.") from None
        self.findings: list[Finding] = []

    def close(self) -> None: ...

    def agents(self) -> Sequence[Agent]:
        return [plain_agent(self._export.agent)]

    def sessions(self) -> Sequence[Session]:
        return [session_of(self._export)]

    def turns(self, session: Session) -> Iterator[FoundTurn]:
        return found_turns(self._export)

    def files(self, session: Session) -> Iterator[FoundFile]:
        for file in self._export.files:
            try:
                data = base64.b64decode(file.content or "", validate=True)
            except (binascii.Error, ValueError):
                data = b""  # which is not what its sha256 says
            if file.content is None:
                self.findings.append(Finding(what=f"file {file.info.name}", why="its content is not there"))
            else:
                yield FoundFile(file=replace(file, content=None), pieces=iter([data]))

    def uploads(self) -> Iterator[FoundFile]:
        return iter(())


def plain_agent(agent: Agent) -> Agent:
    """Return an agent as it comes: at its first version here, and never the one that is taken where none is named."""
    return replace(agent, version=1, is_default=False)


def session_of(export: SessionExport) -> Session:
    """Return the session, with the number of its turns that are there."""
    return replace(export.session, agent_id=export.agent.agent_id, turns=[], turn_count=len(export.turns))


def found_turns(export: SessionExport) -> Iterator[FoundTurn]:
    """Yield the turns with their logs as they were."""
    for each in export.turns:
        yield FoundTurn(
            turn_id=each.turn.turn_id,
            events=[logged.event for logged in each.events],
            places=[logged.id for logged in each.events],
        )
