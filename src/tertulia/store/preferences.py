"""Where it stays what users prefer: a role that merges by name, so that the last word on each counts."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from tertulia.domain.errors import TooLarge
from tertulia.domain.preferences import MOST_BYTES


class PreferenceStore(Protocol):
    """What users prefer."""

    async def get_preferences(self, owner: str) -> dict[str, Any]:
        """All that an owner prefers; where nothing was said, nothing."""
        ...

    async def change_preferences(self, owner: str, changes: Mapping[str, Any], *, at: str) -> dict[str, Any]:
        """Keep what is said, forget what is None, and return all there is then. Raises TooLarge.

        Of many who do so at once none takes back what another has said of another name.
        """
        ...

    async def forget_preferences(self, owner: str) -> None:
        """Forget all of it: there is no such owner any more."""
        ...


def merged(kept: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is preferred once something was changed. Raises TooLarge."""
    all_of_it = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    if len(msgspec.json.encode(all_of_it)) > MOST_BYTES:
        raise TooLarge(f"All that one prefers may be {MOST_BYTES} bytes of JSON.")
    return all_of_it
