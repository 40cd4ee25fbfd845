"""The store on SQL: each method is one operation in one transaction of a database."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Integer, literal_column, select

from tertulia.domain.agents import Agent, AgentConfig, Visibility
from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.changes import ChangeId, LoggedChange
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.limits import OwnLimits
from tertulia.domain.paging import Order, Page
from tertulia.domain.retention import How
from tertulia.domain.search import SearchFilter, SearchHit
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource, TrashedSession
from tertulia.domain.shares import Share
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.domain.tools import Grant
from tertulia.domain.turns import Turn
from tertulia.domain.users import ApiKey, User
from tertulia.store.accounts import Credentials, KnownKey, SignIn, UserChange
from tertulia.store.base import (
    Accepted,
    AgentRule,
    Append,
    Appended,
    ImportedTurn,
    NewTurn,
    OwnedSession,
    StoredFile,
    StoredShare,
    StoredTurn,
    TurnRecord,
    Watched,
)
from tertulia.store.limits import Drawn, Usage
from tertulia.store.sql import (
    agents,
    appending,
    audit,
    changes,
    clearing,
    files,
    forking,
    grants,
    importing,
    keeping,
    leases,
    limits,
    log,
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

PING = select(literal_column("1", Integer))


class SqlStore:
    """Agents, sessions and turns in a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_clear = False
        """Nothing was deleted since all that was deleted has left nothing behind."""

    @property
    def is_shared(self) -> bool:
        return self._database.is_shared

    async def open(self) -> None:
        await self._database.open()
        if not self.is_shared:
            await self._database.write(leases.end_all)

    async def check(self) -> None:
        await self._database.read(lambda db: db.row(PING))

    async def close(self) -> None:
        await self._database.close()

    # --- accounts ---

    async def add_user(self, user: User, *, password_hash: str | None = None) -> None:
        await self._database.write(lambda db: users.add(db, user, password_hash=password_hash))

    async def has_users(self) -> bool:
        return await self._database.read(users.has_any)

    async def get_user(self, user_id: str) -> Credentials:
        return await self._database.read(lambda db: users.get(db, user_id))

    async def find_user(self, name: str) -> Credentials | None:
        return await self._database.read(lambda db: users.find(db, name))

    async def list_users(self, *, limit: int, cursor: str | None = None) -> Page[User]:
        return await self._database.read(lambda db: users.list_page(db, limit=limit, cursor=cursor))

    async def update_user(self, user_id: str, change: UserChange) -> User:
        return await self._database.write(lambda db: users.change(db, user_id, change))

    async def delete_user(self, user_id: str) -> None:
        await self._database.write(lambda db: users.delete_one(db, user_id))

    async def known_as(self, issuer: str, subject: str, otherwise: User) -> User:
        return await self._database.write(lambda db: users.known_as(db, issuer, subject, otherwise))

    async def add_set_up(self, token_hash: str, *, at: str, expires_at: str) -> None:
        await self._database.write(lambda db: sign_ins.add_set_up(db, token_hash, at=at, expires_at=expires_at))

    async def set_up(self, token_hash: str, admin: User, *, password_hash: str, at: str) -> User:
        return await self._database.write(
            lambda db: sign_ins.set_up(db, token_hash, admin, password_hash=password_hash, at=at)
        )

    async def add_sign_in(self, sign_in: SignIn) -> None:
        await self._database.write(lambda db: sign_ins.add_sign_in(db, sign_in))

    async def find_sign_in(self, token_hash: str, *, at: str) -> User | None:
        return await self._database.read(lambda db: sign_ins.find_sign_in(db, token_hash, at=at))

    async def delete_sign_in(self, token_hash: str) -> None:
        await self._database.write(lambda db: sign_ins.delete_sign_in(db, token_hash))

    async def add_key(self, user_id: str, key: ApiKey, *, key_hash: str) -> None:
        await self._database.write(lambda db: sign_ins.add_key(db, user_id, key, key_hash=key_hash))

    async def find_key(self, prefix: str) -> KnownKey | None:
        return await self._database.read(lambda db: sign_ins.find_key(db, prefix))

    async def list_keys(self, user_id: str, *, limit: int, cursor: str | None = None) -> Page[ApiKey]:
        return await self._database.read(lambda db: sign_ins.list_keys(db, user_id, limit=limit, cursor=cursor))

    async def touch_key(self, key_id: str, *, at: str) -> None:
        await self._database.write(lambda db: sign_ins.touch_key(db, key_id, at=at))

    async def delete_key(self, user_id: str, key_id: str) -> None:
        await self._database.write(lambda db: sign_ins.delete_key(db, user_id, key_id))

    # --- agents ---

    async def create_agent(self, owner: str, agent: Agent) -> None:
        await self._database.write(lambda db: agents.create(db, owner, agent))

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        return await self._database.read(lambda db: agents.get(db, owner, agent_id))

    async def find_lender(self, owner: str, agent_id: str) -> str:
        return await self._database.read(lambda db: agents.find_lender(db, owner, agent_id))

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        return await self._database.read(lambda db: agents.get_config(db, owner, agent_id, version))

    async def find_default_agent(self, owner: str) -> Agent | None:
        return await self._database.read(lambda db: agents.find_default(db, owner))

    async def list_agents(
        self, owner: str, *, with_shared: bool = False, limit: int, cursor: str | None = None
    ) -> Page[Agent]:
        return await self._database.read(
            lambda db: agents.list_page(db, owner, with_shared=with_shared, limit=limit, cursor=cursor)
        )

    async def update_agent(
        self,
        owner: str,
        agent_id: str,
        *,
        config: AgentConfig,
        version: int,
        at: str,
        visibility: Visibility | None = None,
    ) -> Agent:
        return await self._database.write(
            lambda db: agents.update_config(
                db, owner, agent_id, config=config, version=version, at=at, visibility=visibility
            )
        )

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        self._is_clear = False
        await self._database.write(lambda db: agents.delete_one(db, owner, agent_id))

    # --- shares ---

    async def create_share(self, owner: str, share: Share, *, token_hash: str) -> Share:
        return await self._database.write(lambda db: shares.create(db, owner, share, token_hash=token_hash))

    async def list_shares(
        self, owner: str, *, session_id: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Share]:
        return await self._database.read(
            lambda db: shares.list_page(db, owner, session_id=session_id, limit=limit, cursor=cursor)
        )

    async def revoke_share(self, owner: str, session_id: str, share_id: str, *, at: str) -> None:
        await self._database.write(lambda db: shares.revoke(db, owner, session_id, share_id, at=at))

    async def find_share(self, token_hash: str) -> StoredShare | None:
        return await self._database.read(lambda db: shares.find(db, token_hash))

    # --- shields ---

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        await self._database.write(lambda db: shields.save(db, owner, shield, at=at))

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        return await self._database.read(lambda db: shields.get(db, owner, shield_id))

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        return await self._database.read(lambda db: shields.list_page(db, owner, limit=limit, cursor=cursor))

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        await self._database.write(lambda db: shields.delete_one(db, owner, shield_id))

    # --- files ---

    async def reserve_blob(self, sha256: str, *, size: int, seconds: float) -> bool:
        return await self._database.write(lambda db: files.reserve(db, sha256, size=size, seconds=seconds))

    async def add_file(self, owner: str, file: StoredFile, *, reservation: str | None = None) -> None:
        await self._database.write(lambda db: files.add(db, owner, file, reservation=reservation))

    async def add_files_of_turn(self, owner: str, turn_id: str, made: Sequence[StoredFile]) -> None:
        await self._database.write(lambda db: files.add_of_turn(db, owner, turn_id, made))

    async def get_file(self, owner: str, file_id: str) -> StoredFile:
        return await self._database.read(lambda db: files.get(db, owner, file_id))

    async def list_files(
        self, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
    ) -> Page[StoredFile]:
        return await self._database.read(
            lambda db: files.list_page(db, owner, order=order, limit=limit, cursor=cursor, purpose=purpose)
        )

    async def delete_file(self, owner: str, file_id: str) -> None:
        await self._database.write(lambda db: files.delete_one(db, owner, file_id))

    async def drop_unused_files(self, *, uploaded_before: str, limit: int) -> int:
        return await self._database.write(
            lambda db: files.drop_unused(db, uploaded_before=uploaded_before, limit=limit)
        )

    async def condemn_blobs(self, *, seconds: float, limit: int) -> list[str]:
        return await self._database.write(lambda db: files.condemn(db, seconds=seconds, limit=limit))

    async def forget_blobs(self, sha256s: Sequence[str]) -> None:
        await self._database.write(lambda db: files.forget(db, sha256s))

    # --- toolgroups ---

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        await self._database.write(lambda db: toolgroups.save(db, owner, toolgroup, at=at))

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        return await self._database.read(lambda db: toolgroups.get(db, owner, toolgroup_id))

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[StoredToolgroup]:
        return await self._database.read(lambda db: toolgroups.list_page(db, owner, limit=limit, cursor=cursor))

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        await self._database.write(lambda db: toolgroups.delete_one(db, owner, toolgroup_id))

    # --- sessions ---

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        return await self._database.write(lambda db: sessions.create(db, owner, session, request_hash=request_hash))

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        return await self._database.read(lambda db: sessions.get(db, owner, agent_id, session_id))

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        return await self._database.read(
            lambda db: sessions.list_page(db, owner, which, order=order, limit=limit, cursor=cursor)
        )

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        return await self._database.write(
            lambda db: sessions.update_by_person(
                db, owner, (agent_id, session_id), patch=patch, at=at, expected=expected
            )
        )

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        return await self._database.write(lambda db: sessions.name(db, owner, session_id, name=name, source=source))

    async def fork_session(
        self, owner: str, origin: str, fork: Session, *, turn_id: str | None, request_hash: str | None = None
    ) -> Session:
        return await self._database.write(
            lambda db: forking.add(db, owner, origin, fork, turn_id=turn_id, request_hash=request_hash)
        )

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        self._is_clear = False
        await self._database.write(lambda db: clearing.delete_session(db, owner, agent_id, session_id))

    async def trash_session(self, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
        await self._database.write(lambda db: trash.put(db, owner, agent_id, session_id, at=at))

    async def restore_session(self, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
        return await self._database.write(lambda db: trash.take_out(db, owner, session_id, agent_id=agent_id))

    async def list_trash(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[TrashedSession]:
        return await self._database.read(lambda db: trash.list_page(db, owner, limit=limit, cursor=cursor))

    async def purge_session(self, owner: str, session_id: str) -> None:
        self._is_clear = False
        await self._database.write(lambda db: trash.purge_one(db, owner, session_id))

    async def purge_trash(self, *, deleted_before: str, limit: int) -> int:
        self._is_clear = False
        return await self._database.write(lambda db: trash.purge(db, deleted_before=deleted_before, limit=limit))

    async def reclaim(self) -> bool:
        if self._is_clear:
            return False
        self._is_clear = True
        if await self._database.reclaim():
            self._is_clear = False
        return not self._is_clear

    async def import_session(
        self, owner: str, session: Session, turns: Sequence[ImportedTurn], *, request_hash: str | None = None
    ) -> Session:
        made = await asyncio.to_thread(importing.prepared, owner, session, turns)
        return await self._database.write(lambda db: importing.add(db, owner, made, request_hash=request_hash))

    # --- turns ---

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        return await self._database.write(lambda db: turns.accept(db, owner, new, node=node))

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        return await self._database.write(lambda db: turns.claim_next(db, owner, session_id, at=at, node=node))

    async def claim(self, owner: str, turn_id: str, *, node: str, reopens: bool = False) -> Accepted | None:
        return await self._database.write(lambda db: turns.claim(db, owner, turn_id, node=node, reopens=reopens))

    async def append(self, appends: Sequence[Append]) -> Appended:
        return await self._database.write(lambda db: appending.append(db, appends))

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        return await self._database.read(lambda db: reading.events(db, owner, turn_id, after=after, limit=limit))

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        return await self._database.read(lambda db: reading.get(db, owner, agent_id, session_id, turn_id))

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int | None,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> Page[StoredTurn]:
        span = reading.Span(order=order, limit=limit, cursor=cursor, before=before, after=after, tip=tip)
        return await self._database.read(lambda db: reading.list_page(db, owner, session_id, span))

    async def list_tree(self, owner: str, session_id: str, *, limit: int, after_n: int = 0) -> list[StoredTurn]:
        return await self._database.read(lambda db: reading.tree(db, owner, session_id, limit=limit, after_n=after_n))

    async def list_unfinished(self, owner: str, session_id: str) -> list[TurnRecord]:
        return await self._database.read(lambda db: turns.list_unfinished(db, owner, session_id))

    async def list_history(self, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
        return await self._database.read(lambda db: reading.history(db, owner, turn_id, limit=limit, before_n=before_n))

    async def delete_branch(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> None:
        self._is_clear = False
        await self._database.write(lambda db: clearing.delete_branch(db, owner, agent_id, session_id, turn_id))

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        return await self._database.read(lambda db: grants.read(db, owner, session_id))

    async def delete_grants(self, owner: str, session_id: str) -> None:
        await self._database.write(lambda db: grants.take_back(db, owner, session_id))

    async def request_cancel(self, owner: str, turn_id: str) -> TurnRecord:
        return await self._database.write(lambda db: turns.request_cancel(db, owner, turn_id))

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        return await self._database.read(lambda db: log.read_news(db, watched)) if watched else {}

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        return await self._database.write(lambda db: retention.drop_deltas(db, ended_before=ended_before, limit=limit))

    # --- search ---

    async def search(
        self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None = None
    ) -> Page[SearchHit]:
        language = self._database.language
        return await self._database.read(
            lambda db: searching.find(db, owner, which, language, limit=limit, cursor=cursor)
        )

    async def index_older(self, *, limit: int) -> int:
        return await self._database.write(lambda db: searching.index_older(db, limit=limit))

    # --- changes ---

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        def find(db: Connection) -> ChangeId:
            agents.get(db, owner, agent_id)
            return changes.last(db, owner, agent_id)

        return await self._database.read(find)

    async def has_change(self, owner: str, agent_id: str, change_id: ChangeId) -> bool:
        return await self._database.read(lambda db: changes.has(db, owner, agent_id, change_id))

    async def read_changes(self, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
        return await self._database.read(lambda db: changes.read(db, owner, agent_id, after=after, limit=limit))

    async def drop_changes(self, *, seconds: float, limit: int) -> int:
        return await self._database.write(lambda db: changes.drop(db, seconds=seconds, limit=limit))

    # --- how long sessions stay ---

    async def take_job(self, job: str, node: str, *, seconds: float) -> bool:
        return await self._database.write(lambda db: keeping.take_job(db, job, node, seconds=seconds))

    async def list_agent_rules(self, *, limit: int, cursor: str | None = None) -> Page[AgentRule]:
        return await self._database.read(lambda db: keeping.list_agents(db, limit=limit, cursor=cursor))

    async def list_ruled(self, *, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        return await self._database.read(lambda db: keeping.list_ruled(db, limit=limit, cursor=cursor))

    async def list_due_trash(self, *, deleted_before: str, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        return await self._database.read(
            lambda db: keeping.list_trash(db, deleted_before=deleted_before, limit=limit, cursor=cursor)
        )

    async def retire(
        self, owner: str, agent_id: str, session_ids: Sequence[str], *, how: How, idle_since: str, at: str
    ) -> list[str]:
        place = (owner, agent_id)
        return await self._database.write(
            lambda db: keeping.retire(db, place, session_ids, how=how, idle_since=idle_since, at=at)
        )

    # --- audit ---

    async def add_audit(self, entries: Sequence[AuditEntry]) -> None:
        await self._database.write(lambda db: audit.add(db, entries))

    async def list_audit(self, which: AuditFilter, *, limit: int, cursor: str | None = None) -> Page[AuditEntry]:
        return await self._database.read(lambda db: audit.list_page(db, which, limit=limit, cursor=cursor))

    async def drop_audit(self, *, before: str, limit: int) -> int:
        return await self._database.write(lambda db: audit.drop(db, before=before, limit=limit))

    # --- limits ---

    async def get_limits(self, owner: str) -> OwnLimits:
        return await self._database.read(lambda db: limits.get(db, owner))

    async def set_limits(self, owner: str, own: OwnLimits, *, at: str) -> None:
        await self._database.write(lambda db: limits.save(db, owner, own, at=at))

    async def forget_limits(self, owner: str) -> None:
        await self._database.write(lambda db: limits.forget(db, owner))

    async def draw_requests(self, owner: str, *, limit: int) -> Drawn:
        return await self._database.write(lambda db: limits.draw(db, owner, limit=limit))

    async def read_usage(self, owner: str, *, day: str) -> Usage:
        return await self._database.read(lambda db: limits.read_usage(db, owner, day=day))

    async def add_tokens(self, owner: str, tokens: int, *, day: str) -> None:
        await self._database.write(lambda db: limits.add_tokens(db, {(owner, day): tokens}))

    async def read_session_tokens(self, owner: str, session_id: str, *, besides: str = "") -> int:
        return await self._database.read(lambda db: limits.read_session(db, owner, session_id, besides))

    async def reserve_storage(self, owner: str, reservation: str, *, size: int, limit: int, seconds: float) -> None:
        await self._database.write(
            lambda db: limits.reserve(db, owner, reservation, size=size, limit=limit, seconds=seconds)
        )

    async def release_storage(self, owner: str, reservation: str) -> None:
        await self._database.write(lambda db: limits.release(db, owner, reservation))

    # --- leases ---

    def renew(self, node: str, *, seconds: float) -> None:
        self._database.write_now(lambda db: leases.renew(db, node, seconds=seconds))

    async def release(self, node: str) -> None:
        await self._database.write(lambda db: leases.release(db, node))

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        return await self._database.read(lambda db: leases.list_orphans(db, node, limit=limit))

    async def list_held(self, node: str) -> list[TurnRecord]:
        return await self._database.read(lambda db: leases.list_held(db, node))
