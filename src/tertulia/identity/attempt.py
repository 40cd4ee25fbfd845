"""One try to sign in, which a browser keeps in a cookie between its departure and its return.

The cookie has a secret that nobody can guess; state, nonce and PKCE's verifier are hashes of it with what it goes with.
So nobody but this browser can come back with this state, any node can tell, and nothing needs to be stored.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from tertulia.domain.base import Value
from tertulia.identity.base import LEEWAY

LASTS = 600
"""Seconds from the departure to the return."""
LONGEST_RETURN = 1000
COOKIE = re.compile(r"([A-Za-z0-9_-]{32,64})\.(\d{1,12})\.([A-Za-z0-9_-]*)")


class Attempt(Value):
    """A try that began at `begun_at`; whoever signs in by it goes on at `return_to`."""

    secret: str
    begun_at: int
    return_to: str

    @property
    def state(self) -> str:
        """What the provider sends back unchanged."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the ID token must repeat."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What proves, to the provider, that who brings the code is who asked for it (RFC 7636)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The verifier's hash, which is sent ahead."""
        return text_of(hashlib.sha256(self.verifier.encode()).digest())

    def is_over(self, now: float) -> bool:
        """Tell whether it took too long."""
        return not self.begun_at - LEEWAY <= now < self.begun_at + LASTS

    def is_answered_by(self, state: str) -> bool:
        """Tell whether a state is this try's."""
        return hmac.compare_digest(state.encode(), self.state.encode())

    def as_cookie(self) -> str:
        """Return what the browser keeps."""
        return f"{self.secret}.{self.begun_at}.{text_of(self.return_to.encode())}"

    def _derived(self, purpose: str) -> str:
        said = f"{purpose} {self.begun_at} {self.return_to}".encode()
        return text_of(hmac.digest(self.secret.encode(), said, "sha256"))


def read_attempt(cookie: str) -> Attempt | None:
    """Read what the browser kept; None if we never gave it that."""
    found = COOKIE.fullmatch(cookie)
    if found is None:
        return None
    secret, begun_at, return_to = found.groups()
    try:
        path = urlsafe_b64decode(return_to + "=" * (-len(return_to) % 4)).decode()
    except ValueError:
        return None
    return Attempt(secret=secret, begun_at=int(begun_at), return_to=path_here(path))


def path_here(text: str | None) -> str:
    """Return a path of this server to go on at; what would lead elsewhere is the front page."""
    is_here = re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", text or "") is not None
    return text if text and is_here and len(text) <= LONGEST_RETURN else "/"


def text_of(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
