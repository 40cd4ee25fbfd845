"""Who a key or a cookie belongs to. What was found out holds for some seconds, so that most requests cost no read.

Whatever is taken from a user on this node holds at once; on another node it does after those seconds.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

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
    """A caller, and until when that holds: by the node's monotonic clock, and by the time at which a key expires."""

    caller: Caller
    until: float
    expires_at: str | None


class Callers:
    """Finds callers."""

    def __init__(self, store: AccountStore, *, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._found: OrderedDict[str, Found] = OrderedDict()
        self.on_taken: Callable[[], None] = lambda: None
        """Told when something was taken from someone."""

    async def by_key(self, text: str) -> Caller | None:
        """Who a key speaks for, unless it is unknown, expired, or its user disabled."""
        prefix = prefix_of(text)
        if prefix is None:
            return None
        hashed = hash_of(text)
        if (caller := self.known(hashed)) is not None:
            return caller
        known = await self._store.find_key(prefix)
        now = self._clock()
        if known is None or not is_text_of(known.key_hash, text) or not _is_valid(known, now):
            return None
        if known.key.last_used_at is None or known.key.last_used_at < earlier(now, hours=TOUCHED_HOURS):
            await self._store.touch_key(known.key.key_id, at=now)
        caller = caller_of(known.user, "key", known.key)
        return self.remember(hashed, caller, known.key.expires_at)

    async def by_cookie(self, text: str) -> Caller | None:
        """Who is signed in by a cookie, unless it is unknown, expired, or its user disabled."""
        hashed = hash_of(text)
        if (caller := self.known(hashed)) is not None:
            return caller
        user = await self._store.find_sign_in(hashed, at=self._clock())
        return None if user is None or user.disabled else self.remember(hashed, caller_of(user, "cookie"))

    def forget(self) -> None:
        """Find all out anew: something was taken from someone."""
        self._found.clear()
        self.on_taken()

    def known(self, hashed: str) -> Caller | None:
        """Who was found out lately by what has this hash."""
        found = self._found.get(hashed)
        if found is None or found.until <= self._monotonic():
            return None
        return found.caller if found.expires_at is None or found.expires_at > self._clock() else None

    def remember(self, hashed: str, caller: Caller, expires_at: str | None = None) -> Caller:
        """Let what was found out hold for some seconds."""
        self._found.pop(hashed, None)
        self._found[hashed] = Found(caller=caller, until=self._monotonic() + SECONDS, expires_at=expires_at)
        while len(self._found) > MOST_KNOWN:
            self._found.popitem(last=False)
        return caller


def caller_of(user: User, via: Via, key: ApiKey | None = None) -> Caller:
    """Return the caller that a user is, by a key of theirs or in person."""
    scopes = scopes_of(user.role, key and key.scopes)
    return Caller(owner=user.user_id, role=user.role, scopes=scopes, via=via, name=user.name)


def _is_valid(known: KnownKey, now: str) -> bool:
    return not known.user.disabled and (known.key.expires_at is None or known.key.expires_at > now)
