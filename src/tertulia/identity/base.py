"""What the parts of this package share: the time, what an issuer claims, and which issuer is meant.

Nothing here asks a clock or a network by itself: both are handed in.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tertulia.domain.base import Value

Now = Callable[[], float]
"""Returns the seconds since 1970."""

Claims = Mapping[str, Any]
"""What an issuer says of somebody, as its JSON has it."""

LEEWAY = 60.0
"""Seconds by which the clocks of an issuer and of this server may differ."""


class Expected(Value):
    """What a token must say. An ID token answers one sign-in, `nonce`, of one client, `client_id`."""

    issuer: str
    audiences: frozenset[str]
    client_id: str | None = None
    nonce: str | None = None
