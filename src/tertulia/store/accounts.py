"""Where users, their keys and their sign-ins stay: the role that knows who the `owner` of all other roles is.

It is asked before an owner is known, so not every method takes one. Of passwords, keys, cookies and set-up links only
hashes come here. Times are handed in; what has expired at the time that is given is not found.
"""

from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.paging import Page
from tertulia.domain.users import ApiKey, Role, User


class Credentials(Value):
    """A user, and the hash of their password if they have one."""

    user: User
    password_hash: str | None


class SignIn(Value):
    """A cookie that was given out: whoever brings the text of this hash is the user."""

    token_hash: str
    user_id: str
    created_at: str
    expires_at: str


class KnownKey(Value):
    """A key, whose it is, and the hash of its text."""

    user: User
    key: ApiKey
    key_hash: str


class UserChange(Value):
    """What is changed of a user; None leaves it as it is."""

    name: str | None = None
    role: Role | None = None
    disabled: bool | None = None
    password_hash: str | None = None

    @property
    def ends_sign_ins(self) -> bool:
        """Tell whether who is signed in has to sign in again, if they can."""
        return self.password_hash is not None or self.disabled is True


class AccountStore(Protocol):
    """Users, their keys and their sign-ins."""

    async def add_user(self, user: User, *, password_hash: str | None = None) -> None:
        """Raises NameTaken; Conflict if there is a user with this id."""
        ...

    async def has_users(self) -> bool: ...

    async def get_user(self, user_id: str) -> Credentials:
        """Raises UserNotFound."""
        ...

    async def find_user(self, name: str) -> Credentials | None:
        """The user of a name, or of one that looks the same."""
        ...

    async def list_users(self, *, limit: int, cursor: str | None = None) -> Page[User]:
        """Oldest first."""
        ...

    async def update_user(self, user_id: str, change: UserChange) -> User:
        """Change a user. Raises UserNotFound, NameTaken; LastAdmin if no other admin could sign in then."""
        ...

    async def delete_user(self, user_id: str) -> None:
        """Delete a user with their keys, sign-ins and identities. Raises UserNotFound, LastAdmin."""
        ...

    async def known_as(self, issuer: str, subject: str, otherwise: User) -> User:
        """The user that someone else knows by this subject; if there is none, `otherwise` is added and is it.

        Of many who ask at once for the same subject all are given the same user. Raises NameTaken.
        """
        ...

    async def add_set_up(self, token_hash: str, *, at: str, expires_at: str) -> None:
        """Let whoever brings the text of this hash become the first admin."""
        ...

    async def set_up(self, token_hash: str, admin: User, *, password_hash: str, at: str) -> User:
        """Add an admin, or give one who is there this name and password; no link leads to it after that.

        One who is there is an admin afterwards who is not disabled, and is signed in nowhere.
        Raises SetUpRefused, NameTaken.
        """
        ...

    async def add_sign_in(self, sign_in: SignIn) -> None:
        """Remember a cookie, and forget those of its user that have expired. Raises UserNotFound."""
        ...

    async def find_sign_in(self, token_hash: str, *, at: str) -> User | None: ...

    async def delete_sign_in(self, token_hash: str) -> None:
        """Forget a cookie; where there is none, nothing happens."""
        ...

    async def add_key(self, user_id: str, key: ApiKey, *, key_hash: str) -> None:
        """Raises UserNotFound; Conflict if there is a key with this prefix, or id."""
        ...

    async def find_key(self, prefix: str) -> KnownKey | None:
        """The key that begins so, expired or not."""
        ...

    async def list_keys(self, user_id: str, *, limit: int, cursor: str | None = None) -> Page[ApiKey]:
        """Oldest first."""
        ...

    async def touch_key(self, key_id: str, *, at: str) -> None:
        """Remember when a key was used."""
        ...

    async def delete_key(self, user_id: str, key_id: str) -> None:
        """Raises KeyNotFound."""
        ...
