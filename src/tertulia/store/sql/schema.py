"""Which version of the schema this code needs, and the two ways to it.

Versions are the numbers of the migrations. A new database is made at the newest version at once; alembic takes a while
to import and is called in only to bring an older database up to date. tests/store/test_migrations.py proves that both
ways lead to the same schema.
"""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from tertulia import __version__
from tertulia.domain.errors import StartupError
from tertulia.store.sql import audit_schema, search_schema
from tertulia.store.sql.tables import metadata

MIGRATIONS = Path(__file__).parents[1] / "migrations"
VERSIONS = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
NEWEST = VERSIONS[-1]

# The table is alembic's, so that it finds it as it would have made it.
READ_VERSION = "SELECT version_num FROM alembic_version"
VERSION_TABLE = (
    "CREATE TABLE IF NOT EXISTS alembic_version"
    " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
SET_VERSION = f"INSERT INTO alembic_version (version_num) VALUES ('{NEWEST}')"  # noqa: S608 - a number of ours


def is_due(found: str, database: str, *, remedy: str) -> bool:
    """Tell whether a database at version `found` must be brought up to date. Raises StartupError if it is newer."""
    if found not in VERSIONS:
        raise StartupError(
            f"The database {database} has schema version {found}; Tertulia {__version__} knows versions up to {NEWEST}."
            f" Start a newer Tertulia, or this one {remedy}."
        )
    return found != NEWEST


def creation(dialect: Dialect) -> list[str]:
    """Return the statements that make the tables and indexes of the newest version."""
    tables = metadata.sorted_tables
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    for index in indexes:
        if where := index.info.get("where"):
            index.dialect_options[dialect.name]["where"] = text(where)
    made = [*(CreateTable(table) for table in tables), *(CreateIndex(index) for index in indexes)]
    return [
        *(str(each.compile(dialect=dialect)) for each in made),
        *search_schema.BY_DIALECT[dialect.name],
        *audit_schema.BY_DIALECT[dialect.name],
    ]


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Run the migrations that a database lacks, in the transaction of `connection`."""
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - heavy

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, to)
