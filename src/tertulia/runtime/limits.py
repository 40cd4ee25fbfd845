"""Use cases of limits: which ones count for an owner, whether something more may be had, what is used.

An owner's own limits are read now and then, not with every request: what an admin changes counts at once on his node,
and within seconds on the others.
"""

import contextlib
import datetime as dt
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import structlog

from tertulia.domain.agents import Budget
from tertulia.domain.base import Value
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.limits import AccountUsage, Metered, OwnerLimits, OwnLimits, UserLimits, effective
from tertulia.runtime.clock import Clock, NewId
from tertulia.runtime.open_streams import OpenStreams
from tertulia.runtime.patience import patiently
from tertulia.runtime.request_meter import RequestMeter, Window
from tertulia.store.limits import LimitStore, TurnLimits, day_of, refuse_spent

log = structlog.get_logger()

READ_EVERY = 5.0
"""Seconds after which an owner's limits are read again where other nodes may have changed them."""
REMEMBERED = 4096
RESERVED_SECONDS = 3600.0
"""How long room is kept for a file that is on its way, should its process be lost."""


class Budgets(Value):
    """What the server lets any turn, and any session, cost in tokens; 0 is no limit."""

    turn_tokens: int = 0
    session_tokens: int = 0

    def within(self, of_agent: Budget) -> Budget:
        """Return what counts for an agent's turns: of the server's word and its own, the smaller."""
        return Budget(
            turn_tokens=_smaller(self.turn_tokens, of_agent.turn_tokens),
            session_tokens=_smaller(self.session_tokens, of_agent.session_tokens),
        )


class Limits:
    """What owners may use."""

    def __init__(  # noqa: PLR0913 - the ports of the world
        self,
        store: LimitStore,
        *,
        server: OwnerLimits,
        budgets: Budgets,
        is_shared: bool,
        clock: Clock,
        new_id: NewId,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._server = server
        self.budgets = budgets
        self._is_shared = is_shared
        self._clock = clock
        self._new_id = new_id
        self._now = now
        self._meter = RequestMeter(store, draws=is_shared, now=now)
        self._strangers = RequestMeter(store, draws=False, now=now)
        self._read: dict[str, tuple[float, OwnerLimits]] = {}
        self.streams = OpenStreams()

    async def of(self, owner: str) -> OwnerLimits:
        """The limits that count for an owner. While the database is away, those that counted last."""
        read_at, limits = self._read.get(owner, (float("-inf"), self._server))
        if owner in self._read and (not self._is_shared or self._now() - read_at < READ_EVERY):
            return limits
        try:
            return self._remember(owner, await self._store.get_limits(owner))
        except StorageUnavailable as error:
            log.warning("limits.not_read", error=error.message)
            return limits

    def _remember(self, owner: str, own: OwnLimits) -> OwnerLimits:
        if len(self._read) >= REMEMBERED:
            self._read.clear()
        limits = effective(self._server, own)
        self._read[owner] = self._now(), limits
        return limits

    # --- whether more may be had ---

    async def take_request(self, owner: str) -> Window | None:
        """Count a request; without a limit there is nothing to say of it. Raises RateLimited."""
        limit = (await self.of(owner)).requests_per_minute
        return await self._meter.take(owner, limit) if limit else None

    def window_of(self, owner: str) -> Window | None:
        """How the minute of an owner stands, as far as that is known here."""
        return self._meter.look(owner)

    async def take_strangers(self, network: str) -> Window | None:
        """Count a request of whom no more is known than their network, here alone. Raises RateLimited."""
        limit = self._server.requests_per_minute
        return await self._strangers.take(network, limit) if limit else None

    def window_of_strangers(self, network: str) -> Window | None:
        """How the minute of a network stands."""
        return self._strangers.look(network)

    async def open_stream(self, owner: str) -> None:
        """Count an event stream that is about to be opened; `streams.close` follows. Raises RateLimited."""
        self.streams.open(owner, (await self.of(owner)).open_streams)

    async def of_turn(self, owner: str) -> TurnLimits:
        """What an owner's next turn is taken on within."""
        limits = await self.of(owner)
        return TurnLimits(
            concurrent_turns=limits.concurrent_turns,
            tokens_per_day=limits.tokens_per_day,
            session_tokens=self.budgets.session_tokens,
        )

    async def refuse_spent(self, owner: str) -> None:
        """Raise RateLimited if an owner has no tokens left today."""
        if most := (await self.of(owner)).tokens_per_day:
            at = self._clock()
            refuse_spent(await self._store.read_usage(owner, day=day_of(at)), most, at=at)

    async def spend(self, owner: str, tokens: int) -> None:
        """Count tokens that no turn has cost."""
        if tokens:
            await patiently(lambda: self._store.add_tokens(owner, tokens, day=day_of(self._clock())))

    @asynccontextmanager
    async def room_for(self, owner: str, size: int) -> AsyncGenerator[str | None]:
        """Keep room for files while they come; yield under which name, for whoever adds them. Raises StorageFull."""
        limit = (await self.of(owner)).storage_bytes
        if not limit:
            yield None
            return
        name = self._new_id()
        await self._store.reserve_storage(owner, name, size=size, limit=limit, seconds=RESERVED_SECONDS)
        try:
            yield name
        finally:
            with contextlib.suppress(StorageUnavailable):  # then it is free when its time is over
                await self._store.release_storage(owner, name)

    # --- what is used, and what may be ---

    async def usage(self, owner: str) -> AccountUsage:
        """What an owner uses now, and when there is more."""
        limits, at = await self.of(owner), self._clock()
        used = await self._store.read_usage(owner, day=day_of(at))
        return AccountUsage(
            requests_per_minute=self._requests(owner, limits, at),
            concurrent_turns=_metered(used.turns, limits.concurrent_turns),
            tokens_per_day=_metered(used.tokens, limits.tokens_per_day, resets_at=_next_day(at)),
            storage_bytes=_metered(used.storage_bytes, limits.storage_bytes),
            open_streams=_metered(self.streams.of(owner), limits.open_streams),
        )

    def _requests(self, owner: str, limits: OwnerLimits, at: str) -> Metered:
        window = self.window_of(owner) if limits.requests_per_minute else None
        if window is None:
            return _metered(0, limits.requests_per_minute)
        used = max(0, window.limit - window.remaining)
        return _metered(used, limits.requests_per_minute, resets_at=_later(at, window.seconds))

    async def get(self, owner: str) -> UserLimits:
        """An owner's limits, as they are set and as they count."""
        own = await self._store.get_limits(owner)
        return UserLimits(own=own, effective=self._remember(owner, own))

    async def set(self, owner: str, own: OwnLimits) -> UserLimits:
        """Set an owner's limits; they count from now on, for what comes."""
        await self._store.set_limits(owner, own, at=self._clock())
        return UserLimits(own=own, effective=self._remember(owner, own))


def _smaller(of_server: int, of_agent: int | None) -> int | None:
    return min((budget for budget in (of_server, of_agent) if budget), default=None)


def _metered(used: int, limit: int, *, resets_at: str | None = None) -> Metered:
    return Metered(used=used, limit=limit or None, resets_at=resets_at if limit else None)


def _next_day(at: str) -> str:
    return f"{dt.date.fromisoformat(day_of(at)) + dt.timedelta(days=1)}T00:00:00.000000Z"


def _later(at: str, seconds: int) -> str:
    moment = dt.datetime.fromisoformat(at) + dt.timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
