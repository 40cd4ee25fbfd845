# Made of client/aio by `make generate`: change it there.
"""Calls about accounts: who one is, one's keys, and for admins, all users."""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tertulia.client.request import Request, path_of
from tertulia.client.sync.calls import EACH, Calls, each_row
from tertulia.domain.accounts import Account, KeyList, NewApiKey, SignedInUser, SignInOptions, UserList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.preferences import UserPreferences
from tertulia.domain.users import ApiKey, Role, Scope, User


class AccountCalls(Calls):
    """Who may use the server. A client keeps no cookie: it says who asks by its `api_key`."""

    def get_sign_in_options(self) -> SignInOptions:
        """How to sign in, if that is needed."""
        return self._get(SignInOptions, "sign-in")

    def sign_in(self, name: str, password: str) -> SignedInUser:
        """Find out whether a name and a password fit; what comes after wants a key all the same."""
        return self._post(SignedInUser, "sign-in", body={"name": name, "password": password})

    def sign_out(self) -> None:
        """Let the cookie hold no longer that `headers` bring along, if they do."""
        self._post(type(None), "sign-out", body={})

    def set_up(self, token: str, *, name: str, password: str) -> SignedInUser:
        """Become the first admin by the link that the server printed."""
        return self._post(SignedInUser, "set-up", body={"token": token, "name": name, "password": password})

    def get_account(self) -> Account:
        """Who one is, and what one may do."""
        return self._get(Account, "account")

    def update_account(
        self, *, name: str | None = None, password: str | None = None, current_password: str | None = None
    ) -> Account:
        """Change one's own name, or one's password, which wants the one of before."""
        body = {"name": name, "password": password, "current_password": current_password}
        request = Request(method="PATCH", path=path_of("account"), body=body)
        return self._transport.call(request, Account)

    def get_preferences(self) -> UserPreferences:
        """What one prefers at the page; the names are the page's."""
        return self._get(UserPreferences, "account", "preferences")

    def update_preferences(self, values: Mapping[str, Any]) -> UserPreferences:
        """Change what one prefers, name by name; None forgets one."""
        path = path_of("account", "preferences")
        request = Request(method="PATCH", path=path, body={"values": values}, is_repeatable=True)
        return self._transport.call(request, UserPreferences)

    def list_keys(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> KeyList:
        """A page of one's keys, oldest first."""
        return self._get(KeyList, "account", "keys", limit=limit, cursor=cursor)

    def iter_keys(self) -> Generator[ApiKey]:
        """All of one's keys, oldest first."""
        return each_row(lambda cursor: self.list_keys(limit=EACH, cursor=cursor))

    def create_key(
        self, name: str, *, scopes: Sequence[Scope] | None = None, expires_at: datetime | None = None
    ) -> NewApiKey:
        """Make a key; its text, `key`, is there only now."""
        body = {"name": name, "scopes": scopes, "expires_at": expires_at}
        return self._post(NewApiKey, "account", "keys", body=body)

    def delete_key(self, key_id: str) -> None:
        """Delete a key: nobody can ask by it any more."""
        self._delete("account", "keys", key_id)

    def create_user(self, name: str, *, role: Role = "user", password: str | None = None) -> User:
        """Add a user; for admins."""
        return self._post(User, "users", body={"name": name, "role": role, "password": password})

    def list_users(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> UserList:
        """A page of users, oldest first; for admins."""
        return self._get(UserList, "users", limit=limit, cursor=cursor)

    def iter_users(self) -> Generator[User]:
        """All users, oldest first; for admins."""
        return each_row(lambda cursor: self.list_users(limit=EACH, cursor=cursor))

    def get_user(self, user_id: str) -> User:
        """Read a user; for admins."""
        return self._get(User, "users", user_id)

    def update_user(
        self,
        user_id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
        password: str | None = None,
    ) -> User:
        """Change a user; for admins. What is None stays."""
        body = {"name": name, "role": role, "disabled": disabled, "password": password}
        path = path_of("users", user_id)
        return self._transport.call(Request(method="PATCH", path=path, body=body, is_repeatable=True), User)

    def delete_user(self, user_id: str) -> None:
        """Delete a user with all that is theirs; for admins."""
        self._delete("users", user_id)
