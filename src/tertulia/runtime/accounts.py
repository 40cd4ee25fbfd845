"""Use cases of accounts: the first admin, signing in and out, users, and the keys by which programs speak for them."""

import datetime as dt
from collections.abc import Awaitable, Callable

from msgspec.structs import asdict

from tertulia.domain.accounts import NewApiKey, SignInOptions
from tertulia.domain.base import Value
from tertulia.domain.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidRequest,
    NameTaken,
    NoAccounts,
    SignInRefused,
)
from tertulia.domain.identities import readable
from tertulia.domain.paging import Page
from tertulia.domain.server import AuthMode
from tertulia.domain.users import LOCAL_OWNER, SCOPES, ApiKey, Caller, Role, Scopes, User, name_key
from tertulia.runtime.attempts import Attempts
from tertulia.runtime.audit import about
from tertulia.runtime.callers import Callers
from tertulia.runtime.clock import Clock, NewId, NewSecret, earlier, time_of
from tertulia.runtime.networks import network_of
from tertulia.runtime.passwords import Passwords
from tertulia.runtime.tokens import hash_of, new_key
from tertulia.store.accounts import AccountStore, SignIn, UserChange

SIGNED_IN_DAYS = 30
SET_UP_HOURS = 24
MAX_KEYS = 100
"""How many keys one user may have."""
FREE_BY_ADDRESS = 20
"""Failures that many people behind one address may share before the next attempt waits."""
MAX_NAMES = 100
"""How many names are tried for a user whom someone else knows by a name that is taken here."""


OfOwner = Callable[[str], Awaitable[None]]
"""Does something for an owner."""


class SignedIn(Value):
    """Who has signed in, and the text that says so from now on: it is for their cookie, and nowhere else."""

    user: User
    token: str
    seconds: int


