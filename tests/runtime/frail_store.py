"""A store whose operations go wrong when a test says so: refused, or done with nobody told."""

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from tertulia.domain.agents import AgentConfig
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.turns import Turn
from tertulia.store.log import Append, Appended
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import Accepted, NewTurn, StoredTurn, TurnRecord

T = TypeVar("T")


class FrailStore(MemoryStore):
    """`refused` and `unanswered` count, by name, the next operations that fail before or after they take effect."""

    def __init__(self, *, is_shared: bool = False) -> None:
        super().__init__(is_shared=is_shared)
        self.refused: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()
        self.meanwhile: dict[str, Callable[[], Awaitable[object]]] = {}
        """What happens right before an operation, once."""
        self.rumours: list[TurnRecord] = []
        """What the next look for orphans finds besides, since it looked earlier."""

    async def _try(self, name: str, operation: Coroutine[Any, Any, T]) -> T:
        if (happens := self.meanwhile.pop(name, None)) is not None:
            await happens()
        if self.refused[name]:
            self.refused[name] -= 1
            operation.close()
            raise StorageUnavailable
        result = await operation
        if self.unanswered[name]:
            self.unanswered[name] -= 1
            raise StorageUnavailable
        return result

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        return await self._try("accept_turn", super().accept_turn(owner, new, node=node))

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        return await self._try("claim_next", super().claim_next(owner, session_id, at=at, node=node))

    async def append(self, appends: Sequence[Append]) -> Appended:
        return await self._try("append", super().append(appends))

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        return await self._try("read_events", super().read_events(owner, turn_id, after=after, limit=limit))

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        return await self._try("get_turn", super().get_turn(owner, agent_id, session_id, turn_id))

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        return await self._try("drop_deltas", super().drop_deltas(ended_before=ended_before, limit=limit))

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        return await self._try("get_agent_config", super().get_agent_config(owner, agent_id, version))

    async def list_history(self, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
        history = super().list_history(owner, turn_id, limit=limit, before_n=before_n)
        return await self._try("list_history", history)

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        rumours, self.rumours = self.rumours, []
        return rumours + await super().list_orphans(node, limit=limit)
