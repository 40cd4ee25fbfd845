"""Passwords, hashed by Argon2id: slow and large on purpose, so in threads, a few at once, and each address in its turn.

A name that nobody has is answered like a wrong password, and after as much work.
"""

import asyncio
import unicodedata
from functools import cache
from typing import Any

from tertulia.runtime.places import Places

MEMORY_KIB, ROUNDS = 19_456, 2
"""What OWASP asks of Argon2id at the least: 19 MiB, twice. A hash says by which cost it was made."""
AT_ONCE = 2
MOST_WAITING = 100
OF_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$7iQ9ZJ5F3W5hHVP4c2tYCQ$vxvzxnpEwDw9GLXvpOMPqKwhGZkQ0h0mXmSsFaCPYIw"
"""A hash that no password is known to have, as dear to check as any."""


class Passwords:
    """Hashes passwords and checks them."""

    def __init__(self) -> None:
        self._places = Places(AT_ONCE, most_waiting=MOST_WAITING)

    async def hash(self, password: str, *, by: str = "") -> str:
        """Return what may be kept of a password; `by` is who waits for it. Raises Overloaded."""
        self._places.refuse_when_full()
        async with self._places.take(by):
            return await asyncio.to_thread(lambda: hasher().hash(_plain(password)))

    async def fits(self, password: str, password_hash: str | None, *, by: str) -> bool:
        """Tell whether a password is the one that was hashed; nobody's never is. Raises Overloaded."""
        self._places.refuse_when_full()
        async with self._places.take(by):
            return await asyncio.to_thread(_verify, password_hash or OF_NOBODY, _plain(password))


@cache
def hasher() -> Any:
    """Return what hashes, at the cost that is asked of it."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - a server that nobody signs in to does without

    return PasswordHasher(memory_cost=MEMORY_KIB, time_cost=ROUNDS, parallelism=1)


def _plain(password: str) -> str:
    """Write a password in one way, however a keyboard has composed its characters."""
    return unicodedata.normalize("NFKC", password)


def _verify(password_hash: str, password: str) -> bool:
    from argon2.exceptions import VerificationError  # noqa: PLC0415 - see above

    try:
        return bool(hasher().verify(password_hash, password))
    except VerificationError:
        return False
