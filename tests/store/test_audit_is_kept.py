"""The databases themselves refuse to have the audit changed, or its last thirty days deleted, whoever asks."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.errors import TertuliaError
from tertulia.runtime.clock import SystemClock, earlier
from tertulia.store.base import Store
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA


def entry(name: str, *, days_old: float) -> AuditEntry:
    at = earlier(SystemClock()(), hours=24 * days_old)
    return AuditEntry(entry_id=name, at=at, action="session.delete", actor=ANA, owner=ANA, outcome="done")


async def names_in(store: Store) -> list[str]:
    return [each.entry_id for each in (await store.list_audit(AuditFilter(), limit=9)).items]


async def test_sqlite_refuses_to_change_entries_and_to_delete_young_ones(tmp_path: Path) -> None:
    store = SqlStore(SqliteDatabase(tmp_path / "tertulia.db"))
    await store.open()
    await store.add_audit([entry("young", days_old=29.9), entry("old", days_old=30.1)])
    with closing(sqlite3.connect(tmp_path / "tertulia.db")) as raw:
        for statement in (
            "UPDATE audit SET actor = 'ben'",
            "DELETE FROM audit",
            "REPLACE INTO audit SELECT * FROM audit",
            "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT DO UPDATE SET actor = 'ben'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="of the audit"):
                raw.execute(statement)
            raw.rollback()
        assert raw.execute("DELETE FROM audit WHERE entry_id = 'old'").rowcount == 1
        raw.commit()
    with pytest.raises(TertuliaError):
        await store.drop_audit(before=SystemClock()(), limit=9)
    assert await names_in(store) == ["young"]
    await store.close()


async def test_postgres_refuses_the_same_and_to_empty_the_table(cleared_postgres_url: str) -> None:
    store = SqlStore(PostgresDatabase(cleared_postgres_url))
    await store.open()
    await store.add_audit([entry("young", days_old=29.9), entry("old", days_old=30.1)])
    with psycopg.connect(cleared_postgres_url, autocommit=True) as raw:
        for statement in (b"UPDATE audit SET actor = 'ben'", b"DELETE FROM audit", b"TRUNCATE audit"):
            with pytest.raises(psycopg.errors.RaiseException, match="of the audit"):
                raw.execute(statement)
        assert raw.execute("DELETE FROM audit WHERE entry_id = 'old'").rowcount == 1
    assert await names_in(store) == ["young"]
    await store.close()
