"""A process that uses a database and says on standard output what was acknowledged, until it is killed.

`python -m tests.store.witness DATABASE ROUND [STATEMENT]` takes turns on in four sessions at once, adds to their logs
and lets them end. Each line is written after the store has returned: what it names must be there, whatever happens
next. Given the number of a statement, it talks in one session only and kills itself before it runs that statement.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

from tertulia.store.base import Store
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA, append, completed, new_turn, said

SESSIONS = ("s1", "s2", "s3", "s4")


def say(*words: object) -> None:
    """Write one line at once; it is in the pipe when this returns."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def talk(store: Store, session_id: str, round_: int, node: str) -> None:
    """Take turn after turn through its life."""
    for turn in range(1_000_000):
        turn_id = f"{session_id}.r{round_}.t{turn}"
        key = f"r{round_}.t{turn}"
        new = new_turn(turn_id, session_id=session_id, idempotency_key=key)
        record = (await store.accept_turn(ANA, new, node=node)).record
        say("accepted", session_id, turn_id, key)
        events = said(["word "] * 5, turn_id)
        await store.append([append(record, events)])
        say("logged", session_id, turn_id, 2 + len(events))
        await store.append([completed(record, seq=3 + len(events))])
        say("ended", session_id, turn_id)


def dies_at(statement: int, raw: sqlite3.Connection) -> None:
    """Let the process die at a statement of a connection."""
    ran: list[str] = []

    def count(sql: str) -> None:
        ran.append(sql)
        if len(ran) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    raw.set_trace_callback(count)


async def main(path: str, round_: int, statement: int | None = None) -> None:
    """Use the database until killed."""
    connections: list[sqlite3.Connection] = []
    store = SqlStore(SqliteDatabase(Path(path), on_connect=connections.append))
    await store.open()
    node = f"node-{os.getpid()}"
    store.renew(node, seconds=60)
    for record in await store.list_orphans(node, limit=99):
        claimed = await store.claim(ANA, record.turn_id, node=node)
        if claimed:
            await store.append([completed(claimed.record, seq=1)])
    say("ready")
    if statement is not None:
        dies_at(statement, connections[0])
        await talk(store, SESSIONS[0], round_, node)
    await asyncio.gather(*(talk(store, session_id, round_, node) for session_id in SESSIONS))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
