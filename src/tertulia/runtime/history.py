"""What a session's earlier turns give to a transcript, kept so that turn 1,000 costs what turn 1 costs.

Ended turns never change, so what was read once is read no more; only turns that ended since are fetched.
"""

from collections import OrderedDict

from tertulia.domain.messages import InputMessage, Message, UserMessage, files_of
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import messages_of_turn
from tertulia.store.base import TurnStore

MAX_SESSIONS = 512
MAX_MESSAGES = 200_000
"""How much is kept: sessions, and messages in all of them. The least recently used go first."""
CHARS_A_MESSAGE = 1_000
"""Of the content of files: so much of it counts as one message more."""


class _Past:
    """The messages of turns 1 to `n` of one session, a list for each turn."""

    def __init__(self) -> None:
        self.n = 0
        self.turns: list[list[Message]] = []
        self.attached: list[tuple[int, list[InputMessage]]] = []
        """The inputs that have files, with the number of their turn."""
        self.size = 0
        self.counted = 0
        """How much of `size` is counted in the total."""

    def add(self, turn: Turn) -> None:
        messages = messages_of_turn(turn)
        self.turns.append(messages)
        if any(isinstance(message, UserMessage) and files_of(message) for message in turn.input_messages):
            self.attached.append((turn.n, turn.input_messages))
        self.n = turn.n
        self.size += len(messages) + _content_chars(turn.input_messages) // CHARS_A_MESSAGE


def _content_chars(messages: list[InputMessage]) -> int:
    users = [message for message in messages if isinstance(message, UserMessage)]
    return sum(len(file.content or "") for message in users for file in files_of(message))


class History:
    """The messages of past turns, by session."""

    def __init__(self, store: TurnStore) -> None:
        self._store = store
        self._sessions: OrderedDict[tuple[str, str], _Past] = OrderedDict()
        self._size = 0

    async def before(self, owner: str, session_id: str, n: int) -> list[list[Message]]:
        """Return the messages of the session's turns before turn `n`, in order, a list for each turn."""
        if n <= 1:
            return []
        past = self._sessions.get((owner, session_id)) or _Past()
        if past.n >= n:
            past = _Past()
        if past.n < n - 1:
            # Others may ask meanwhile, such as a runner that has lost its turn: each turn is added once all the same.
            for turn in await self._store.list_history(owner, session_id, after_n=past.n, before_n=n):
                if turn.n > past.n:
                    past.add(turn)
        self._keep(owner, session_id, past)
        return past.turns[: n - 1]

    def attached_before(self, owner: str, session_id: str, n: int) -> list[list[InputMessage]]:
        """Return the inputs with files of the turns before turn `n`, in order, as `before` has just read them."""
        past = self._sessions.get((owner, session_id))
        return [messages for number, messages in past.attached if number < n] if past else []

    def add(self, owner: str, turn: Turn) -> None:
        """Remember a turn that has just ended, if all before it is remembered."""
        past = self._sessions.get((owner, turn.session_id)) or _Past()
        if past.n == turn.n - 1:
            past.add(turn)
            self._keep(owner, turn.session_id, past)

    def forget(self, owner: str, session_id: str) -> None:
        """Let go of a deleted session."""
        if past := self._sessions.pop((owner, session_id), None):
            self._size -= past.counted

    def _keep(self, owner: str, session_id: str, past: _Past) -> None:
        self.forget(owner, session_id)
        self._sessions[owner, session_id] = past
        past.counted = past.size
        self._size += past.size
        while len(self._sessions) > MAX_SESSIONS or (self._size > MAX_MESSAGES and len(self._sessions) > 1):
            _, oldest = self._sessions.popitem(last=False)
            self._size -= oldest.counted
