"""No statement of the store looks at more rows than it needs: what each database plans to do, for each statement."""

import re
import sqlite3
from itertools import product

import psycopg
from msgspec.structs import replace
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

from tertulia.domain.agents import AgentConfig
from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.changes import BEGINNING
from tertulia.domain.events import EventId
from tertulia.domain.feedback import Feedback
from tertulia.domain.paging import encode_cursor
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.domain.shields import PatternShield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store.base import Store
from tertulia.store.log import Watched
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.files import file, hash_of, reserved, uploaded
from tests.store.test_dialects import statements
from tests.store.values import (
    ANA,
    NODE,
    OTHER_NODE,
    agent,
    append,
    at,
    completed,
    new_turn,
    queued,
    running,
    said,
    session,
    share,
)

LOCKS = (
    "SELECT sessions.session_id, sessions.active_turn_id \nFROM sessions JOIN turns",
    "SELECT turns.turn_id \nFROM turns \nWHERE turns.lease_owner",
    "SELECT sessions.session_id \nFROM sessions \nWHERE sessions.owner",
)
STATEMENTS = ("SELECT", "UPDATE", "DELETE", "WITH")


def plan(raw: sqlite3.Connection, statement: str) -> list[str]:
    """What SQLite does for a statement, step by step."""
    return [row["detail"] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}")]


async def use_registries(store: Store) -> None:
    """Run the statements on what owners register."""
    for _ in range(2):
        await store.save_shield(ANA, PatternShield(shield_id="polite", words=["damn"]), at=at(0))
    await store.get_shield(ANA, "polite")
    await store.list_shields(ANA, limit=5, cursor=encode_cursor("a"))
    await store.delete_shield(ANA, "polite")
    for _ in range(2):
        await store.save_toolgroup(
            ANA, StoredToolgroup(toolgroup_id="t", server=None, pins=[], pinned_at=at(0)), at=at(0)
        )
    await store.get_toolgroup(ANA, "t")
    await store.list_toolgroups(ANA, limit=5, cursor=encode_cursor("a"))
    await store.delete_toolgroup(ANA, "t")


async def use_search_and_changes(store: Store) -> None:
    """Run the statements that find by words, and those that tell of changes."""
    for archived, pinned, but, since in product([None, True], [None, False], [None, "s9"], [None, at(0)]):
        which = SearchFilter(
            query=parse_query("hello -not"), archived=archived, pinned=pinned, but_session=but, since=since
        )
        await store.search(ANA, which, limit=5)
        await store.search(ANA, replace(which, session_id="s1"), limit=5)
    await store.index_older(limit=5)
    await store.read_changes(ANA, "a1", after=await store.last_change(ANA, "a1"), limit=5)
    await store.has_change(ANA, "a1", BEGINNING)
    await store.drop_changes(seconds=60, limit=5)


async def use_trash(store: Store) -> None:
    """Run every statement on the trash."""
    await use_keeping(store)
    for _ in range(2):
        await store.trash_session(ANA, "a1", "s1", at=at(50))
        await store.list_trash(ANA, limit=5)
        await store.list_trash(ANA, limit=5, cursor=encode_cursor(at(99), "s1"))
        await store.restore_session(ANA, "s1")
    for session_id in ("s8", "s9"):
        await store.create_session(ANA, session(session_id))
        await store.trash_session(ANA, "a1", session_id, at=at(50))
    await store.purge_session(ANA, "s8")
    await store.purge_trash(deleted_before=at(99), limit=5)


async def use_keeping(store: Store) -> None:
    """Run every statement of the rules of how long sessions stay, and of the audit."""
    for how in ("archive", "delete"):
        await store.retire(ANA, "a1", ["s1"], how=how, idle_since=at(0), at=at(50))
    for cursor in (None, encode_cursor("a", "b")):
        await store.list_agent_rules(limit=5, cursor=cursor)
        await store.list_due_trash(deleted_before=at(99), limit=5, cursor=cursor)
        for actor, action in product([None, ANA], [None, "session.delete"]):
            await store.list_audit(AuditFilter(actor=actor, action=action, since=at(0)), limit=5, cursor=cursor)
    await store.list_ruled(limit=5, cursor=encode_cursor("a"))
    await store.take_job("purging", NODE, seconds=60)
    entry = AuditEntry(entry_id="e1", at=at(0), action="session.delete", actor=ANA, owner=ANA, outcome="done")
    await store.add_audit([entry])
    await store.drop_audit(before=at(9), limit=5)


