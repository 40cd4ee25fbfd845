"""What SQLAlchemy has no words for that are the same in SQLite and PostgreSQL.

That is their clock, an insert that leaves alone what is there, and values that come as one JSON array.

A statement has one text, however many values it is given: an array is one parameter, and `each_of` makes rows of it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Insert,
    Text,
    bindparam,
    column,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import NullType, TypeEngine, UserDefinedType


class DatabaseNow(FunctionElement[int]):
    """The database's clock in milliseconds, which all nodes share."""

    type = BigInteger()
    inherit_cache = True


class InsertUnlessThere(Insert):
    """An insert that changes nothing if there is a row with that key already."""

    inherit_cache = True


class InsertWords(Insert):
    """An insert of a row of words that takes the place of an earlier one's words, and leaves that where it stands."""

    inherit_cache = True


class Words(UserDefinedType[str]):
    """Terms with spaces between them, kept as the database finds them."""

    cache_ok = True


class AsWords(FunctionElement[str]):
    """Terms with spaces between them, as a value of such a column."""

    inherit_cache = True


class FreePlace(FunctionElement[int]):
    """A place at which no row of words stands, if the database needs it to be free: one, or from another one on."""

    type = BigInteger()
    inherit_cache = True


class CurrentTransaction(FunctionElement[int]):
    """The number of the transaction that writes, where many write at once; 0 where one does."""

    type = BigInteger()
    inherit_cache = True


class OldestTransaction(FunctionElement[int]):
    """The number of the oldest transaction that has not ended yet: all before it is there to be read."""

    type = BigInteger()
    inherit_cache = True


class EachOf(FunctionElement[Any]):
    """The members of a JSON array, as rows."""

    inherit_cache = True


class Part(FunctionElement[Any]):
    """A member of a JSON array: of which, its place, its type."""

    inherit_cache = True

    def __init__(self, array: ColumnElement[Any], place: int, type_: TypeEngine[Any]) -> None:
        self.type = type_
        super().__init__(array, literal_column(str(place)))


def each_of(name: str) -> TableValuedAlias:
    """Make rows, with a column `value`, of the JSON array that is given as parameter `name`."""
    return EachOf(bindparam(name, type_=Text)).table_valued(column("value"), name=name)


class IsOneOf(FunctionElement[bool]):
    """A text is one of those that are given as a parameter: a look into an index for each, however many are there."""

    type = cast(Any, NullType())  # a Boolean would be compared with 1 where there are none, which no index is for
    inherit_cache = True