class Accounts:
    """What people do with accounts, and who requests turn out to be from."""

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        store: AccountStore,
        mode: AuthMode,
        *,
        arrive: OfOwner,
        leave: OfOwner,
        clock: Clock,
        new_id: NewId,
        new_secret: NewSecret,
    ) -> None:
        self._store = store
        self._mode: AuthMode = mode
        self.callers = Callers(store, clock=clock)
        """Who was found out to ask lately."""
        self._arrive = arrive
        """Gives a new user what everybody begins with."""
        self._leave = leave
        """Lets go of all that a user has."""
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret
        self._passwords = Passwords()
        self._by_name = Attempts()
        self._by_address = Attempts(free=FREE_BY_ADDRESS)
        self._are_users = False

    # --- who asks ---

    async def caller_by_key(self, text: str) -> Caller | None:
        """Who a key speaks for, if it is one that holds."""
        return await self.callers.by_key(text)

    async def caller_by_cookie(self, text: str) -> Caller | None:
        """Who is signed in by a cookie, if it is one that holds."""
        return await self.callers.by_cookie(text)

    async def known_as(self, issuer: str, subject: str, *, name: str, role: Role) -> User:
        """The user whom an issuer knows by a subject; made with this name, or one like it, when there is none."""
        for attempt in range(1, MAX_NAMES):
            candidate = name if attempt == 1 else f"{name}-{attempt}"
            user = User(user_id=self._new_id(), name=candidate[:100], role=role, created_at=self._clock())
            try:
                known = await self._store.known_as(issuer, subject, user)
            except NameTaken:
                continue
            if known.user_id == user.user_id:
                await self._arrive(user.user_id)
            return known
        raise NameTaken

    # --- the first admin ---

    async def wants_set_up(self) -> bool:
        """Tell whether the first admin is still to come; once there is somebody, there always is."""
        self._are_users = self._are_users or self._mode != "accounts" or await self._store.has_users()
        return not self._are_users

    async def sign_in_options(self) -> SignInOptions:
        """How to sign in here."""
        return SignInOptions(
            required=self._mode != "none", set_up=await self.wants_set_up(), password=self._mode == "accounts"
        )

    async def new_set_up(self) -> str:
        """Make the text by which one person becomes the first admin, within a day."""
        token = self._new_secret()
        await self._store.add_set_up(hash_of(token), at=self._clock(), expires_at=self._in(hours=SET_UP_HOURS))
        return token

    async def set_up(self, token: str, *, name: str, password: str, address: str) -> SignedIn:
        """Become the first admin, or be that one again, and sign in.

        Raises SetUpRefused, NameTaken, InvalidRequest, TooManyRequests.
        """
        _check_name(name)
        network = network_of(address)
        by = f"address {network}"
        self._refuse_without_passwords()
        self._by_address.refuse_hasty(by)
        self._by_address.note_failure(by)  # noted before it is known, or many at once would be free
        admin = User(user_id=LOCAL_OWNER, name=name, role="admin", created_at=self._clock())
        password_hash = await self._passwords.hash(password, by=network)
        user = await self._store.set_up(hash_of(token), admin, password_hash=password_hash, at=self._clock())
        self._by_address.take_back(by)
        self.callers.forget()
        return await self.sign_in_as(user)

    # --- signing in ---

    async def sign_in(self, name: str, password: str, *, address: str) -> SignedIn:
        """Sign in by name and password. Raises SignInRefused, TooManyRequests, Overloaded."""
        self._refuse_without_passwords()
        found = await self._store.find_user(name)
        about(owner=found.user.user_id if found else None)
        of_name = _by_id(found.user.user_id) if found else f"name {hash_of(name_key(name))}"
        await self._check(password, found and found.password_hash, of_name=of_name, address=address)
        if found is None:
            raise SignInRefused
        return await self.sign_in_as(found.user)

    def _refuse_without_passwords(self) -> None:
        if self._mode != "accounts":
            raise NoAccounts

    async def sign_out(self, token: str) -> None:
        """Let a cookie hold no longer."""
        await self._store.delete_sign_in(hash_of(token))
        self.callers.forget()

    async def _check(self, password: str, password_hash: str | None, *, of_name: str, address: str) -> None:
        """Raise SignInRefused unless a password fits, TooManyRequests when too many did not."""
        network = network_of(address)
        of_address = f"address {network}"
        self._by_name.refuse_hasty(of_name)
        self._by_address.refuse_hasty(of_address)
        self._by_name.note_failure(of_name)  # noted before it is known, or many at once would be free
        self._by_address.note_failure(of_address)
        if not await self._passwords.fits(password, password_hash, by=network):
            raise SignInRefused
        self._by_name.forget(of_name)
        self._by_address.take_back(of_address)

    async def sign_in_as(self, user: User) -> SignedIn:
        """Sign in as a user who has shown who they are. Raises SignInRefused for one that is disabled."""
        if user.disabled:
            raise SignInRefused
        about(actor=user.user_id, owner=user.user_id, user_id=user.user_id)
        token = self._new_secret()
        await self._store.add_sign_in(
            SignIn(
                token_hash=hash_of(token),
                user_id=user.user_id,
                created_at=self._clock(),
                expires_at=self._in(hours=SIGNED_IN_DAYS * 24),
            )
        )
        return SignedIn(user=user, token=token, seconds=SIGNED_IN_DAYS * 86_400)

    # --- users ---

    async def create_user(self, name: str, *, role: Role, password: str | None = None) -> User:
        """Add a user; one without a password signs in elsewhere, or not at all.

        Raises NameTaken, InvalidRequest, Overloaded.
        """
        _check_name(name)
        user = User(user_id=self._new_id(), name=name, role=role, created_at=self._clock())
        password_hash = None if password is None else await self._passwords.hash(password)
        await self._store.add_user(user, password_hash=password_hash)
        await self._arrive(user.user_id)
        about(user_id=user.user_id)
        return user

    async def get_user(self, user_id: str) -> User:
        """Raises UserNotFound."""
        return (await self._store.get_user(user_id)).user

    async def list_users(self, *, limit: int, cursor: str | None) -> Page[User]:
        """A page of users, oldest first."""
        return await self._store.list_users(limit=limit, cursor=cursor)

    async def update_user(
        self,
        user_id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
        password: str | None = None,
    ) -> User:
        """Change a user; what was taken from them holds at once.

        Raises UserNotFound, NameTaken, InvalidRequest, LastAdmin.
        """
        _check_name(name or "")
        password_hash = None if password is None else await self._passwords.hash(password)
        change = UserChange(name=name, role=role, disabled=disabled, password_hash=password_hash)
        user = await self._store.update_user(user_id, change)
        self.callers.forget()
        return user

    async def delete_user(self, user_id: str) -> None:
        """Delete a user and all that is theirs. Raises UserNotFound, LastAdmin.

        They are disabled first, so that no request begins any more; if a crash comes between, it can be done again.
        What a request adds that had begun before goes, too; one whose body is still coming is refused at its end.
        """
        await self.update_user(user_id, disabled=True)
        await self._leave(user_id)
        await self._store.delete_user(user_id)
        await self._leave(user_id)
        self.callers.forget()

    async def change_password(
        self, caller: Caller, *, current: str | None, new: str, name: str | None = None, address: str
    ) -> SignedIn:
        """Change one's own password, which signs out everywhere, and sign in anew; with it one's name: both or neither.

        Raises InvalidRequest, Forbidden, NameTaken, TooManyRequests, Overloaded.
        """
        known = await self._store.get_user(caller.owner)
        if known.password_hash is None:
            raise Forbidden("You have no password here. An admin can give you one.")
        try:
            await self._check(current or "", known.password_hash, of_name=_by_id(caller.owner), address=address)
        except SignInRefused:
            detail = "it is not your password"
            fields = [FieldError(pointer="/current_password", detail=detail)]
            raise InvalidRequest(f"/current_password: {detail}.", errors=fields) from None
        return await self.sign_in_as(await self.update_user(caller.owner, name=name, password=new))

    # --- keys ---

    async def create_key(
        self, caller: Caller, name: str, *, scopes: Scopes | None = None, expires_at: dt.datetime | None = None
    ) -> NewApiKey:
        """Make a key that may do what the caller may, and as long, or less.

        Raises Forbidden, InvalidRequest, Conflict.
        """
        asked = list(caller.scopes) if scopes is None else sorted(set(scopes), key=SCOPES["admin"].index)
        if missing := [scope for scope in asked if scope not in caller.scopes]:
            raise Forbidden(f"A key may do no more than who makes it: you have no scope {missing[0]!r}.")
        await self._refuse_too_many(caller.owner)
        made = new_key(self._new_secret)
        key = ApiKey(
            key_id=self._new_id(),
            name=name,
            scopes=asked,
            prefix=made.prefix,
            created_at=self._clock(),
            expires_at=self._end(caller, expires_at),
        )
        await self._store.add_key(caller.owner, key, key_hash=made.key_hash)
        about(key_id=key.key_id)
        return NewApiKey(**asdict(key), key=made.text)

    async def list_keys(self, owner: str, *, limit: int, cursor: str | None) -> Page[ApiKey]:
        """A page of one's keys, oldest first."""
        return await self._store.list_keys(owner, limit=limit, cursor=cursor)

    async def delete_key(self, owner: str, key_id: str) -> None:
        """Let a key hold no longer. Raises KeyNotFound."""
        await self._store.delete_key(owner, key_id)
        self.callers.forget()

    async def _refuse_too_many(self, owner: str) -> None:
        page = await self._store.list_keys(owner, limit=MAX_KEYS)
        if len(page.items) >= MAX_KEYS:
            raise Conflict(f"You have {MAX_KEYS} keys already. Delete one first.")

    def _in(self, *, hours: float) -> str:
        return earlier(self._clock(), hours=-hours)

    def _end(self, caller: Caller, asked: dt.datetime | None) -> str | None:
        """When a new key expires: else one that was lent for a day would make one that lasts."""
        end = caller.expires_at if asked is None else self._future(asked)
        if caller.expires_at is not None and end is not None and end > caller.expires_at:
            raise Forbidden(
                f"A key may last no longer than the one that makes it, which expires at {caller.expires_at}."
            )
        return end

    def _future(self, moment: dt.datetime) -> str:
        """Raises InvalidRequest for a time that has passed."""
        written = time_of(moment)
        if written <= self._clock():
            detail = "this time has passed"
            raise InvalidRequest(f"/expires_at: {detail}.", errors=[FieldError(pointer="/expires_at", detail=detail)])
        return written


def _check_name(name: str) -> None:
    """Raise InvalidRequest for a name with what nobody sees: by that it would look like another's."""
    if readable(name) != name:
        detail = "a name has no characters that draw nothing or turn the text around, and one space between its words"
        raise InvalidRequest(f"/name: {detail}.", errors=[FieldError(pointer="/name", detail=detail)])


def _by_id(user_id: str) -> str:
    """How failures are counted for a user, whatever the way in which a password is tried."""
    return f"user {user_id}"