async def use_everything(store: Store) -> None:
    """Run every statement of the store, the list's in each of its forms."""
    await store.create_agent(ANA, agent())
    await use_registries(store)
    await store.create_session(ANA, session())
    for archived, pinned, text, tag in product([None, True], [None, False], [None, "lisbon"], [None, "travel"]):
        which = SessionFilter(agent_id="a1", archived=archived, pinned=pinned, text=text, tag=tag)
        for cursor in (None, encode_cursor(at(0), "s1")):
            await store.list_sessions(ANA, which, order="desc", limit=5, cursor=cursor)
            await store.list_sessions(ANA, which, order="asc", limit=5, cursor=cursor)
    await store.find_default_agent(ANA)
    await store.update_agent(ANA, "a1", config=AgentConfig(model="demo/other"), version=1, at=at(1))
    await store.list_agents(ANA, limit=5)
    await store.get_agent_config(ANA, "a1", 1)
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=True), at=at(2))
    await store.name_session(ANA, "s1", name="Greeting", source="model")
    record = await running(store, idempotency_key="k")
    await queued(store, "t2", idempotency_key="l")
    await store.accept_turn(ANA, new_turn("t3", idempotency_key="k"), node=NODE)
    await store.append([append(record, said(["Hi"]))])
    await store.append([completed(record, seq=6)])
    claimed = await store.claim_next(ANA, "s1", at=at(30), node=NODE)
    assert claimed is not None
    await store.claim(ANA, "t2", node=NODE)
    await store.request_cancel(ANA, "t2")
    await store.read_events(ANA, "t1", after=EventId(n=1, epoch=1, seq=2))
    await store.get_turn(ANA, "a1", "s1", "t1")
    await store.list_turns(ANA, "s1", order="desc", limit=1, before="t2", after="t1")
    await store.list_turns(ANA, "s1", order="asc", limit=999)
    await store.list_history(ANA, "t1", limit=9, before_n=9)
    await use_branches(store)
    await store.read_news([Watched(turn_id="t1", session_id="s1", after=EventId(n=1, epoch=1, seq=2))])
    await use_search_and_changes(store)
    await store.list_held(NODE)
    await store.list_orphans(OTHER_NODE, limit=5)
    store.renew(NODE, seconds=5)
    store.renew(NODE, seconds=5)
    await store.claim(ANA, "t2", node=OTHER_NODE)
    await store.release(NODE)
    assert await store.drop_deltas(ended_before=at(99), limit=5) == 1
    await use_trash(store)
    await store.delete_session(ANA, "a1", "s1")
    await store.delete_agent(ANA, "a1")


async def use_branches(store: Store) -> None:
    """Run every statement on branches, forks and what is left of them."""
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(active_turn_id="t1"), at=at(2))
    await queued(store, "t5", parent_turn_id="t1")
    await queued(store, "t6", parent_turn_id=None)
    await store.list_turns(ANA, "s1", order="asc", limit=5, tip="t5")
    await store.set_feedback(ANA, "a1", "s1", "t1", Feedback(rating="up"))
    await store.list_unfinished(ANA, "s1")
    await store.fork_session(ANA, "s1", session("s3"), turn_id="t1")
    await store.fork_session(ANA, "s1", session("s4"), turn_id=None)
    await store.create_share(ANA, share(), token_hash="hash")
    for cursor, session_id in product([None, encode_cursor(at(0), "l1")], [None, "s1"]):
        await store.list_shares(ANA, session_id=session_id, limit=5, cursor=cursor)
    await store.revoke_share(ANA, "s1", "l1", at=at(40))
    await store.find_share("hash")
    await store.delete_branch(ANA, "a1", "s1", "t5")
    await store.delete_branch(ANA, "a1", "s1", "t6")
    await store.delete_session(ANA, "a1", "s3")


async def use_files(store: Store) -> None:
    """Run every statement on files."""
    await store.create_agent(ANA, agent("a2"))
    await store.create_session(ANA, session("s2", agent_id="a2"))
    for file_id in ("f1", "f2", "f3"):
        await uploaded(store, file_id, file_id)
    await store.reserve_blob(hash_of("f1"), size=2, seconds=60)
    await store.get_file(ANA, "f1")
    for cursor, purpose in product([None, encode_cursor(at(0), "f1")], [None, "batch"]):
        await store.list_files(ANA, order="asc", limit=5, cursor=cursor, purpose=purpose)
        await store.list_files(ANA, order="desc", limit=5, cursor=cursor, purpose=purpose)
    brought = await reserved(store, file("f4", "f4"))
    await store.accept_turn(
        ANA, new_turn("t4", session_id="s2", agent_id="a2", used_files=["f1"], new_files=[brought]), node=NODE
    )
    await store.add_files_of_turn(ANA, "t4", [await reserved(store, file("f5", "f5"))])
    await store.delete_file(ANA, "f1")
    await store.delete_file(ANA, "f2")
    await store.drop_unused_files(uploaded_before=at(99), limit=5)
    await store.reserve_blob(hash_of("f6"), size=2, seconds=0)
    await store.forget_blobs(await store.condemn_blobs(seconds=60, limit=5))
    await store.delete_session(ANA, "a2", "s2")
    await store.delete_agent(ANA, "a2")


