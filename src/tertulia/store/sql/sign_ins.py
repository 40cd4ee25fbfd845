"""Statements and operations on what says who somebody is: cookies, keys, and links that make the first admin.

Operations do what `AccountStore` says; what they raise is said there.
"""

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select, tuple_, update

from tertulia.domain.errors import Conflict, KeyNotFound, SetUpRefused, UserNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.users import ApiKey, Scope, User
from tertulia.store import rules
from tertulia.store.accounts import Credentials, KnownKey, SignIn
from tertulia.store.sql import users
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import api_keys, set_ups, sign_ins
from tertulia.store.sql.tables import users as users_table

_scopes = msgspec.json.Decoder(list[Scope])

LOCK_USER = users.GET.with_for_update(read=True, key_share=True)
"""They are not deleted meanwhile."""

DROP_SET_UPS = delete(set_ups).where(set_ups.c.expires_at <= bindparam("now"))
ADD_SET_UP = insert(set_ups)
USE_SET_UP = delete(set_ups).where(set_ups.c.token_hash == bindparam("this"), set_ups.c.expires_at > bindparam("now"))
END_SET_UPS = delete(set_ups)

DROP_SIGN_INS = delete(sign_ins).where(sign_ins.c.user_id == bindparam("of"), sign_ins.c.expires_at <= bindparam("now"))
ADD_SIGN_IN = insert(sign_ins)
FIND_SIGN_IN = (
    select(users_table)
    .join(sign_ins, sign_ins.c.user_id == users_table.c.user_id)
    .where(sign_ins.c.token_hash == bindparam("this"), sign_ins.c.expires_at > bindparam("now"))
)
END_SIGN_IN = delete(sign_ins).where(sign_ins.c.token_hash == bindparam("this"))

ADD_KEY = InsertUnlessThere(api_keys)
FIND_KEY = (
    select(
        api_keys,
        users_table.c.name.label("user_name"),
        users_table.c.role,
        users_table.c.disabled,
        users_table.c.created_at.label("user_created_at"),
    )
    .join(users_table, users_table.c.user_id == api_keys.c.user_id)
    .where(api_keys.c.prefix == bindparam("begin"))
)
LIST_KEYS = (
    select(api_keys)
    .where(
        api_keys.c.user_id == bindparam("of"),
        tuple_(api_keys.c.created_at, api_keys.c.key_id) > tuple_(bindparam("after_at"), bindparam("after_id")),
    )
    .order_by(api_keys.c.created_at, api_keys.c.key_id)
    .limit(bindparam("limit"))
)
TOUCH_KEY = update(api_keys).where(api_keys.c.key_id == bindparam("this")).values(last_used_at=bindparam("at"))
DELETE_KEY = delete(api_keys).where(and_(api_keys.c.user_id == bindparam("of"), api_keys.c.key_id == bindparam("this")))


def add_set_up(db: Connection, token_hash: str, *, at: str, expires_at: str) -> None:
    """Remember a link, and forget those that have expired."""
    db.run(DROP_SET_UPS, now=at)
    db.run(ADD_SET_UP, token_hash=token_hash, expires_at=expires_at)


def set_up(db: Connection, token_hash: str, admin: User, *, password_hash: str, at: str) -> User:
    """Use a link, and make an admin."""
    if not db.run(USE_SET_UP, this=token_hash, now=at):
        raise SetUpRefused
    db.run(END_SET_UPS)
    row = db.row(users.LOCK, this=admin.user_id)
    if row is None:
        users.add(db, admin, password_hash=password_hash)
        return admin
    again = rules.admin_again(users.user_of(row), admin)
    users.save(db, Credentials(user=again, password_hash=password_hash))
    db.run(users.END_SIGN_INS, this=admin.user_id)
    return again


def add_sign_in(db: Connection, sign_in: SignIn) -> None:
    """Remember a cookie."""
    _refuse_without_user(db, sign_in.user_id)
    db.run(DROP_SIGN_INS, of=sign_in.user_id, now=sign_in.created_at)
    db.run(ADD_SIGN_IN, **msgspec.structs.asdict(sign_in))


def find_sign_in(db: Connection, token_hash: str, *, at: str) -> User | None:
    """Return who is signed in by a cookie."""
    row = db.row(FIND_SIGN_IN, this=token_hash, now=at)
    return None if row is None else users.user_of(row)


def delete_sign_in(db: Connection, token_hash: str) -> None:
    """Forget a cookie."""
    db.run(END_SIGN_IN, this=token_hash)


def add_key(db: Connection, user_id: str, key: ApiKey, *, key_hash: str) -> None:
    """Add a key."""
    _refuse_without_user(db, user_id)
    row = {**msgspec.structs.asdict(key), "scopes": msgspec.json.encode(key.scopes)}
    if not db.run(ADD_KEY, user_id=user_id, key_hash=key_hash, **row):
        raise Conflict("There is a key with this prefix already.")


def find_key(db: Connection, prefix: str) -> KnownKey | None:
    """Return a key by how it begins, and whose it is."""
    row = db.row(FIND_KEY, begin=prefix)
    if row is None:
        return None
    user = User(
        user_id=row["user_id"],
        name=row["user_name"],
        role=row["role"],
        created_at=row["user_created_at"],
        disabled=bool(row["disabled"]),
    )
    return KnownKey(user=user, key=_key(row), key_hash=row["key_hash"])


def list_keys(db: Connection, user_id: str, *, limit: int, cursor: str | None = None) -> Page[ApiKey]:
    """Return a page of a user's keys, oldest first."""
    after_at, after_id = rules.time_position(cursor) if cursor else ("", "")
    rows = db.rows(LIST_KEYS, of=user_id, after_at=after_at, after_id=after_id, limit=limit + 1)
    items = [_key(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].created_at, items[-1].key_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def touch_key(db: Connection, key_id: str, *, at: str) -> None:
    """Remember when a key was used."""
    db.run(TOUCH_KEY, this=key_id, at=at)


def delete_key(db: Connection, user_id: str, key_id: str) -> None:
    """Delete a key."""
    if not db.run(DELETE_KEY, of=user_id, this=key_id):
        raise KeyNotFound


def _refuse_without_user(db: Connection, user_id: str) -> None:
    if db.row(LOCK_USER, this=user_id) is None:
        raise UserNotFound


def _key(row: Row) -> ApiKey:
    return ApiKey(
        key_id=row["key_id"],
        name=row["name"],
        scopes=_scopes.decode(row["scopes"]),
        prefix=row["prefix"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )
