"""What the store asks of a database: transactions that run operations, and connections that run statements.

An operation is a plain function from a connection to a result. It checks first and writes then; what it raises undoes
what it wrote. Statements are SQLAlchemy Core; each is compiled to a dialect's SQL once, and only the text goes to the
driver, since building and compiling costs more than running.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement as Statement

T = TypeVar("T")


class Row(Protocol):
    """A row of a result, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Connection(Protocol):
    """Runs statements in the transaction of one operation."""

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """All rows of a select."""
        ...

    def row(self, statement: Statement, **values: object) -> Row | None:
        """The first row of a select, if there is one."""
        ...

    def run(self, statement: Statement, **values: object) -> int:
        """Run a change; return how many rows it changed."""
        ...

    def do(self, statement: Statement, **values: object) -> None:
        """Run a change of which nobody asks how it went: it may be sent with what comes next, and fail then."""
        ...

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, object]]) -> None:
        """Do a change once for each of `rows`."""
        ...


Operation = Callable[[Connection], T]


class Database(Protocol):
    """Runs operations, each as one transaction. Raises StorageUnavailable when it cannot.

    A write may be run more than once until it is committed, so an operation changes nothing but the database.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use it at the same time."""
        ...

    @property
    def language(self) -> Literal["fts5", "tsquery"]:
        """How it is asked for words."""
        ...

    async def open(self) -> None: ...

    async def read(self, operation: Operation[T]) -> T: ...

    async def write(self, operation: Operation[T]) -> T:
        """Run an operation; what it wrote survives a crash when this returns."""
        ...

    async def reclaim(self) -> bool:
        """Give back some of the space that is free, and keep nothing of what was there; tell whether there is more."""
        ...

    def write_now(self, operation: Operation[T]) -> T:
        """As `write`, for foreign threads: it blocks, and needs no event loop. The operation may be done twice."""
        ...

    async def close(self) -> None: ...


class Texts:
    """The SQL of Core statements in one dialect, each compiled when it is first used."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[Statement, tuple[str, dict[str, object]]] = {}

    def of(self, statement: Statement) -> tuple[str, dict[str, object]]:
        """Return a statement's SQL and the parameters that it brings along."""
        found = self._texts.get(statement)
        return found if found is not None else self._compile(statement)

    def _compile(self, statement: Statement) -> tuple[str, dict[str, object]]:
        compiled = statement.compile(dialect=self._dialect)
        own = {name: value for name, value in (compiled.params or {}).items() if value is not None}
        return self._texts.setdefault(statement, (str(compiled), own))