def is_one_of(key: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Compare with the texts that are given as parameter `name`, by `array`."""
    return IsOneOf(key, bindparam(name, type_=Text))


class Array(str):
    """Texts as one parameter: the text of a JSON array, and `texts` for databases that have arrays."""

    __slots__ = ("texts",)

    texts: list[str]


def array(values: Iterable[str]) -> Array:
    """Write texts as the parameter of `is_one_of`."""
    texts = list(values)
    written = Array(msgspec.json.encode(texts).decode())
    written.texts = texts
    return written


def rows(values: Iterable[Sequence[object]]) -> str:
    """Write rows as the parameter of `each_of`."""
    return msgspec.json.encode(list(values)).decode()


@compiles(InsertUnlessThere)
def _insert_unless_there(element: InsertUnlessThere, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{cast(Any, compiler).visit_insert(element, **kw)} ON CONFLICT DO NOTHING"


@compiles(InsertWords)
def _insert_words(element: InsertWords, compiler: SQLCompiler, **kw: Any) -> str:
    key = ", ".join(column.name for column in cast(Any, element.table).primary_key)
    insert = cast(Any, compiler).visit_insert(element, **kw)
    return f"{insert} ON CONFLICT ({key}) DO UPDATE SET terms = excluded.terms"


@compiles(Words, "sqlite")
def _sqlite_words(element: Words, compiler: Any, **kw: Any) -> str:
    return "TEXT"


@compiles(Words, "postgresql")
def _postgresql_words(element: Words, compiler: Any, **kw: Any) -> str:
    return "TSVECTOR"


@compiles(AsWords, "sqlite")
def _sqlite_as_words(element: AsWords, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(AsWords, "postgresql")
def _postgresql_as_words(element: AsWords, compiler: SQLCompiler, **kw: Any) -> str:
    # Written out, not to_tsvector: its parser would cut the terms anew. No term has a quote or a backslash in it.
    each = f"unnest(string_to_array({compiler.process(element.clauses, **kw)}, ' ')) WITH ORDINALITY AS each (term, n)"
    return f"(SELECT CAST(string_agg('''' || term || ''':' || n, ' ') AS TSVECTOR) FROM {each})"  # noqa: S608 - ours


@compiles(FreePlace, "sqlite")
def _sqlite_free_place(element: FreePlace, compiler: SQLCompiler, **kw: Any) -> str:
    place, other = (compiler.process(clause, **kw) for clause in element.clauses)
    is_free = "NOT EXISTS (SELECT 1 FROM search_rows WHERE place = {})"
    return (
        f"CASE WHEN {is_free.format(place)} THEN {place} WHEN {is_free.format(other)} THEN {other} "  # noqa: S608 - ours
        f"ELSE (SELECT taken.place + 1 FROM search_rows AS taken WHERE taken.place >= {other} AND NOT EXISTS "
        "(SELECT 1 FROM search_rows AS beside WHERE beside.place = taken.place + 1) ORDER BY taken.place LIMIT 1) END"
    )


@compiles(FreePlace, "postgresql")
def _postgresql_free_place(element: FreePlace, compiler: SQLCompiler, **kw: Any) -> str:
    place, _ = element.clauses
    return compiler.process(place, **kw)


@compiles(CurrentTransaction, "sqlite")
def _sqlite_transaction(element: CurrentTransaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "0"


@compiles(CurrentTransaction, "postgresql")
def _postgresql_transaction(element: CurrentTransaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"


@compiles(OldestTransaction, "sqlite")
def _sqlite_oldest(element: OldestTransaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "1"


@compiles(OldestTransaction, "postgresql")
def _postgresql_oldest(element: OldestTransaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(element: DatabaseNow, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _postgresql_now(element: DatabaseNow, compiler: SQLCompiler, **kw: Any) -> str:
    # Not now(), which is when the transaction began: it may have waited for a lock since.
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(IsOneOf, "sqlite")
def _sqlite_is_one_of(element: IsOneOf, compiler: SQLCompiler, **kw: Any) -> str:
    key, texts = element.clauses
    name, each = cast(Any, texts).key, compiler.process(texts, **kw)
    return f"{compiler.process(key, **kw)} IN (SELECT {name}.value FROM json_each({each}) AS {name})"  # noqa: S608 - ours


@compiles(IsOneOf, "postgresql")
def _postgresql_is_one_of(element: IsOneOf, compiler: SQLCompiler, **kw: Any) -> str:
    key, texts = element.clauses
    name = cast(Any, texts).key
    return f"{compiler.process(key, **kw)} = ANY({compiler.process(bindparam(name, type_=ARRAY(Text)), **kw)})"


@compiles(EachOf, "sqlite")
def _sqlite_each(element: EachOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(EachOf, "postgresql")
def _postgresql_each(element: EachOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **kw)} AS JSON))"


@compiles(Part, "sqlite")
def _sqlite_part(element: Part, compiler: SQLCompiler, **kw: Any) -> str:
    array, place = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_extract({array}, '$[{place}]')"


@compiles(Part, "postgresql")
def _postgresql_part(element: Part, compiler: SQLCompiler, **kw: Any) -> str:
    array, place = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST({array} ->> {place} AS {compiler.dialect.type_compiler_instance.process(element.type)})"
