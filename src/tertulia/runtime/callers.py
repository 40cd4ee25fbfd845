"""Who a key or a cookie belongs to. What was found out holds for some seconds, so that most requests cost no read.

Whatever is taken from a user on this node holds at once; on another node it does after those seconds.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from tertulia.domain.base import Value
from tertulia.domain.users import ApiKey, Caller, User, Via, scopes_of
from tertulia.runtime.clock import Clock, earlier
from tertulia.runtime.tokens import hash_of, is_text_of, prefix_of
from tertulia.store.accounts import AccountStore, KnownKey

SECONDS = 10.0
"""How long it holds what was found out: the longest that another node's revocation may take to arrive."""
MOST_KNOWN = 10_000
TOUCHED_HOURS = 1 / 60
"""How exact `last_used_at` is: it costs a write."""


class Found(Value):
    """A caller, and until when that holds, by the node's monotonic clock."""

    caller: Caller
    until: float


Find = Callable[[], Awaitable[Caller | None]]
"""Finds out who a caller is."""


class Callers:
    """Finds callers."""

    def __init__(self, store: AccountStore, *, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._found: OrderedDict[str, Found] = OrderedDict()
        self.on_taken: Callable[[], None] = lambda: None
        """Told when something was taken from someone."""
        self._forgotten = 0
        """How often all was forgotten."""

    async def by_key(self, text: str) -> Caller | None:
        """Who a key speaks for, unless it is unknown, expired, or its user disabled."""
        prefix = prefix_of(text)
        return None if prefix is None else await self.found(hash_of(text), lambda: self._find_by_key(prefix, text))

    async def _find_by_key(self, prefix: str, text: str) -> Caller | None:
        known = await self._store.find_key(prefix)
        now = self._clock()
        if known is None or not is_text_of(known.key_hash, text) or not _is_valid(known, now):
            return None
        if known.key.last_used_at is None or known.key.last_used_at < earlier(now, hours=TOUCHED_HOURS):
            await self._store.touch_key(known.key.key_id, at=now)
        return caller_of(known.user, "key", known.key)

    async def by_cookie(self, text: str) -> Caller | None:
        """Who is signed in by a cookie, unless it is unknown, expired, or its user disabled."""
        hashed = hash_of(text)
        return await self.found(hashed, lambda: self._find_by_cookie(hashed))

    async def _find_by_cookie(self, hashed: str) -> Caller | None:
        user = await self._store.find_sign_in(hashed, at=self._clock())
        return None if user is None or user.disabled else caller_of(user, "cookie")

    async def found(self, hashed: str, find: Find) -> Caller | None:
        """Who was found out lately by what has this hash, or is now; that holds for some seconds.

        What is taken from someone while it is being found out is not known to it: then it holds for this time only.
        """
        if (caller := self._known(hashed)) is not None:
            return caller
        forgotten = self._forgotten
        caller = await find()
        if caller is not None and forgotten == self._forgotten:
            self._remember(hashed, caller)
        return caller

    def forget(self) -> None:
        """Find all out anew: something was taken from someone."""
        self._found.clear()
        self._forgotten += 1
        self.on_taken()

    def _known(self, hashed: str) -> Caller | None:
        found = self._found.get(hashed)
        if found is None or found.until <= self._monotonic():
            return None
        end = found.caller.expires_at
        return found.caller if end is None or end > self._clock() else None

    def _remember(self, hashed: str, caller: Caller) -> None:
        self._found.pop(hashed, None)
        self._found[hashed] = Found(caller=caller, until=self._monotonic() + SECONDS)
        while len(self._found) > MOST_KNOWN:
            self._found.popitem(last=False)


def caller_of(user: User, via: Via, key: ApiKey | None = None) -> Caller:
    """Return the caller that a user is, by a key of theirs or in person."""
    scopes = scopes_of(user.role, key and key.scopes)
    expires_at = key and key.expires_at
    return Caller(owner=user.user_id, role=user.role, scopes=scopes, via=via, name=user.name, expires_at=expires_at)


def _is_valid(known: KnownKey, now: str) -> bool:
    return not known.user.disabled and (known.key.expires_at is None or known.key.expires_at > now)
