"""Who may use a server: users, the keys by which programs speak for them, and the caller that a request is from.

A user's id is the `owner` of all that is theirs. Nothing here holds a password, or the text of a key.
"""

import unicodedata
from typing import Annotated, Literal

from msgspec import Meta, field

from tertulia.domain.base import END, Value

Role = Literal["admin", "user", "reader"]
Scope = Literal["read", "write", "admin"]
Via = Literal["local", "cookie", "key", "jwt", "proxy"]
"""How a request said who asks; `local` is whoever can reach a loopback server that nobody signs in to."""

LOCAL_OWNER = "local"
"""The one user of a server without accounts, and the first admin of one with them: what he had, he keeps."""
SCOPES: dict[Role, tuple[Scope, ...]] = {
    "reader": ("read",),
    "user": ("read", "write"),
    "admin": ("read", "write", "admin"),
}
"""What a role may do; a key of its user may do that or less."""

MAX_PASSWORD = 500
UserName = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^\S(.*\S)?{END}", examples=["ana"])]
KeyName = Annotated[str, Meta(min_length=1, max_length=100, examples=["laptop"])]
Password = Annotated[str, Meta(min_length=10, max_length=MAX_PASSWORD)]
Scopes = Annotated[list[Scope], Meta(min_length=1, max_length=3)]


class User(Value):
    """Someone who may use the server; one that is disabled may not until an admin lets them again."""

    user_id: str
    name: str
    role: Role
    created_at: str
    disabled: bool = False


class ApiKey(Value):
    """A key by which a program speaks for its user. Its text begins with `prefix`, by which people tell keys apart."""

    key_id: str
    name: str
    scopes: Scopes
    prefix: str
    created_at: str
    expires_at: str | None = None
    last_used_at: str | None = None


class Caller(Value):
    """Who a request comes from: `owner` is what every store method takes; `expires_at`, when their key does."""

    owner: str
    role: Role = "user"
    scopes: tuple[Scope, ...] = field(default_factory=tuple[Scope, ...])
    via: Via = "local"
    name: str = ""
    expires_at: str | None = None

    @property
    def is_admin(self) -> bool:
        """Tell whether they may do what only admins may, by this way of asking."""
        return "admin" in self.scopes


LOCAL_CALLER = Caller(owner=LOCAL_OWNER, role="admin", scopes=SCOPES["admin"], name=LOCAL_OWNER)


def name_key(name: str) -> str:
    """Return what two names have in common if they would look like the same to people."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def scopes_of(role: Role, among: Scopes | None = None) -> tuple[Scope, ...]:
    """Return what a role may do, of some scopes or of all: a key outlives the role that it was made under."""
    return tuple(scope for scope in SCOPES[role] if among is None or scope in among)
