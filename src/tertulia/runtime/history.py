"""What a turn's forerunners give to its transcript, kept so that turn 1,000 costs what turn 1 costs.

Turns are linked as they are in the store: each to the one after which it comes. Ended turns never change, so what was
read once is read no more, by no branch and no fork that goes along it; only what is not known yet is fetched.
"""

from collections import OrderedDict
from weakref import WeakValueDictionary

from tertulia.domain.messages import InputMessage, Message, UserMessage, files_of, text_of
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import messages_of_turn
from tertulia.store.turns import TurnRecord, TurnStore

MAX_SESSIONS = 512
MAX_MESSAGES = 200_000
"""How much is kept: sessions, and messages in all of them. The least recently used go first."""
CHARS_A_MESSAGE = 1_000
"""Of words, and of the content of files: so much of it counts as one message more."""
AT_FIRST = 2
AT_ONCE = 200
"""How many turns are fetched first, as mostly all but the last one are known; and then four times as many, up to so
many."""


class _Past:
    """A turn that has ended, and the one after which it came."""

    __slots__ = ("__weakref__", "attached", "before", "messages", "size")

    def __init__(self, turn: Turn, before: "_Past | None") -> None:
        self.before = before
        self.messages = messages_of_turn(turn)
        has_files = any(isinstance(each, UserMessage) and files_of(each) for each in turn.input_messages)
        self.attached: list[InputMessage] | None = turn.input_messages if has_files else None
        chars = sum(len(text_of(each.content)) for each in self.messages) + _content_chars(turn.input_messages)
        own = len(self.messages) + chars // CHARS_A_MESSAGE
        self.size: int = own + (before.size if before else 0)
        """How many messages it and those before it have."""


class History:
    """The messages of past turns, by the last one of each session."""

    def __init__(self, store: TurnStore) -> None:
        self._store = store
        self._known: WeakValueDictionary[tuple[str, str], _Past] = WeakValueDictionary()
        """Turns by owner and id, as long as a session holds them, be it by those that came after them."""
        self._sessions: OrderedDict[tuple[str, str], tuple[str, _Past]] = OrderedDict()
        """The last turn that each session went on from, by owner and id."""
        self._size = 0

    async def before(self, record: TurnRecord) -> list[list[Message]]:
        """Return the messages of the turns by which a turn is reached, in order, a list for each turn."""
        if record.parent_turn_id is None:
            return []
        past = await self._past(record.owner, record.parent_turn_id)
        if past is None:
            return []
        self._keep(record, record.parent_turn_id, past)
        return [each.messages for each in _in_order(past)]

    async def read(self, record: TurnRecord) -> list[list[Message]]:
        """Return the same for someone who only looks: no session goes on from there, so no more is kept of it."""
        if record.parent_turn_id is None:
            return []
        return [each.messages for each in _in_order(await self._past(record.owner, record.parent_turn_id))]

    def attached_before(self, record: TurnRecord) -> list[list[InputMessage]]:
        """Return the inputs with files of the turns by which a turn is reached, as `before` has just read them."""
        past = self._known.get((record.owner, record.parent_turn_id or ""))
        return [each.attached for each in _in_order(past) if each.attached is not None]

    def add(self, record: TurnRecord, turn: Turn) -> None:
        """Remember a turn that has just ended, if all before it is remembered."""
        before = self._known.get((record.owner, record.parent_turn_id or ""))
        if before is not None or record.parent_turn_id is None:
            past = self._known[record.owner, turn.turn_id] = _Past(turn, before)
            self._keep(record, turn.turn_id, past)

    def forget(self, owner: str, session_id: str) -> None:
        """Let go of a deleted session, or of the last turn of one that is taken up again."""
        if held := self._sessions.pop((owner, session_id), None):
            turn_id, past = held
            self._size -= past.size
            self._known.pop((owner, turn_id), None)

    async def _past(self, owner: str, turn_id: str) -> _Past | None:
        """Return a turn that has ended, linked to those before it; fetch the ones that are not known."""
        fetched: list[Turn] = []
        known, limit, is_more = self._known.get((owner, turn_id)), AT_FIRST, True
        while known is None and is_more:
            before_n = fetched[-1].n if fetched else None
            page = await self._store.list_history(owner, turn_id, limit=limit, before_n=before_n)
            is_more, limit = len(page) == limit, min(4 * limit, AT_ONCE)
            for turn in page:
                known = self._known.get((owner, turn.turn_id))
                if known is not None:
                    break
                fetched.append(turn)
        for turn in reversed(fetched):
            known = self._known[owner, turn.turn_id] = _Past(turn, known)
        return known

    def _keep(self, record: TurnRecord, turn_id: str, past: _Past) -> None:
        key = record.owner, record.session_id
        if held := self._sessions.pop(key, None):
            self._size -= held[1].size
        self._sessions[key] = turn_id, past
        self._size += past.size
        while len(self._sessions) > MAX_SESSIONS or (self._size > MAX_MESSAGES and len(self._sessions) > 1):
            _, (_, oldest) = self._sessions.popitem(last=False)
            self._size -= oldest.size


def _in_order(past: _Past | None) -> list[_Past]:
    found: list[_Past] = []
    while past is not None:
        found.append(past)
        past = past.before
    return found[::-1]


def _content_chars(messages: list[InputMessage]) -> int:
    users = [message for message in messages if isinstance(message, UserMessage)]
    return sum(len(file.content or "") for message in users for file in files_of(message))
