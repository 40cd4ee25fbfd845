"""The statements are one text for every database: none of them leans on SQLite."""

from importlib import import_module
from itertools import product
from pkgutil import iter_modules

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, ColumnElement

from tertulia.store import sql
from tertulia.store.sql import audit, files, reading, schema, searching, sessions, shares
from tertulia.store.sql.registries import shields, toolgroups

DIALECTS: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def statements() -> dict[str, ClauseElement]:
    """Every statement of the store, by the name of its module and its own."""
    found: dict[str, ClauseElement] = {}
    modules = [import_module(each.name) for each in iter_modules(sql.__path__, f"{sql.__name__}.") if not each.ispkg]
    places: dict[str, object] = {module.__name__.rsplit(".", 1)[1]: module for module in modules}
    for place, holder in (places | {"shields": shields, "toolgroups": toolgroups}).items():
        for name, value in vars(holder).items():
            if isinstance(value, ClauseElement) and not isinstance(value, ColumnElement) and name.isupper():
                found[f"{place}.{name}"] = value
    found |= {f"audit.LIST.{kind}": statement for kind, statement in audit.LIST.items()}
    found |= {f"reading.LIST.{order}": statement for order, statement in reading.LIST.items()}
    found |= {f"reading.SIZES.{order}": statement for order, statement in reading.SIZES.items()}
    kinds: list[frozenset[sessions.By]] = [
        frozenset(),
        frozenset({"text"}),
        frozenset({"tag"}),
        frozenset({"text", "tag"}),
    ]
    for archived, pinned, by, is_next in product([None, True], [None, True], kinds, [True, False]):
        statement = sessions.list_statement((archived, pinned), "desc", by=by, is_next=is_next)
        found[f"sessions.list_statement {archived} {pinned} {sorted(by)} {is_next}"] = statement
    for archived, pinned, is_next in product([None, True], [None, True], [True, False]):
        statement = sessions.far_statement((archived, pinned), "desc", is_next=is_next)
        found[f"sessions.far_statement {archived} {pinned} {is_next}"] = statement
    for order, by_purpose, is_next in product(("asc", "desc"), [True, False], [True, False]):
        statement = files.list_statement(order, by_purpose=by_purpose, is_next=is_next)
        found[f"files.list_statement {order} {by_purpose} {is_next}"] = statement
    for archived, pinned, but, among in product([True, False], repeat=4):
        statement = searching.statement("tsquery", archived=archived, pinned=pinned, but=but, among=among)
        found[f"searching.statement {archived} {pinned} {but} {among}"] = statement
    for archived, pinned in ((True, False), (False, True), (True, True)):
        statement = searching.marked_statement(archived=archived, pinned=pinned)
        found[f"searching.marked_statement {archived} {pinned}"] = statement
    for of_session, is_next in product([True, False], [True, False]):
        statement = shares.list_statement(of_session=of_session, is_next=is_next)
        found[f"shares.list_statement {of_session} {is_next}"] = statement
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_statement_can_be_said_in_every_dialect(dialect: str) -> None:
    for statement in statements().values():
        assert str(statement.compile(dialect=DIALECTS[dialect]))
    assert schema.creation(DIALECTS[dialect])


def test_where_many_may_write_whoever_changes_how_a_session_stands_locks_it_first() -> None:
    locking = {
        name for name, each in statements().items() if "FOR UPDATE" in str(each.compile(dialect=DIALECTS["postgresql"]))
    }
    assert locking >= {"sessions.GET_FOR_UPDATE", "turns.LOCK_SESSION", "appending.LOCK_SESSIONS", "turns.LOCK_STATUS"}


def test_ids_and_times_sort_by_their_bytes_everywhere() -> None:
    made = " ".join(schema.creation(DIALECTS["postgresql"]))
    for column in ("session_id", "turn_id", "updated_at", "created_at"):
        assert f'{column} TEXT COLLATE "C"' in made


def test_every_unique_key_of_what_hangs_on_a_session_has_its_shard() -> None:
    for name in ("sessions", "turns", "turn_events", "search_rows"):
        table = schema.metadata.tables[name]
        keys = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
        assert keys
        assert all("shard" in key.columns for key in keys)
