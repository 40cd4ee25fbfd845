"""Tags: words that people put on sessions to find them by.

The rule it keeps: in one session no two tags differ only in their case, or in how Unicode writes their letters, and
which of the spellings it has is the one that came first.
"""

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from tertulia.domain.base import END
from tertulia.domain.errors import InvalidRequest

TAG_CHARS = 40
MOST_TAGS = 20
Tag = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TAG_CHARS,
        pattern=rf"^[^\s,\x00-\x1f]+( [^\s,\x00-\x1f]+)*{END}",
        description="Words with one space between them, and no comma.",
        examples=["travel"],
    ),
]
Tags = Annotated[list[Tag], Meta(max_length=MOST_TAGS)]


def folded(tag: str) -> str:
    """Return what the spellings of a tag have in common."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).casefold())


def sole(tags: Iterable[str]) -> list[str]:
    """Return them in their order, each once, however it is spelt."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(folded(tag), tag)
    return list(kept.values())


def retagged(tags: list[str], *, put: Iterable[str] = (), taken: Iterable[str] = ()) -> list[str]:
    """Return them without some, and with others behind. Raises InvalidRequest if they would be too many."""
    gone = {folded(tag) for tag in taken}
    left = sole([*(tag for tag in tags if folded(tag) not in gone), *put])
    if len(left) > MOST_TAGS:
        raise InvalidRequest(f"A session has at most {MOST_TAGS} tags; this one would have {len(left)}.")
    return left
