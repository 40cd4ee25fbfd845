"""The use case of coming over: what another server has stored, brought into ours.

A session comes whole or not at all, each in one transaction, and keeps its ids. So it can be done again at any time:
what is here already is passed by, and what was interrupted goes on where it was. The server must not run meanwhile.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tertulia.domain.agents import Agent
from tertulia.domain.errors import AgentNotFound, Conflict, InvalidRequest, SessionNotFound, TooLarge
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.sessions import Session
from tertulia.engine.turn import IllegalEvent
from tertulia.runtime.arriving import arrived
from tertulia.runtime.files import Files
from tertulia.runtime.moving import with_parent
from tertulia.runtime.trees import tree_of
from tertulia.sources.base import Finding, FoundFile, FoundTurn, Source
from tertulia.store.base import Store
from tertulia.store.files import StoredFile

OnProgress = Callable[[int, int], None]
"""Is told how many turns of the source are done with, and how many there are."""

EPOCH = 1
REFUSED = (AgentNotFound, Conflict, InvalidRequest, TooLarge)
"""What keeps a session or a file away, and nothing else."""


@dataclass(slots=True)
class Report:
    """What came over, what was here already, and what did not come over as it was."""

    agents: int = 0
    sessions: int = 0
    turns: int = 0
    agents_here: int = 0
    sessions_here: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def is_complete(self) -> bool:
        """Everything that was to be read has come over, now or before."""
        return not any(finding.is_lost for finding in self.findings)


class Importer:
    """Brings over what a source has, for one owner; without a store, it only looks what would come over."""

    def __init__(self, source: Source, store: Store | None, files: Files | None = None, *, owner: str) -> None:
        self._source = source
        self._store = store
        self._files = files
        self._owner = owner
        self._report = Report()
        self._here: set[str] = set()
        """Agents that were here before: what they had to leave behind was told then."""

    async def run(self, on_progress: OnProgress) -> Report:
        """Bring over agents, then sessions in the order in which they began."""
        for agent in self._source.agents():
            await self._bring_agent(agent)
        sessions = self._source.sessions()
        done, all_turns = 0, sum(session.turn_count for session in sessions)
        on_progress(done, all_turns)
        for session in sessions:
            if not await self._is_here(session):
                await self._bring_session(session)
            done += session.turn_count
            on_progress(done, all_turns)
        for found in self._source.uploads():
            await self._bring_upload(found)
        told = [finding for finding in self._source.findings if finding.is_lost or finding.what not in self._here]
        self._report.findings = [*told, *self._report.findings]
        return self._report

    async def _bring_agent(self, agent: Agent) -> None:
        try:
            if self._store is not None:
                await self._store.create_agent(self._owner, agent)
            self._report.agents += 1
        except Conflict:
            self._report.agents_here += 1
            self._here.add(f"agent {agent.agent_id}")

    async def _is_here(self, session: Session) -> bool:
        if self._store is None:
            return False
        try:
            here = await self._store.get_session(self._owner, session.agent_id, session.session_id)
        except SessionNotFound:
            return False
        self._report.sessions_here += 1
        turns = len([stored async for stored in tree_of(self._store, self._owner, here.session_id)])
        if turns < session.turn_count:
            why = f"it is here already, with {turns} of its {session.turn_count} turns"
            self._lost(session, f"{why}; to bring all of them over, delete it here first")
        return True

    async def _bring_session(self, session: Session) -> None:
        try:
            logs = list(_logs(self._source.turns(session)))
            turns = arrived(session.session_id, logs, await self._bring_files(session), at=session.updated_at)
            if self._store is not None:
                await self._store.import_session(self._owner, session, turns)
        except (IllegalEvent, *REFUSED) as error:
            self._lost(session, str(error))
            return
        self._report.sessions += 1
        self._report.turns += len(turns)

    async def _bring_files(self, session: Session) -> dict[str, StoredFile | None]:
        if self._files is None:
            return {}
        found: dict[str, StoredFile | None] = {}
        for each in self._source.files(session):
            found[each.file.info.file_id] = await self._files.bring(self._owner, each.file, _pieces(each))
        return found

    async def _bring_upload(self, found: FoundFile) -> None:
        if self._files is None or self._store is None:
            return
        try:
            file = await self._files.bring(self._owner, found.file, _pieces(found))
            if file is not None:
                await self._store.add_file(self._owner, file)
        except REFUSED as error:
            self._report.findings.append(Finding(what=f"file {found.file.info.name}", why=str(error)))

    def _lost(self, session: Session, why: str) -> None:
        self._report.findings.append(Finding(what=f"session {session.session_id}", why=why))


def _logs(turns: Iterable[FoundTurn]) -> Iterator[list[LoggedEvent]]:
    """Number the events of turns that come one after the other, unless they have their places."""
    before: str | None = None
    for n, found in enumerate(turns, start=1):
        places = found.places or [EventId(n=n, epoch=EPOCH, seq=seq) for seq in range(1, len(found.events) + 1)]
        log = [LoggedEvent(id=place, event=event) for place, event in zip(places, found.events, strict=True)]
        yield log if found.places else [with_parent(logged, before) for logged in log]
        before = found.turn_id


async def _pieces(found: FoundFile) -> AsyncIterator[bytes]:
    for piece in found.pieces:
        yield piece
