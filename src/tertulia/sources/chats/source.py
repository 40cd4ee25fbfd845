"""Chats of a file as sessions with one agent. Of all chats their JSON is in memory, of one at a time what it says."""

import uuid
from collections.abc import Callable, Iterator, Sequence

import msgspec

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.sessions import DEFAULT_NAME, Session, title_of
from tertulia.sources.base import Finding, FoundFile, FoundTurn
from tertulia.sources.chats.said import Chat, UserSaid
from tertulia.sources.chats.talks import turns_of
from tertulia.sources.times import time_of

NAME_CHARS = 200
NO_MODEL = "unknown"

ReadChat = Callable[[msgspec.Raw], Chat]
"""Reads one chat. Raises msgspec.MsgspecError, ValueError for what is none."""


class With(msgspec.Struct, frozen=True):
    """Who the sessions are with: an agent that is here already, or a new one for this origin, and its model."""

    origin: str
    agent_id: str | None = None
    model: str | None = None


class ChatSource:
    """The chats of one export, read by somebody who knows its format."""

    def __init__(self, raws: Sequence[msgspec.Raw], read: ReadChat, with_whom: With) -> None:
        self._raws = raws
        self._read = read
        self._with = with_whom
        self._agent_id = with_whom.agent_id or str(uuid.uuid5(uuid.NAMESPACE_DNS, with_whom.origin))
        self._chats: dict[str, msgspec.Raw] = {}
        self.findings: list[Finding] = []

    def close(self) -> None:
        self._chats.clear()

    def agents(self) -> Sequence[Agent]:
        """The agent of these sessions, if it is none that is here: it has the model of the newest chat."""
        if self._with.agent_id is not None:
            return []
        chats = [chat for raw in self._raws if (chat := self._find(raw)) is not None]
        newest = max(chats, key=lambda chat: chat.updated_at, default=None)
        model = self._with.model or (newest.model if newest else "") or NO_MODEL
        if self._with.model is None:
            why = f"its model is {model!r}, as there; name another by --model, or give it one in the page"
            self.findings.append(Finding(what=f"agent {self._with.origin}", why=why, is_lost=False))
        at = time_of(min(chat.started_at for chat in chats)) if chats else "1970-01-01T00:00:00.000000Z"
        config = AgentConfig(model=model, name=self._with.origin)
        return [Agent(agent_id=self._agent_id, agent_config=config, version=1, created_at=at, updated_at=at)]

    def sessions(self) -> Sequence[Session]:
        found: list[Session] = []
        for place, raw in enumerate(self._raws, start=1):
            try:
                chat = self._read(raw)
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                self.findings.append(Finding(what=f"chat number {place}", why=str(error)))
                continue
            session = self._session(chat)
            if session.session_id in self._chats:
                self.findings.append(Finding(what=f"session {session.session_id}", why="it is there twice"))
                continue
            self._chats[session.session_id] = raw
            found.append(session)
            self.findings += [
                Finding(what=f"session {session.session_id}", why=why, is_lost=False) for why in chat.notes
            ]
        return sorted(found, key=lambda session: (session.started_at, session.session_id))

    def _find(self, raw: msgspec.Raw) -> Chat | None:
        try:
            return self._read(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None  # which is told of where the sessions are read

    def _session(self, chat: Chat) -> Session:
        session_id = _id_of(self._with.origin, chat.chat_id)
        asked = next((said.text for said in chat.said if isinstance(said, UserSaid)), "")
        name = " ".join(chat.name.replace("\0", " ").split())[:NAME_CHARS]
        return Session(
            session_id=session_id,
            session_name=name or title_of(asked) or DEFAULT_NAME,
            agent_id=self._agent_id,
            started_at=time_of(chat.started_at),
            updated_at=time_of(chat.updated_at),
            title_source="user" if name else "default",
            turn_count=sum(1 for _ in turns_of(self._agent_id, session_id, chat.said)),
            pinned=chat.pinned,
            archived=chat.archived,
        )

    def turns(self, session: Session) -> Iterator[FoundTurn]:
        return turns_of(session.agent_id, session.session_id, self._read(self._chats[session.session_id]).said)

    def files(self, session: Session) -> Iterator[FoundFile]:
        """These exports have no files beside what was said; what was left out is told as a finding."""
        return iter(())

    def uploads(self) -> Iterator[FoundFile]:
        return iter(())


def _id_of(origin: str, chat_id: str) -> str:
    """Return a chat's own id, if it is one that nobody else has."""
    try:
        return str(uuid.UUID(chat_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{origin} {chat_id}"))
