"""The users of a store in memory, their keys and their sign-ins."""

from collections.abc import Iterable

from msgspec.structs import replace

from tertulia.domain.errors import Conflict, KeyNotFound, LastAdmin, NameTaken, SetUpRefused, UserNotFound
from tertulia.domain.paging import Page
from tertulia.domain.users import ApiKey, User, name_key
from tertulia.store import rules
from tertulia.store.accounts import Credentials, KnownKey, SignIn, UserChange
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows, page_of


class MemoryAccounts(MemoryRows):
    """Users, their keys and their sign-ins."""

    async def add_user(self, user: User, *, password_hash: str | None = None) -> None:
        await self._begin()
        self._add_user(Credentials(user=user, password_hash=password_hash))

    async def has_users(self) -> bool:
        await self._begin()
        return bool(self._users)

    async def get_user(self, user_id: str) -> Credentials:
        await self._begin()
        return self._user(user_id)

    async def find_user(self, name: str) -> Credentials | None:
        await self._begin()
        return self._user_named(name)

    async def list_users(self, *, limit: int, cursor: str | None = None) -> Page[User]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        return page_of(_after((each.user for each in self._users.values()), after), limit, _user_key)

    async def update_user(self, user_id: str, change: UserChange) -> User:
        await self._begin()
        after = rules.changed_user(self._user(user_id), change)
        if after.user.role != "admin" or after.user.disabled:
            self._refuse_last_admin(user_id)
        self._save_user(after)
        if change.ends_sign_ins:
            self._end_sign_ins(user_id)
        return after.user

    async def delete_user(self, user_id: str) -> None:
        await self._begin()
        self._user(user_id)
        self._refuse_last_admin(user_id)
        del self._users[user_id]
        self._end_sign_ins(user_id)
        self._keys = {each: known for each, known in self._keys.items() if known.user.user_id != user_id}
        self._identities = {each: owner for each, owner in self._identities.items() if owner != user_id}

    async def known_as(self, issuer: str, subject: str, otherwise: User) -> User:
        await self._begin()
        if (known := self._identities.get((issuer, subject))) is not None:
            return self._user(known).user
        self._add_user(Credentials(user=otherwise, password_hash=None))
        self._identities[issuer, subject] = otherwise.user_id
        return otherwise

    async def add_set_up(self, token_hash: str, *, at: str, expires_at: str) -> None:
        await self._begin()
        self._set_ups = {each: until for each, until in self._set_ups.items() if until > at}
        self._set_ups[token_hash] = expires_at

    async def set_up(self, token_hash: str, admin: User, *, password_hash: str, at: str) -> User:
        await self._begin()
        if self._set_ups.get(token_hash, "") <= at:
            raise SetUpRefused
        known = self._users.get(admin.user_id)
        if known is None:
            self._add_user(Credentials(user=admin, password_hash=password_hash))
        else:
            admin = rules.admin_again(known.user, admin)
            self._save_user(Credentials(user=admin, password_hash=password_hash))
            self._end_sign_ins(admin.user_id)
        self._set_ups.clear()
        return admin

    async def add_sign_in(self, sign_in: SignIn) -> None:
        await self._begin()
        self._user(sign_in.user_id)
        for each in [*self._sign_ins.values()]:
            if each.user_id == sign_in.user_id and each.expires_at <= sign_in.created_at:
                del self._sign_ins[each.token_hash]
        self._sign_ins[sign_in.token_hash] = sign_in

    async def find_sign_in(self, token_hash: str, *, at: str) -> User | None:
        await self._begin()
        found = self._sign_ins.get(token_hash)
        return None if found is None or found.expires_at <= at else self._user(found.user_id).user

    async def delete_sign_in(self, token_hash: str) -> None:
        await self._begin()
        self._sign_ins.pop(token_hash, None)

    async def add_key(self, user_id: str, key: ApiKey, *, key_hash: str) -> None:
        await self._begin()
        user = self._user(user_id).user
        if any(key.prefix == each.key.prefix or key.key_id == each.key.key_id for each in self._keys.values()):
            raise Conflict("There is a key with this prefix already.")
        self._keys[key.key_id] = KnownKey(user=user, key=sealed(key), key_hash=key_hash)

    async def find_key(self, prefix: str) -> KnownKey | None:
        await self._begin()
        found = next((each for each in self._keys.values() if each.key.prefix == prefix), None)
        return found and replace(found, user=self._user(found.user.user_id).user, key=sealed(found.key))

    async def list_keys(self, user_id: str, *, limit: int, cursor: str | None = None) -> Page[ApiKey]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        keys = sorted((each.key for each in self._keys.values() if each.user.user_id == user_id), key=_key_key)
        return page_of([key for key in keys if _key_key(key) > after], limit, _key_key)

    async def touch_key(self, key_id: str, *, at: str) -> None:
        await self._begin()
        if (known := self._keys.get(key_id)) is not None:
            self._keys[key_id] = replace(known, key=replace(known.key, last_used_at=at))

    async def delete_key(self, user_id: str, key_id: str) -> None:
        await self._begin()
        known = self._keys.get(key_id)
        if known is None or known.user.user_id != user_id:
            raise KeyNotFound
        del self._keys[key_id]

    def _user(self, user_id: str) -> Credentials:
        try:
            return self._users[user_id]
        except KeyError:
            raise UserNotFound from None

    def _user_named(self, name: str) -> Credentials | None:
        key = name_key(name)
        return next((each for each in self._users.values() if name_key(each.user.name) == key), None)

    def _add_user(self, new: Credentials) -> None:
        if new.user.user_id in self._users:
            raise Conflict("There is a user with this id already.")
        self._save_user(new)

    def _save_user(self, new: Credentials) -> None:
        other = self._user_named(new.user.name)
        if other is not None and other.user.user_id != new.user.user_id:
            raise NameTaken
        self._users[new.user.user_id] = new

    def _refuse_last_admin(self, user_id: str) -> None:
        admins = {each.user.user_id for each in self._users.values() if rules.can_administer(each.user)}
        if admins == {user_id}:
            raise LastAdmin

    def _end_sign_ins(self, user_id: str) -> None:
        self._sign_ins = {each: known for each, known in self._sign_ins.items() if known.user_id != user_id}


def _after(users: Iterable[User], after: tuple[str, str]) -> list[User]:
    return sorted((user for user in users if _user_key(user) > after), key=_user_key)


def _user_key(user: User) -> tuple[str, str]:
    return user.created_at, user.user_id


def _key_key(key: ApiKey) -> tuple[str, str]:
    return key.created_at, key.key_id