async def plans() -> dict[str, list[str]]:
    """Every statement that the store runs, with its plan."""
    ran: list[str] = []
    connections: list[sqlite3.Connection] = []
    store = SqlStore(SqliteDatabase(None, on_connect=connections.append))
    await store.open()
    connections[0].set_trace_callback(ran.append)
    await use_files(store)
    await use_everything(store)
    connections[0].set_trace_callback(None)
    found = {statement: plan(connections[0], statement) for statement in ran if statement.startswith(STATEMENTS)}
    await store.close()
    return found


async def test_no_statement_goes_through_a_whole_table() -> None:
    scans = {step for steps in (await plans()).values() for step in steps if step.startswith("SCAN")}
    # What is asked for, the nodes that hold turns, what comes after a turn, what waits and nobody holds, and the pages
    # that merged lists are of.
    assert scans == {
        "SCAN ids VIRTUAL TABLE INDEX 1:",
        "SCAN among VIRTUAL TABLE INDEX 1:",
        "SCAN watched VIRTUAL TABLE INDEX 1:",
        "SCAN search_words VIRTUAL TABLE INDEX 0:=M1",  # whether a query matches one row
        "SCAN search_words VIRTUAL TABLE INDEX 192:M1><",  # a query's matches in the order of their rows, from the end
        "SCAN search_backlog USING INDEX sqlite_autoindex_search_backlog_1",  # of two rows
        "SCAN CONSTANT ROW",  # the clock
        "SCAN holders",
        "SCAN after",
        "SCAN turns USING INDEX turns_unheld",
        *(f"SCAN anon_{i}" for i in range(1, 5)),
    }


async def test_a_page_of_a_branch_reads_a_range_of_one_index_for_each_run() -> None:
    pages = [steps for statement, steps in (await plans()).items() if "turns.branch = " in statement]
    ranges = {step for steps in pages for step in steps if "turns_by_branch" in step}
    of_run = "USING INDEX turns_by_branch (session_id=? AND branch=? AND n"
    assert ranges
    assert all(of_run in step.replace("COVERING ", "") for step in ranges)


async def test_no_statement_sorts_what_an_index_has_in_order() -> None:
    sorts = [statement for statement, steps in (await plans()).items() if any("TEMP B-TREE" in step for step in steps)]
    assert sorts
    # What is merged, what is found in a few sessions, and the few rows that are locked in the order of their ids.
    assert all(
        "UNION ALL" in statement or "EXISTS (SELECT 1 FROM search_words" in statement or statement.startswith(LOCKS)
        for statement in sorts
    )


# --- PostgreSQL ---

SMALL = {"nodes", "set_ups"}


def numbered(statement: ClauseElement) -> str:
    """A statement as PostgreSQL plans it when it does not know the values yet."""
    names: dict[str, str] = {}
    text = str(statement.compile(dialect=PGDialect_psycopg()))
    return re.sub(r"%\((\w+)\)s", lambda match: names.setdefault(match[1], f"${len(names) + 1}"), text)


async def test_on_postgresql_every_statement_has_an_index_to_read(postgres_url: str) -> None:
    store = SqlStore(PostgresDatabase(postgres_url))
    await store.open()
    await store.close()
    scanned: dict[str, set[str]] = {}
    with psycopg.connect(postgres_url) as raw:
        raw.execute("SET enable_seqscan = off")  # small tables are read whole even so, unless there is no other way
        for name, statement in statements().items():
            explain = f"EXPLAIN (GENERIC_PLAN) {numbered(statement)}"
            steps = " ".join(row[0] for row in raw.execute(explain.encode()).fetchall())
            scanned[name] = set(re.findall(r"Seq Scan on (\w+)", steps)) - SMALL
    assert len(scanned) > 40
    assert {name: tables for name, tables in scanned.items() if tables} == {}


async def test_on_postgresql_what_nodes_ask_for_again_and_again_reads_its_own_index(postgres_url: str) -> None:
    store = SqlStore(PostgresDatabase(postgres_url))
    await store.open()
    await store.close()
    indexes: dict[str, set[str]] = {}
    with psycopg.connect(postgres_url) as raw:
        raw.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        for name in ("leases.LIST_ORPHANS", "leases.LIST_HELD", "log.READ_NEWS", "retention.LOCK_NEXT"):
            explain = f"EXPLAIN (GENERIC_PLAN) {numbered(statements()[name])}"
            steps = " ".join(row[0] for row in raw.execute(explain.encode()).fetchall())
            indexes[name] = set(re.findall(r"using (\w+) on", steps))
    assert indexes["leases.LIST_ORPHANS"] >= {"turns_unheld", "turns_leased", "turns_unfinished"}
    assert indexes["leases.LIST_HELD"] == {"turns_leased"}
    assert indexes["log.READ_NEWS"] == {"turns_pkey", "turn_events_pkey"}
    assert indexes["retention.LOCK_NEXT"] == {"turns_with_deltas"}
