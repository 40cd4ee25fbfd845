"""PostgreSQL with many nodes: they meet, collide, lose connections, and what they were told holds (R15, R18, R19)."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from tertulia.domain.errors import Conflict, QueueFull, StartupError, StorageUnavailable, TertuliaError
from tertulia.store.base import Store
from tertulia.store.sql.database import Connection
from tertulia.store.sql.postgres.connection import connect
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.postgres.link import BEGIN
from tertulia.store.sql.store import SqlStore
from tertulia.store.turns import Accepted
from tests.store.conftest import ROOT
from tests.store.test_plans import use_everything
from tests.store.values import ANA, agent, append, at, completed, new_turn, running, said, session

SESSIONS = [f"s{number}" for number in range(12)]
NODES = ["node0", "node1", "node2"]


def store_at(url: str, **settings: Any) -> Store:
    return SqlStore(PostgresDatabase(url, **settings))


@asynccontextmanager
async def opened(*stores: Store) -> AsyncIterator[None]:
    for each in stores:
        await each.open()
    try:
        yield
    finally:
        for each in stores:
            await each.close()


@pytest.fixture
async def stores(cleared_postgres_url: str) -> AsyncIterator[Sequence[Store]]:
    """Three nodes' stores on one database, in which Ana has an agent and twelve sessions."""
    stores = [store_at(cleared_postgres_url, connections=6) for _ in NODES]
    async with opened(*stores):
        for node, each in zip(NODES, stores, strict=True):
            each.renew(node, seconds=3600)
        await stores[0].create_agent(ANA, agent())
        for session_id in SESSIONS:
            await stores[0].create_session(ANA, session(session_id))
        yield stores


@pytest.fixture
def admin(cleared_postgres_url: str) -> Iterator[psycopg.Connection]:
    """A person with psql."""
    with psycopg.connect(cleared_postgres_url, autocommit=True) as raw:
        yield raw
        raw.execute("DROP FUNCTION IF EXISTS fails CASCADE")


# --- nodes meet ---


async def test_of_many_nodes_that_claim_a_lost_turn_one_has_it(stores: Sequence[Store]) -> None:
    await stores[0].accept_turn(ANA, new_turn("t1", session_id="s1"), node="dead")
    claims = await asyncio.gather(*(each.claim(ANA, "t1", node=node) for each, node in zip(stores, NODES, strict=True)))
    assert [claim.record.epoch for claim in claims if claim] == [2]


