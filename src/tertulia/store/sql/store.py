"""The store on SQL: each method is one operation in one transaction of a database.

What a method takes, gives and raises is said by its role, in `tertulia.store`; how it is done, by its operation.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Integer, literal_column, select

from tertulia.domain.changes import ChangeId
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.events import LoggedEvent
from tertulia.domain.paging import Order, Page
from tertulia.domain.retention import How
from tertulia.domain.search import SearchFilter, SearchHit
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store.importing import ImportedTurn
from tertulia.store.log import Watched
from tertulia.store.sql import (
    agents,
    appending,
    audit,
    changes,
    clearing,
    feedback,
    files,
    forking,
    grants,
    importing,
    indexing,
    keeping,
    leases,
    limits,
    log,
    preferences,
    reading,
    retention,
    searching,
    sessions,
    shares,
    sign_ins,
    trash,
    turns,
    users,
)
from tertulia.store.sql.database import Connection, Database
from tertulia.store.sql.registries import shields, toolgroups
from tertulia.store.turns import StoredTurn

PING = select(literal_column("1", Integer))
ALL = 1_000
"""Imports that a lost process can have left: it does few at once."""

P = ParamSpec("P")
T = TypeVar("T")


def reads(
    operation: Callable[Concatenate[Connection, P], T],
) -> "Callable[Concatenate[SqlStore, P], CoroutineType[Any, Any, T]]":
    """Make a method of an operation that only reads."""

    async def method(store: "SqlStore", *args: P.args, **kwargs: P.kwargs) -> T:
        return await store.database.read(lambda db: operation(db, *args, **kwargs))

    return method


def writes(
    operation: Callable[Concatenate[Connection, P], T],
) -> "Callable[Concatenate[SqlStore, P], CoroutineType[Any, Any, T]]":
    """Make a method of an operation that changes something."""

    async def method(store: "SqlStore", *args: P.args, **kwargs: P.kwargs) -> T:
        return await store.database.write(lambda db: operation(db, *args, **kwargs))

    return method


def erases(
    operation: Callable[Concatenate[Connection, P], T],
) -> "Callable[Concatenate[SqlStore, P], CoroutineType[Any, Any, T]]":
    """Make a method of an operation that deletes, and of whose traces the file is to be cleared."""

    async def method(store: "SqlStore", *args: P.args, **kwargs: P.kwargs) -> T:
        store.is_clear = False
        return await store.database.write(lambda db: operation(db, *args, **kwargs))

    return method


class SqlStore:
    """Agents, sessions and turns in a SQL database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.is_clear = False
        """Nothing was deleted since all that was deleted has left nothing behind."""

    @property
    def is_shared(self) -> bool:
        return self.database.is_shared

    async def open(self) -> None:
        await self.database.open()
        if not self.is_shared:
            await self.database.write(leases.end_all)
            await self.database.write(lambda db: importing.drop_left(db, limit=ALL, is_anybody_there=False))

    async def check(self) -> None:
        await self.database.read(lambda db: db.row(PING))

    async def close(self) -> None:
        await self.database.close()

    # --- accounts ---

    add_user = writes(users.add)
    has_users = reads(users.has_any)
    get_user = reads(users.get)
    find_user = reads(users.find)
    list_users = reads(users.list_page)
    update_user = writes(users.change_one)
    delete_user = writes(users.delete_one)
    known_as = writes(users.known_as)
    add_set_up = writes(sign_ins.add_set_up)
    set_up = writes(sign_ins.set_up)
    add_sign_in = writes(sign_ins.add_sign_in)
    find_sign_in = reads(sign_ins.find_sign_in)
    delete_sign_in = writes(sign_ins.delete_sign_in)
    add_key = writes(sign_ins.add_key)
    find_key = reads(sign_ins.find_key)
    list_keys = reads(sign_ins.list_keys)
    touch_key = writes(sign_ins.touch_key)
    delete_key = writes(sign_ins.delete_key)

    # --- agents ---

    create_agent = writes(agents.create)
    get_agent = reads(agents.get)
    find_lender = reads(agents.find_lender)
    get_agent_config = reads(agents.get_config)
    find_default_agent = reads(agents.find_default)
    list_agents = reads(agents.list_page)
    update_agent = writes(agents.update_config)
    delete_agent = erases(agents.delete_one)

    # --- sessions ---

    create_session = writes(sessions.create)
    get_session = reads(sessions.get)
    list_sessions = reads(sessions.list_page)
    name_session = writes(sessions.name)
    fork_session = writes(forking.add)
    delete_session = erases(clearing.delete_session)

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        ids = (agent_id, session_id)
        return await self.database.write(
            lambda db: sessions.update_by_person(db, owner, ids, patch=patch, at=at, expected=expected)
        )

    async def import_session(
        self, owner: str, session: Session, turns: Sequence[ImportedTurn], *, request_hash: str | None = None
    ) -> Session:
        made = await asyncio.to_thread(importing.prepared, owner, session, turns)
        if len(made.portions) <= 1:
            return await self.database.write(lambda db: importing.add(db, owner, made, request_hash=request_hash))
        return await self._import_in_portions(owner, made, request_hash)

    async def _import_in_portions(self, owner: str, made: importing.Prepared, request_hash: str | None) -> Session:
        """Bring a session in by many transactions; the last one shows it."""
        write = self.database.write
        coming = await write(lambda db: importing.begin(db, owner, made, request_hash=request_hash))
        if isinstance(coming, Session):
            return coming
        is_here = False
        try:
            for portion in made.portions:
                await write(partial(importing.add_portion, coming=coming, portion=portion))
            session = await write(lambda db: importing.end(db, owner, made, coming))
            is_here = True
        finally:
            if not is_here:
                self.is_clear = False
                with suppress(StorageUnavailable):  # it is dropped later
                    await asyncio.shield(write(lambda db: importing.drop(db, coming.session_id, coming.began)))
        return session

    # --- the trash ---

    trash_session = writes(trash.put)
    restore_session = writes(trash.take_out)
    list_trash = reads(trash.list_page)
    purge_session = erases(trash.purge_one)
    purge_trash = erases(trash.purge)

    async def reclaim(self) -> bool:
        if self.is_clear:
            return False
        self.is_clear = True
        if await self.database.reclaim():
            self.is_clear = False
        return not self.is_clear

    # --- turns and their logs ---

    accept_turn = writes(turns.accept)
    claim_next = writes(turns.claim_next)
    claim = writes(turns.claim)
    list_unfinished = reads(turns.list_unfinished)
    request_cancel = writes(turns.request_cancel)
    delete_branch = erases(clearing.delete_branch)
    get_turn = reads(reading.get)
    set_feedback = writes(feedback.set_one)
    list_tree = reads(reading.tree)
    list_history = reads(reading.history)
    append = writes(appending.append)
    read_events = reads(reading.events)
    drop_deltas = writes(retention.drop_deltas)
    read_grants = reads(grants.read)
    delete_grants = writes(grants.take_back)

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> Page[StoredTurn]:
        span = reading.Span(order=order, limit=limit, cursor=cursor, before=before, after=after, tip=tip)
        return await self.database.read(lambda db: reading.list_page(db, owner, session_id, span))

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        return await self.database.read(lambda db: log.read_news(db, watched)) if watched else {}

    # --- shares, files ---

    create_share = writes(shares.create)
    list_shares = reads(shares.list_page)
    revoke_share = writes(shares.revoke)
    find_share = reads(shares.find)
    reserve_blob = writes(files.reserve)
    add_file = writes(files.add)
    add_files_of_turn = writes(files.add_of_turn)
    get_file = reads(files.get)
    list_files = reads(files.list_page)
    delete_file = writes(files.delete_one)
    drop_unused_files = writes(files.drop_unused)
    condemn_blobs = writes(files.condemn)
    forget_blobs = writes(files.forget)

    # --- what owners register ---

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        await self.database.write(lambda db: shields.save(db, owner, shield, at=at))

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        return await self.database.read(lambda db: shields.get(db, owner, shield_id))

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        await self.database.write(lambda db: shields.delete_one(db, owner, shield_id))

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        await self.database.write(lambda db: toolgroups.save(db, owner, toolgroup, at=at))

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        return await self.database.read(lambda db: toolgroups.get(db, owner, toolgroup_id))

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        await self.database.write(lambda db: toolgroups.delete_one(db, owner, toolgroup_id))

    list_shields = reads(shields.list_page)
    list_toolgroups = reads(toolgroups.list_page)

    # --- search, changes ---

    index_older = writes(indexing.index_older)
    has_change = reads(changes.has)
    read_changes = reads(changes.read)
    drop_changes = writes(changes.drop)

    async def search(
        self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None = None
    ) -> Page[SearchHit]:
        language = self.database.language
        return await self.database.read(
            lambda db: searching.find(db, owner, which, language, limit=limit, cursor=cursor)
        )

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        def find(db: Connection) -> ChangeId:
            agents.get(db, owner, agent_id)
            return changes.last(db, owner, agent_id)

        return await self.database.read(find)

    # --- how long sessions stay, the audit ---

    take_job = writes(keeping.take_job)
    list_agent_rules = reads(keeping.list_agents)
    list_ruled = reads(keeping.list_ruled)
    list_due_trash = reads(keeping.list_trash)
    add_audit = writes(audit.add)
    list_audit = reads(audit.list_page)
    drop_audit = writes(audit.drop)

    async def retire(
        self, owner: str, agent_id: str, session_ids: Sequence[str], *, how: How, idle_since: str, at: str
    ) -> list[str]:
        place = (owner, agent_id)
        return await self.database.write(
            lambda db: keeping.retire(db, place, session_ids, how=how, idle_since=idle_since, at=at)
        )

    # --- limits ---

    get_limits = reads(limits.get)
    set_limits = writes(limits.save)
    forget_limits = writes(limits.forget)
    draw_requests = writes(limits.draw)
    read_usage = reads(limits.read_usage)
    read_session_tokens = reads(limits.read_session)
    reserve_storage = writes(limits.reserve)
    release_storage = writes(limits.release)

    async def add_tokens(self, owner: str, tokens: int, *, day: str) -> None:
        await self.database.write(lambda db: limits.add_tokens(db, {(owner, day): tokens}))

    # --- preferences ---

    get_preferences = reads(preferences.get)
    change_preferences = writes(preferences.change)
    forget_preferences = writes(preferences.forget)

    # --- leases ---

    def renew(self, node: str, *, seconds: float) -> None:
        self.database.write_now(lambda db: leases.renew(db, node, seconds=seconds))

    release = writes(leases.release)
    list_orphans = reads(leases.list_orphans)
    list_held = reads(leases.list_held)
