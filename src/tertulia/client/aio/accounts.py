"""Calls about accounts: who one is, one's keys, and for admins, all users."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tertulia.client.aio.calls import EACH, AsyncCalls, each_row
from tertulia.client.request import Request, path_of
from tertulia.domain.accounts import Account, KeyList, NewApiKey, SignedInUser, SignInOptions, UserList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.preferences import UserPreferences
from tertulia.domain.users import ApiKey, Role, Scope, User


class AsyncAccountCalls(AsyncCalls):
    """Who may use the server. A client keeps no cookie: it says who asks by its `api_key`."""

    async def get_sign_in_options(self) -> SignInOptions:
        """How to sign in, if that is needed."""
        return await self._get(SignInOptions, "sign-in")

    async def sign_in(self, name: str, password: str) -> SignedInUser:
        """Find out whether a name and a password fit; what comes after wants a key all the same."""
        return await self._post(SignedInUser, "sign-in", body={"name": name, "password": password})

    async def sign_out(self) -> None:
        """Let the cookie hold no longer that `headers` bring along, if they do."""
        await self._post(type(None), "sign-out", body={})

    async def set_up(self, token: str, *, name: str, password: str) -> SignedInUser:
        """Become the first admin by the link that the server printed."""
        return await self._post(SignedInUser, "set-up", body={"token": token, "name": name, "password": password})

    async def get_account(self) -> Account:
        """Who one is, and what one may do."""
        return await self._get(Account, "account")

    async def update_account(
        self, *, name: str | None = None, password: str | None = None, current_password: str | None = None
    ) -> Account:
        """Change one's own name, or one's password, which wants the one of before."""
        body = {"name": name, "password": password, "current_password": current_password}
        request = Request(method="PATCH", path=path_of("account"), body=body)
        return await self._transport.call(request, Account)

    async def get_preferences(self) -> UserPreferences:
        """What one prefers at the page; the names are the page's."""
        return await self._get(UserPreferences, "account", "preferences")

    async def update_preferences(self, values: Mapping[str, Any]) -> UserPreferences:
        """Change what one prefers, name by name; None forgets one."""
        path = path_of("account", "preferences")
        request = Request(method="PATCH", path=path, body={"values": values}, is_repeatable=True)
        return await self._transport.call(request, UserPreferences)

    async def list_keys(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> KeyList:
        """A page of one's keys, oldest first."""
        return await self._get(KeyList, "account", "keys", limit=limit, cursor=cursor)

    def iter_keys(self) -> AsyncGenerator[ApiKey]:
        """All of one's keys, oldest first."""
        return each_row(lambda cursor: self.list_keys(limit=EACH, cursor=cursor))

    async def create_key(
        self, name: str, *, scopes: Sequence[Scope] | None = None, expires_at: datetime | None = None
    ) -> NewApiKey:
        """Make a key; its text, `key`, is there only now."""
        body = {"name": name, "scopes": scopes, "expires_at": expires_at}
        return await self._post(NewApiKey, "account", "keys", body=body)

    async def delete_key(self, key_id: str) -> None:
        """Delete a key: nobody can ask by it any more."""
        await self._delete("account", "keys", key_id)

    async def create_user(self, name: str, *, role: Role = "user", password: str | None = None) -> User:
        """Add a user; for admins."""
        return await self._post(User, "users", body={"name": name, "role": role, "password": password})

    async def list_users(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> UserList:
        """A page of users, oldest first; for admins."""
        return await self._get(UserList, "users", limit=limit, cursor=cursor)

    def iter_users(self) -> AsyncGenerator[User]:
        """All users, oldest first; for admins."""
        return each_row(lambda cursor: self.list_users(limit=EACH, cursor=cursor))

    async def get_user(self, user_id: str) -> User:
        """Read a user; for admins."""
        return await self._get(User, "users", user_id)

    async def update_user(
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
        return await self._transport.call(Request(method="PATCH", path=path, body=body, is_repeatable=True), User)

    async def delete_user(self, user_id: str) -> None:
        """Delete a user with all that is theirs; for admins."""
        await self._delete("users", user_id)
