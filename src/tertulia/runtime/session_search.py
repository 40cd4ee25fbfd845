"""Looks for words in what an owner's sessions are called, and in what was said in the newest of them.

There is no index yet, so that how much is read is bounded: the names of all sessions by the store, and the messages of
the last turns of those that were used last.
"""

from collections.abc import Iterator

from tertulia.domain.messages import AssistantMessage, UserMessage, text_of
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import messages_of_turn
from tertulia.store.base import Store
from tertulia.tools.builtin.search_sessions import FoundSession

MOST_FOUND = 10
MOST_AGENTS = 50
SESSIONS_READ = 40
TURNS_READ = 30
"""Of each of these sessions, its last ones."""
PASSAGES = 3
PASSAGE_CHARS = 300


class SessionSearch:
    """Finds sessions by words."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, owner: str, words: str, but: str) -> list[FoundSession]:
        """Return the owner's sessions in which all the words are, newest first, without the one `but`."""
        words = words.encode(errors="ignore").decode().replace("\0", " ")  # no database has the others in a text
        wanted = words.casefold().split()
        found: list[FoundSession] = []
        for session in await self._candidates(owner, words):
            passages = [] if session.session_id == but else await self._passages(owner, session, wanted)
            is_named = _has(f"{session.session_name} {session.preview}", wanted)
            if session.session_id != but and (passages or is_named):
                found.append(_found(session, passages))
            if len(found) == MOST_FOUND:
                break
        return found

    async def _candidates(self, owner: str, words: str) -> list[Session]:
        """Return what is looked through: the newest sessions, and those that are called so."""
        sessions: dict[str, Session] = {}
        agents = await self._store.list_agents(owner, limit=MOST_AGENTS)
        for agent in agents.items:
            for text in (None, words):
                which = SessionFilter(agent_id=agent.agent_id, text=text, archived=None)
                page = await self._store.list_sessions(owner, which, order="desc", limit=SESSIONS_READ)
                sessions |= {session.session_id: session for session in page.items}
        return sorted(sessions.values(), key=lambda session: session.updated_at, reverse=True)[: 2 * SESSIONS_READ]

    async def _passages(self, owner: str, session: Session, wanted: list[str]) -> list[str]:
        last = session.active_turn_id
        turns = [] if last is None else await self._store.list_history(owner, last, limit=TURNS_READ)
        texts = (text for turn in turns for text in _texts(turn) if _has(text, wanted))
        return [_around(text, wanted[0]) for text, _ in zip(texts, range(PASSAGES), strict=False)]


def _found(session: Session, passages: list[str]) -> FoundSession:
    return FoundSession(
        session_id=session.session_id,
        session_name=session.session_name,
        updated_at=session.updated_at,
        passages=passages or [session.preview],
    )


def _texts(turn: Turn) -> Iterator[str]:
    """Yield what people and agents said in a turn, the last words first."""
    for message in reversed(messages_of_turn(turn)):
        if isinstance(message, (UserMessage, AssistantMessage)):
            yield text_of(message.content)


def _has(text: str, wanted: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)


def _around(text: str, word: str) -> str:
    """Return the part of a text that is around a word."""
    start = max(0, text.casefold().find(word) - PASSAGE_CHARS // 3)
    part = " ".join(text[start : start + PASSAGE_CHARS].split())
    return f"{'…' if start else ''}{part}{'…' if start + PASSAGE_CHARS < len(text) else ''}"
