"""A document of a provider that is kept for a while: loaded on first use, by one for all, and not too often.

When it cannot be had anew the one that is kept goes on to count, until it is too old for that.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from tertulia.domain.errors import IdentityProviderFailed
from tertulia.identity.base import Now

log = structlog.get_logger()

Kind = TypeVar("Kind")

FRESH = 3600.0
"""Seconds for which it is not asked for again."""
STALE = 24 * 3600.0
"""Seconds for which it counts when it cannot be had anew."""
PAUSE = 10.0
"""Seconds between two loads, whoever wants what: strangers decide which key a token names."""


class Kept(Generic[Kind]):
    """One document."""

    def __init__(self, load: Callable[[], Awaitable[Kind]], now: Now, *, what: str) -> None:
        self._load = load
        self._now = now
        self._what = what
        self._lock = asyncio.Lock()
        self._value: Kind | None = None
        self._loaded_at = float("-inf")
        self._tried_at = float("-inf")
        self._failure: IdentityProviderFailed | None = None

    async def get(self, serves: Callable[[Kind], bool] = lambda _: True) -> Kind:
        """Return the document, loaded anew if it is old or does not serve. Raises IdentityProviderFailed."""
        if (kept := self._kept(FRESH)) is not None and serves(kept):
            return kept
        async with self._lock:
            if (kept := self._kept(FRESH)) is not None and serves(kept):
                return kept  # another has loaded it meanwhile
            if not 0 <= self._now() - self._tried_at < PAUSE:
                await self._renew()
            if (kept := self._kept(STALE)) is not None:
                return kept
            raise self._failure or IdentityProviderFailed()

    async def _renew(self) -> None:
        self._tried_at = self._now()
        try:
            self._value = await self._load()
        except IdentityProviderFailed as failure:
            self._failure = failure
            if self._value is not None:
                log.warning("identity_provider.kept", what=self._what, error=failure.message)
        else:
            self._loaded_at = self._now()

    def _kept(self, seconds: float) -> Kind | None:
        return self._value if 0 <= self._now() - self._loaded_at < seconds else None
