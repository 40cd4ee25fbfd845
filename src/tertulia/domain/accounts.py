"""What is said over the wire of accounts: how to sign in, who one is then, one's keys, and who else there is."""

from tertulia.domain.base import Value
from tertulia.domain.users import ApiKey, Scope, User, Via


class OidcOffer(Value):
    """Another place at which one can sign in: its name, and where that begins."""

    name: str
    url: str


class SignInOptions(Value):
    """How to sign in. `set_up`: there is nobody yet, and the link that the server printed makes the first admin."""

    required: bool
    set_up: bool
    password: bool
    oidc: OidcOffer | None = None


class SignedInUser(Value):
    """Who has signed in."""

    user: User


class Account(Value):
    """Who a request is from, in which way, and what they may do by it."""

    user: User
    via: Via
    scopes: list[Scope]


class NewApiKey(ApiKey):
    """A key that was just made: `key` is its text, which is not shown again."""

    key: str


class KeyList(Value):
    """A page of keys."""

    keys: list[ApiKey]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[ApiKey]:
        """What this page holds."""
        return self.keys


class UserList(Value):
    """A page of users."""

    users: list[User]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[User]:
        """What this page holds."""
        return self.users
