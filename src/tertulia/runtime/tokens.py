"""Texts that say who somebody is: cookies, API keys, links. Only their hashes are kept.

All hold 192 bits of chance, so that one fast hash is as good as a slow one. A key begins with a word by which scanners
for leaked secrets find it, and a prefix by which it is looked up and told apart by people.
"""

import hashlib
import hmac
import re

from tertulia.domain.base import Value
from tertulia.runtime.clock import NewSecret

WORD = "tert_"
KEY = re.compile(rf"({WORD}[0-9a-f]{{12}})_[A-Za-z0-9_-]{{32}}")


class MadeKey(Value):
    """The text of a key, which is shown once, and what is kept of it."""

    text: str
    prefix: str
    key_hash: str


def new_key(new_secret: NewSecret) -> MadeKey:
    """Make an API key; its prefix is made of a secret of its own, and is none."""
    prefix = WORD + hash_of(new_secret())[:12]
    text = f"{prefix}_{new_secret()}"
    return MadeKey(text=text, prefix=prefix, key_hash=hash_of(text))


def prefix_of(text: str) -> str | None:
    """Return the prefix of what has the form of a key."""
    found = KEY.fullmatch(text)
    return found and found[1]


def hash_of(text: str) -> str:
    """Return what is kept of a text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def is_text_of(key_hash: str, text: str) -> bool:
    """Tell whether this is the text of a hash, in a time that says nothing of how near it is."""
    return hmac.compare_digest(key_hash, hash_of(text))
