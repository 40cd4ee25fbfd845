"""What a user prefers, by names of the pages' making: the server keeps it and knows nothing of what it means."""

from typing import Annotated, Any

from msgspec import Meta

from tertulia.domain.base import END, Input, Value

MOST_BYTES = 16 * 1024
"""How long all of one user's may be, as JSON."""
Name = Annotated[str, Meta(pattern=rf"^[A-Za-z][A-Za-z0-9_.-]*{END}", max_length=64)]
MOST_AT_ONCE = 100


class UserPreferences(Value):
    """All that a user prefers."""

    values: dict[str, Any]


class ChangePreferences(Input):
    """What is preferred from now on. Null forgets a name, and what is not named stays as it is."""

    values: Annotated[dict[Name, Any], Meta(max_length=MOST_AT_ONCE)]
