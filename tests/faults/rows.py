"""What must hold of the rows of a database after any fault (I2, I4, I8), whatever database it is.

They are read by other means than the server's own. Each finding is a sentence that begins with the invariant's name.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.faults.invariants import ENDED

Row = Mapping[str, Any] | sqlite3.Row
TURNS = "SELECT * FROM turns"
EVENTS = "SELECT * FROM turn_events ORDER BY turn_id, epoch, first_seq"
SESSIONS = "SELECT * FROM sessions"


FALSE_ALARM = "NULL value in file_uses.owner"
"""What SQLite 3.40 says of that table, whose key is not its first columns: it reads another one, and there is no NULL.

Later ones do not: https://sqlite.work/?p=5029 tells how it came to that.
"""


def of_sqlite(path: Path) -> Iterator[str]:
    """The file is whole, and so is what its rows say."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        raw.row_factory = sqlite3.Row
        verdicts = {row[0] for row in raw.execute("PRAGMA integrity_check")}
        for verdict in sorted(verdicts - {"ok", FALSE_ALARM}):
            yield f"I4: the database is not whole: {verdict}"
        if raw.execute("PRAGMA foreign_key_check").fetchall():
            yield "I4: the database has rows of what is not there"
        raw.execute("BEGIN")
        turns, events, sessions = (raw.execute(text).fetchall() for text in (TURNS, EVENTS, SESSIONS))
    yield from _of(turns, events, sessions)


def of_postgres(url: str) -> Iterator[str]:
    """What its rows say, all as of one moment."""
    with psycopg.connect(url) as raw, raw.cursor(row_factory=dict_row) as cursor:
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        turns, events, sessions = (cursor.execute(text).fetchall() for text in (TURNS, EVENTS, SESSIONS))
    yield from _of(turns, events, sessions)


def all_of(url: str) -> list[Any]:
    """Every row of turns and events."""
    with psycopg.connect(url) as raw:
        return [raw.execute(text).fetchall() for text in (f"{TURNS} ORDER BY turn_id", EVENTS)]


def _of(turns: Iterable[Row], events: Iterable[Row], sessions: Iterable[Row]) -> Iterator[str]:
    by_id = {turn["turn_id"]: turn for turn in turns}
    for turn_id, group in groupby(events, key=lambda row: row["turn_id"]):
        if turn_id in by_id:
            yield from _rows(by_id[turn_id], list(group))
    for session in sessions:
        yield from _session(session, [each for each in by_id.values() if each["session_id"] == session["session_id"]])


def _rows(turn: Row, rows: Sequence[Row]) -> Iterator[str]:
    name = f"turn {turn['n']} of session {turn['session_id']}"
    completed: Counter[str] = Counter()
    next_seq: dict[int, int] = {}
    for row in rows:
        events = json.loads(row["data"])
        epoch = row["epoch"]
        if not 0 <= epoch <= turn["fence"]:
            yield f"I4: {name} has events of epoch {epoch}, and its fence is {turn['fence']}"
        if row["last_seq"] - row["first_seq"] + 1 != len(events):
            yield f"I4: {name} has {len(events)} events at {epoch}.{row['first_seq']}–{row['last_seq']}"
        if row["first_seq"] != next_seq.get(epoch, 1):
            yield f"I4: {name} goes on at {epoch}.{row['first_seq']}, after {epoch}.{next_seq.get(epoch, 1) - 1}"
        next_seq[epoch] = row["last_seq"] + 1
        completed.update(event["step_id"] for event in events if event["event_type"] == "step_complete")
    for step_id, times in completed.items():
        if times > 1:
            yield f"I4: step {step_id} of {name} was completed {times} times"
    if turn["status"] in ENDED and turn["lease_owner"] is not None:
        yield f"I8: {name} has ended, and is held by {turn['lease_owner']}"


def _session(session: Row, turns: Sequence[Row]) -> Iterator[str]:
    name = f"session {session['session_id']}"
    if sorted(turn["n"] for turn in turns) != list(range(1, session["turn_count"] + 1)):
        yield f"I2: {name} counts {session['turn_count']} turns, and has {sorted(turn['n'] for turn in turns)}"
    if sum(turn["status"] == "running" for turn in turns) > 1:
        yield f"I2: {name} has two turns that run"
    is_idle = all(turn["status"] in ENDED for turn in turns)
    if is_idle != (session["status"] == "idle"):
        yield f"I2: {name} is {session['status']}, and its turns are {[turn['status'] for turn in turns]}"
