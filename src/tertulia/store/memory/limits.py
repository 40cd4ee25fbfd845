"""What owners may use and have used, in a store in memory."""

from collections import Counter

from tertulia.domain.limits import OwnLimits
from tertulia.store import limits
from tertulia.store.limits import Drawn, Usage
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows


class MemoryLimits(MemoryRows):
    """Limits of owners, and what they have used."""

    async def get_limits(self, owner: str) -> OwnLimits:
        await self._begin()
        return self._limits.get(owner, OwnLimits())

    async def set_limits(self, owner: str, own: OwnLimits, *, at: str) -> None:
        await self._begin()
        self._limits[owner] = sealed(own)

    async def forget_limits(self, owner: str) -> None:
        await self._begin()
        self._limits.pop(owner, None)
        self._requests.pop(owner, None)
        self._tokens = Counter({key: tokens for key, tokens in self._tokens.items() if key[0] != owner})
        self._reservations = {key: kept for key, kept in self._reservations.items() if key[0] != owner}

    async def draw_requests(self, owner: str, *, limit: int) -> Drawn:
        await self._begin()
        now = int(self._now() * 1000)
        minute, used = self._requests.get(owner, (0, 0))
        drawn = limits.draw(used if minute == now // limits.MINUTE else 0, limit=limit, now=now)
        self._requests[owner] = now // limits.MINUTE, drawn.used
        return drawn

    async def read_usage(self, owner: str, *, day: str) -> Usage:
        await self._begin()
        return self._usage(owner, day)

    async def add_tokens(self, owner: str, tokens: int, *, day: str) -> None:
        await self._begin()
        self._tokens[owner, day] += tokens

    async def read_session_tokens(self, owner: str, session_id: str, *, besides: str = "") -> int:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is None or row.owner != owner:
            return 0
        return row.tokens - sum(turn.tokens for turn in row.turns if turn.record.turn_id == besides)

    async def reserve_storage(self, owner: str, reservation: str, *, size: int, limit: int, seconds: float) -> None:
        await self._begin()
        limits.refuse_file(self._bytes(owner), size, limit)
        self._reservations[owner, reservation] = size, self._now() + seconds

    async def release_storage(self, owner: str, reservation: str) -> None:
        await self._begin()
        self._reservations.pop((owner, reservation), None)