async def test_of_many_writers_on_many_nodes_with_one_fence_one_wins(stores: Sequence[Store]) -> None:
    record = await running(stores[0], session_id="s1")
    asked = [each.append([append(record, said([f"{place}"]))]) for place, each in enumerate(list(stores) * 4)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 11
    assert len(await stores[0].read_events(ANA, "t1")) == 5


async def test_one_key_on_many_nodes_makes_one_turn(stores: Sequence[Store]) -> None:
    news = [new_turn(f"t{i}", session_id="s1", idempotency_key="k", request_hash="h") for i in range(60)]
    asked = [stores[i % 3].accept_turn(ANA, new, node=NODES[i % 3]) for i, new in enumerate(news)]
    outcomes = await asyncio.gather(*asked)
    assert [outcome.is_repeat for outcome in outcomes].count(False) == 1
    assert {outcome.record.turn_id for outcome in outcomes} == {outcomes[0].record.turn_id}


async def test_turns_that_come_on_many_nodes_are_dense_and_bounded(stores: Sequence[Store]) -> None:
    asked = [stores[i % 3].accept_turn(ANA, new_turn(f"t{i}", session_id="s1"), node=NODES[i % 3]) for i in range(40)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    taken = sorted(outcome.record.n for outcome in outcomes if isinstance(outcome, Accepted))
    assert taken == list(range(1, 10))
    assert sum(isinstance(outcome, QueueFull) for outcome in outcomes) == 31


async def test_a_storm_of_writers_who_lock_what_others_lock_ends_without_a_failure(stores: Sequence[Store]) -> None:
    records = [await running(stores[0], f"t.{each}", session_id=each) for each in SESSIONS]
    chance = random.Random(7)

    def everything(store: Store, node: str, round_: int) -> list[Any]:
        mixed = chance.sample(records, k=len(records))
        return [
            store.append([append(each, said([node]), seq=3 + round_ * 10) for each in mixed]),
            store.append([completed(each, seq=4 + round_ * 10) for each in mixed[:3]]),
            store.accept_turn(ANA, new_turn(f"{node}.{round_}", session_id="s1", on_busy="interrupt"), node=node),
            store.claim_next(ANA, "s1", at=at(50), node=node),
            store.release(node),
            store.drop_deltas(ended_before=at(60), limit=5),
            store.update_agent(ANA, "a1", config=agent().agent_config, version=round_, at=at(50)),
            store.list_orphans(node, limit=99),
        ]

    asked = [
        ask
        for round_ in range(1, 4)
        for store, node in zip(stores, NODES, strict=True)
        for ask in everything(store, node, round_)
    ]
    chance.shuffle(asked)
    outcomes = await asyncio.gather(*asked, stores[1].delete_session(ANA, "a1", "s5"), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(failure, TertuliaError) for failure in failures), failures
    assert not any(isinstance(failure, StorageUnavailable) for failure in failures)


# --- connections and servers come and go ---


def backends(admin: psycopg.Connection, where: str) -> list[int]:
    found = admin.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        f" AND backend_type = 'client backend' AND {where}".encode()
    )
    return [row[0] for row in found.fetchall()]


async def blocked(admin: psycopg.Connection, *, many: int = 1) -> int:
    """Wait until so many connections wait for locks; return the process of one of them."""
    while True:
        found = backends(admin, "wait_event_type = 'Lock'")
        if len(found) >= many:
            return found[0]
        await asyncio.sleep(0.01)


@contextmanager
def locked(url: str, statement: str) -> Iterator[None]:
    """Someone else holds locks."""
    with psycopg.connect(url) as other:
        other.execute(statement.encode())
        yield
        other.rollback()


async def test_an_operation_whose_connection_is_killed_is_run_again(
    stores: Sequence[Store], admin: psycopg.Connection, cleared_postgres_url: str
) -> None:
    with locked(cleared_postgres_url, "SELECT 1 FROM sessions WHERE session_id = 's1' FOR UPDATE"):
        asked = asyncio.create_task(stores[0].accept_turn(ANA, new_turn("t1", session_id="s1"), node=NODES[0]))
        victim = await blocked(admin)
        admin.execute("SELECT pg_terminate_backend(%s)", (victim,))
    assert (await asked).record.n == 1
    assert (await stores[0].get_session(ANA, "a1", "s1")).turn_count == 1


async def test_the_server_waits_longer_for_a_statement_that_takes_long_to_be_sent(cleared_postgres_url: str) -> None:
    holds = text("SELECT current_setting('idle_in_transaction_session_timeout') AS holds")

    def waits(db: Connection) -> list[str]:
        found = [db.row(holds)]
        for size in (1_000, 3_000_000, 1_000):
            db.do(text("SELECT length(:words)"), words="x" * size)
            found.append(db.row(holds))
        return [row["holds"] for row in found if row is not None]

    database = PostgresDatabase(cleared_postgres_url)
    await database.open()
    assert await database.write(waits) == ["3s", "3s", "30s", "30s"]
    assert await database.write(lambda db: waits(db)[0]) == "3s"
    await database.close()


@pytest.mark.slow
async def test_what_a_node_has_locked_that_was_stopped_midway_is_free_for_others_in_time(
    stores: Sequence[Store], cleared_postgres_url: str
) -> None:
    with connect(cleared_postgres_url) as stopped:
        stopped.execute(BEGIN.format(link="stopped", number=1))
        stopped.execute("SELECT 1 FROM sessions WHERE session_id = 's1' FOR UPDATE")
        assert (await stores[0].accept_turn(ANA, new_turn("t1", session_id="s1"), node=NODES[0])).record.n == 1
        with pytest.raises(psycopg.Error):
            stopped.execute("COMMIT")


async def test_all_connections_may_be_killed_at_any_time(stores: Sequence[Store], admin: psycopg.Connection) -> None:
    for round_ in range(4):
        asked = [stores[i % 3].create_session(ANA, session(f"x{round_}.{i}")) for i in range(30)]
        told = asyncio.gather(*asked)
        await asyncio.sleep(0)
        for pid in backends(admin, "true"):
            admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        await told
    for round_ in range(4):
        for i in range(30):
            assert (await stores[0].get_session(ANA, "a1", f"x{round_}.{i}")).session_id == f"x{round_}.{i}"
    stores[0].renew(NODES[0], seconds=3600)


def failing(admin: psycopg.Connection, code: str, *, odds: float) -> None:
    """Let the server refuse some inserts with an error code, as it does by itself when that trouble is real."""
    admin.execute(
        f"""
        CREATE OR REPLACE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF random() < {odds} THEN RAISE EXCEPTION 'trouble' USING ERRCODE = '{code}'; END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER fails BEFORE INSERT ON turn_events FOR EACH STATEMENT EXECUTE FUNCTION fails()
        """.encode()
    )


WAITS = """
    CREATE TABLE barrier ();
    CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM barrier;
        RETURN NEW;
    END $$;
    CREATE TRIGGER fails BEFORE INSERT ON turn_events FOR EACH STATEMENT EXECUTE FUNCTION fails()
"""


async def test_who_takes_over_waits_for_what_its_zombie_writes_and_then_sees_it(
    stores: Sequence[Store], admin: psycopg.Connection, cleared_postgres_url: str
) -> None:
    zombie = (await stores[0].accept_turn(ANA, new_turn("t1", session_id="s1"), node="dead")).record
    admin.execute(WAITS)
    with locked(cleared_postgres_url, "LOCK TABLE barrier IN ACCESS EXCLUSIVE MODE"):
        written = asyncio.create_task(stores[0].append([append(zombie, said(["Hi"]))]))
        await blocked(admin)  # past its fence, and not committed
        claimed = asyncio.create_task(stores[1].claim(ANA, "t1", node=NODES[1]))
        both_wait = asyncio.create_task(blocked(admin, many=2))
        await asyncio.wait({claimed, both_wait}, return_when=asyncio.FIRST_COMPLETED)
        assert not claimed.done()
    assert not (await written).lost
    assert await claimed is not None
    assert len(await stores[1].read_events(ANA, "t1")) == 5
    assert (await stores[0].append([append(zombie, said(["Hi"]), seq=6)])).lost == {"t1"}
    admin.execute("DROP FUNCTION fails CASCADE; DROP TABLE barrier")


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_storm_of_collisions_is_weathered(
    stores: Sequence[Store], admin: psycopg.Connection, code: str
) -> None:
    failing(admin, code, odds=0.6)
    asked = [stores[i % 3].accept_turn(ANA, new_turn(f"t{i}", session_id=f"s{i}"), node=NODES[0]) for i in range(12)]
    assert [outcome.record.n for outcome in await asyncio.gather(*asked)] == [1] * 12


@pytest.mark.parametrize(
    "code", ["53100", "53200", "58030", "25006", "53300", "57P01", "55P03", "08006", "40001"]
)  # disk full, out of memory, I/O error, read-only, too many connections, shutdown, lock timeout, connection, collision
async def test_trouble_is_refused_with_a_time_to_come_back_and_ends_without_a_restart(
    stores: Sequence[Store], admin: psycopg.Connection, cleared_postgres_url: str, code: str
) -> None:
    hasty = store_at(cleared_postgres_url, patience=0.2)
    async with opened(hasty):
        failing(admin, code, odds=2)
        with pytest.raises(StorageUnavailable) as refused:
            await hasty.accept_turn(ANA, new_turn("t1", session_id="s1"), node=NODES[0])
        assert refused.value.retry_after
        assert (await hasty.get_session(ANA, "a1", "s1")).turn_count == 0
        failing(admin, code, odds=-1)
        assert (await hasty.accept_turn(ANA, new_turn("t1", session_id="s1"), node=NODES[0])).record.n == 1


# --- PgBouncer: nothing is left on a connection ---

# The two timeouts of a transaction end with it.
LEFT_BEHIND = """
    SELECT (SELECT count(*) FROM pg_prepared_statements) + (SELECT count(*) FROM pg_cursors WHERE is_holdable)
        + (SELECT count(*) FROM pg_settings WHERE source = 'session' AND name !~ 'lock_timeout|^idle|^transaction')
        + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
        + (SELECT count(*) FROM pg_class WHERE relpersistence = 't')
        + (SELECT count(*) FROM pg_listening_channels()) AS n
"""


def left_behind(db: Connection) -> int:
    row = db.row(text(LEFT_BEHIND))
    assert row is not None
    return row["n"]


async def test_nothing_is_left_on_a_connection_between_transactions(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url, connections=3)
    store = SqlStore(database)
    async with opened(store):
        await use_everything(store)
        assert await database.read(left_behind) == 0
        assert await database.write(left_behind) == 0
        assert database.write_now(left_behind) == 0


async def test_without_a_server_the_start_is_refused_with_a_sentence() -> None:
    with pytest.raises(StartupError) as refused:
        await store_at("postgresql://ana:secret@127.0.0.1:9/tertulia").open()
    assert "tertulia at 127.0.0.1:9" in refused.value.message
    assert "secret" not in refused.value.message


async def test_with_the_wrong_words_the_start_is_refused_with_a_sentence() -> None:
    with pytest.raises(StartupError, match="URL"):
        await store_at("postgresql://127.0.0.1:nonsense/?what=ever").open()


WITHOUT_DRIVER = """
import asyncio, sys
sys.modules["psycopg"] = None
from tertulia.domain.errors import StartupError
from tertulia.store.sql.postgres.database import PostgresDatabase
try:
    asyncio.run(PostgresDatabase("postgresql://127.0.0.1:9/x").open())
except StartupError as error:
    sys.exit("tertulia[postgres]" not in error.message)
sys.exit(2)
"""
WITHOUT_NEED = """
import sys
import tertulia.wiring
sys.exit("psycopg" in sys.modules)
"""


@pytest.mark.parametrize("program", [WITHOUT_DRIVER, WITHOUT_NEED], ids=["said when missing", "not loaded in vain"])
def test_the_driver_is_for_those_who_use_it(program: str) -> None:
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


async def test_an_id_that_no_text_can_hold_is_not_found(stores: Sequence[Store]) -> None:
    with pytest.raises(TertuliaError):
        await stores[0].get_session(ANA, "a\0", "s1")
