"""Statements and operations on users, and on what other issuers know them by.

Operations do what `AccountStore` says; what they raise is said there.
"""

from sqlalchemy import bindparam, delete, select, tuple_, update

from tertulia.domain.errors import Conflict, LastAdmin, NameTaken, UserNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.users import User, name_key
from tertulia.store import rules
from tertulia.store.accounts import Credentials, UserChange
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import identities, sign_ins, users

_is_this = users.c.user_id == bindparam("this")

ANY = select(users.c.user_id).limit(bindparam("limit"))
GET = select(users).where(_is_this)
LOCK = GET.with_for_update()
FIND = select(users).where(users.c.name_key == bindparam("key"))
LIST = (
    select(users)
    .where(tuple_(users.c.created_at, users.c.user_id) > tuple_(bindparam("after_at"), bindparam("after_id")))
    .order_by(users.c.created_at, users.c.user_id)
    .limit(bindparam("limit"))
)
LOCK_ADMINS = (
    select(users.c.user_id)
    .where(users.c.role == "admin", users.c.disabled.is_(False))
    .order_by(users.c.user_id)
    .with_for_update()
)
"""Of two who would make the last two admins none, the second waits here, and sees it."""
INSERT = InsertUnlessThere(users)
UPDATE = (
    update(users)
    .where(_is_this)
    .values(
        name=bindparam("name"),
        name_key=bindparam("key"),
        role=bindparam("role"),
        disabled=bindparam("disabled"),
        password_hash=bindparam("password_hash"),
    )
)
DELETE = delete(users).where(_is_this)
FIND_IDENTITY = (
    select(users)
    .join(identities, identities.c.user_id == users.c.user_id)
    .where(identities.c.issuer == bindparam("of"), identities.c.subject == bindparam("known_as"))
)
INSERT_IDENTITY = InsertUnlessThere(identities)
END_SIGN_INS = delete(sign_ins).where(sign_ins.c.user_id == bindparam("this"))


def add(db: Connection, user: User, *, password_hash: str | None = None) -> None:
    """Add a user."""
    row = {
        "user_id": user.user_id,
        "name": user.name,
        "name_key": name_key(user.name),
        "role": user.role,
        "disabled": user.disabled,
        "password_hash": password_hash,
        "created_at": user.created_at,
    }
    if db.run(INSERT, **row):
        return
    if db.row(GET, this=user.user_id) is not None:
        raise Conflict("There is a user with this id already.")
    raise NameTaken


def has_any(db: Connection) -> bool:
    """Tell whether there is a user."""
    return db.row(ANY, limit=1) is not None


def get(db: Connection, user_id: str) -> Credentials:
    """Return a user, and the hash of their password."""
    return _credentials(_found(db.row(GET, this=user_id)))


def find(db: Connection, name: str) -> Credentials | None:
    """Return the user of a name."""
    row = db.row(FIND, key=name_key(name))
    return None if row is None else _credentials(row)


def list_page(db: Connection, *, limit: int, cursor: str | None = None) -> Page[User]:
    """Return a page of users, oldest first."""
    after_at, after_id = rules.time_position(cursor) if cursor else ("", "")
    rows = db.rows(LIST, after_at=after_at, after_id=after_id, limit=limit + 1)
    items = [user_of(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].created_at, items[-1].user_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def change_one(db: Connection, user_id: str, change: UserChange) -> User:
    """Change a user; where they are signed in they may have to do it again."""
    admins = _lock_admins(db)
    before = _credentials(_found(db.row(LOCK, this=user_id)))
    after = rules.changed_user(before, change)
    if user_id in admins and (after.user.role != "admin" or after.user.disabled):
        refuse_if_last(admins)
    save(db, after)
    if change.ends_sign_ins:
        db.run(END_SIGN_INS, this=user_id)
    return after.user


def save(db: Connection, after: Credentials) -> None:
    """Write a user as they are now, unless another has the name."""
    user = after.user
    key = name_key(user.name)
    other = db.row(FIND, key=key)
    if other is not None and other["user_id"] != user.user_id:
        raise NameTaken
    db.run(
        UPDATE,
        this=user.user_id,
        name=user.name,
        key=key,
        role=user.role,
        disabled=user.disabled,
        password_hash=after.password_hash,
    )


def delete_one(db: Connection, user_id: str) -> None:
    """Delete a user; their keys, sign-ins and identities go with them."""
    admins = _lock_admins(db)
    if user_id in admins:
        refuse_if_last(admins)
    if not db.run(DELETE, this=user_id):
        raise UserNotFound


def refuse_if_last(admins: set[str]) -> None:
    """Raise if there is one admin only."""
    if len(admins) == 1:
        raise LastAdmin


def known_as(db: Connection, issuer: str, subject: str, otherwise: User) -> User:
    """Return the user of an identity, or make it that of a new one."""
    row = db.row(FIND_IDENTITY, of=issuer, known_as=subject)
    if row is not None:
        return user_of(row)
    add(db, otherwise)
    if db.run(INSERT_IDENTITY, issuer=issuer, subject=subject, user_id=otherwise.user_id):
        return otherwise
    db.run(DELETE, this=otherwise.user_id)  # another node was faster
    return user_of(_found(db.row(FIND_IDENTITY, of=issuer, known_as=subject)))


def user_of(row: Row) -> User:
    """Read a user."""
    return User(
        user_id=row["user_id"],
        name=row["name"],
        role=row["role"],
        created_at=row["created_at"],
        disabled=bool(row["disabled"]),
    )


def _lock_admins(db: Connection) -> set[str]:
    return {row["user_id"] for row in db.rows(LOCK_ADMINS)}


def _found(row: Row | None) -> Row:
    if row is None:
        raise UserNotFound
    return row


def _credentials(row: Row) -> Credentials:
    return Credentials(user=user_of(row), password_hash=row["password_hash"])
