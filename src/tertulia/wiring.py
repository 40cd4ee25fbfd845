"""The only file that names concrete classes: it chooses them by the settings and puts them together."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import structlog
from aiohttp import ClientSession
from msgspec.structs import replace

from tertulia.blobs.base import BlobStore
from tertulia.blobs.folder import FolderBlobs
from tertulia.blobs.memory import MemoryBlobs
from tertulia.blobs.objects import Bucket, ObjectBlobs
from tertulia.domain.errors import StartupError, StorageUnavailable, TertuliaError
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import McpServer
from tertulia.domain.users import LOCAL_OWNER
from tertulia.extract.extractor import ExtractLimits, Extractor
from tertulia.identity.documents import OpenSession
from tertulia.models.base import ModelServer
from tertulia.models.catalog import ModelCatalog
from tertulia.models.demo import DEMO_MODEL, demo_server
from tertulia.models.discovery import discover
from tertulia.models.http import open_session
from tertulia.models.openai_chat import Means, OpenAIChat
from tertulia.models.openai_exchange import Timeouts
from tertulia.models.server_spec import ServerSpec, server_specs, with_found
from tertulia.runtime.accounts import Accounts
from tertulia.runtime.agents import Agents
from tertulia.runtime.agents_in_use import AgentsInUse
from tertulia.runtime.archiving import Archives
from tertulia.runtime.audit import Audit
from tertulia.runtime.clock import Clock, SystemClock, new_id, new_secret, seconds_of
from tertulia.runtime.exporting import Exports
from tertulia.runtime.extracts import Extracts, KeptFiles
from tertulia.runtime.feed import Feed
from tertulia.runtime.file_cleaning import FileCleaning
from tertulia.runtime.files import FileLimits, Files
from tertulia.runtime.handing_over import HandingOver
from tertulia.runtime.history import History
from tertulia.runtime.image_places import ImagePlaces
from tertulia.runtime.imports import Imports
from tertulia.runtime.input import InputLimits
from tertulia.runtime.keeping import Keeping
from tertulia.runtime.leases import Lease, LeaseKeeper, LeaseTerms
from tertulia.runtime.leaving import Leaving
from tertulia.runtime.limits import Budgets, Limits
from tertulia.runtime.mcp_file import configured_servers
from tertulia.runtime.mcp_groups import McpGroups
from tertulia.runtime.passing import Passing
from tertulia.runtime.places import Places
from tertulia.runtime.planning import Planner
from tertulia.runtime.preferences import Preferences
from tertulia.runtime.purging import Purging
from tertulia.runtime.recovery import Recovery
from tertulia.runtime.renderings import Renderings
from tertulia.runtime.retention import Retention
from tertulia.runtime.runner import Runner
from tertulia.runtime.search import Search
from tertulia.runtime.search_backlog import SearchBacklog
from tertulia.runtime.session_changes import SessionChanges
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.shares import Shares
from tertulia.runtime.shield_steps import ShieldSteps
from tertulia.runtime.shields import Shields
from tertulia.runtime.shields_file import read_shields
from tertulia.runtime.step_requests import StepRequests
from tertulia.runtime.steps import Steps
from tertulia.runtime.tail import Tail
from tertulia.runtime.titles import Titles
from tertulia.runtime.tool_calls import ToolCalls
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.runtime.turns import Turns
from tertulia.runtime.vitals import Vitals
from tertulia.runtime.vouched import Vouched
from tertulia.runtime.ways_in import WaysIn
from tertulia.runtime.web_pages import page_reader
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools.base import Tool
from tertulia.tools.builtin.calculator import calculator
from tertulia.tools.builtin.clock import clock_tool
from tertulia.tools.builtin.search_sessions import search_sessions_tool
from tertulia.tools.builtin.web_fetch import web_fetch_tool
from tertulia.tools.loading import check_names, installed_tools, named_tools
from tertulia.tools.mcp.opening import links_within
from tertulia.tools.mcp.reach import Reach
from tertulia.tools.toolbox import Toolbox
from tertulia.tools.web.guard import WebGuard, WebRules

log = structlog.get_logger()

EXTRACTING_AT_ONCE = 2
"""Files that are read at once: each takes a core for as long as it lasts."""
MODELS_SECONDS = 1.0
"""How long a start waits to learn which model the first agent can have."""


class Job(Protocol):
    """What goes on beside the turns as long as the server runs."""

    def start(self) -> None:
        """Begin."""
        ...

    async def stop(self) -> None:
        """Leave off."""
        ...


class Services:
    """Everything that runs behind the routes, and its life."""

    def __init__(  # noqa: PLR0913, PLR0915 - the ports of the world, and who may play which role
        self,
        settings: Settings,
        store: Store,
        *,
        servers: Sequence[ModelServer] | None = None,
        tools: Sequence[Tool] | None = None,
        shields: Sequence[Shield] = (),
        blobs: BlobStore | None = None,
        mcp_servers: Sequence[McpServer] = (),
        extractor: Extractor | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.catalog = ModelCatalog(servers or [], image_models=settings.image_models)
        self._finds_servers = servers is None
        extractor = extractor or extractor_of(settings)
        clock = clock or SystemClock()
        offered = builtin_tools(settings, store, extractor) if tools is None else tools
        self.toolgroups = _toolgroups(settings, store, Toolbox(offered), mcp_servers, clock)
        self._lease = lease = Lease(store, _lease_terms(settings), new_id=new_id)
        self._keeper: LeaseKeeper | None = None
        self._feed = feed = Feed(store, _tail(store, settings), flush_interval=settings.flush_interval_ms / 1000)
        history = History(store)
        self.limits = _limits(settings, store, clock)
        self.preferences = Preferences(store, clock)
        self._blobs = blobs or MemoryBlobs()
        self.files = Files(
            store,
            self._blobs,
            clock=clock,
            new_id=new_id,
            limits=FileLimits(max_file_bytes=settings.max_file_bytes, unused_hours=settings.unused_file_hours),
            room_for=self.limits.room_for,
        )
        self.shields = Shields(store, self.catalog.resolve, configured=shields, clock=clock)
        extracts = Extracts(extractor, KeptFiles(blobs=self._blobs, sha256_of=self.files.sha256_of))
        renderings = Renderings(extracts, self.catalog.takes_images)
        steps = Steps(
            feed,
            history,
            ShieldSteps(feed, self.shields, renderings, clock=clock, new_id=new_id),
            self.files,
            renderings,
            images := _image_places(settings),
            clock=clock,
            new_id=new_id,
            tool_timeout=settings.tool_timeout,
            max_parallel_tools=settings.max_parallel_tools,
        )
        agents_in_use = AgentsInUse(store, self.toolgroups)
        planner = Planner(store, agents_in_use, resolve=self.catalog.resolve, budgets=self.limits.budgets)
        self._runner = Runner(
            store,
            feed,
            steps,
            history,
            lease=lease,
            places=Places(settings.max_running_turns, most_waiting=settings.max_waiting_turns),
            planner=planner,
            clock=clock,
        )
        self._recovery = Recovery(store, self._runner, lease, interval=settings.recovery_interval_ms / 1000)
        self.audit = Audit(store, days=settings.audit_retention_days, clock=clock, new_id=new_id)
        self.cleaning = FileCleaning(store, self._blobs, hours=settings.unused_file_hours, clock=clock)
        self.purging = Purging(
            store,
            self.cleaning,
            Keeping(store, self.audit, rule=settings.retention, clock=clock),
            node=lambda: lease.node,
            days=settings.trash_days,
            clock=clock,
        )
        self._jobs: list[Job] = [
            Retention(store, hours=settings.delta_retention_hours, clock=clock),
            SearchBacklog(store),
            self.purging,
            self.cleaning,
            self.audit,
        ]
        self._titles: Titles | None = None
        if settings.title_model:
            self._titles = Titles(store, self.catalog.resolve, model=settings.title_model)
            self._runner.on_end.append(self._titles.on_end)
        self.turns = Turns(
            store,
            feed,
            self._runner,
            steps,
            history,
            self.files,
            planner=planner,
            lease=lease,
            clock=clock,
            new_id=new_id,
            limits=_input_limits(settings),
            owners=self.limits,
        )
        self.step_requests = StepRequests(self.turns, history, agents_in_use)
        self.agents = Agents(store, self.turns, self.shields, clock=clock, new_id=new_id)
        self.accounts = Accounts(
            store,
            settings.auth_mode,
            arrive=self._ensure_default_agent,
            leave=Leaving(store, self.agents).leave,
            clock=clock,
            new_id=new_id,
            new_secret=new_secret,
        )
        self.vouched = Vouched(_ways_in(settings, self._http, clock), self.accounts)
        self.sessions = Sessions(store, self.turns, clock=clock, new_id=new_id, has_trash=settings.trash_days > 0)
        self.search = Search(store)
        self.session_changes = SessionChanges(store)
        self.shares = Shares(store, clock=clock, new_id=new_id, new_secret=new_secret)
        self.handing_over = HandingOver(store, self.files, clock=clock, new_id=new_id)
        self.exports, self.archives, self.imports = _moving(store, self.files, clock)
        self.tool_calls = ToolCalls(self.toolgroups, new_id=new_id, timeout=settings.tool_timeout)
        self.passing = Passing(self.catalog.resolve, self.limits, images)
        self._session: ClientSession | None = None
        """The one HTTP session of all model servers and identity providers."""

    @classmethod
    def from_settings(cls, settings: Settings, *, tools: Sequence[Tool] = ()) -> "Services":
        """Wire what the settings ask for; `tools` come to those that they name. Raises StartupError."""
        shields = read_shields(settings.shields) if settings.shields else ()
        store = store_at(settings.store_url)
        extractor = extractor_of(settings)
        tools = [*builtin_tools(settings, store, extractor), *installed_tools(), *named_tools(settings.tools), *tools]
        check_names(tools)
        return cls(
            settings,
            store,
            tools=tools,
            shields=shields,
            blobs=blobs_at(settings.files_url),
            mcp_servers=configured_servers(settings),
            extractor=extractor,
        )

    @property
    def is_demo(self) -> bool:
        """The demo model is all there is."""
        return all(server.is_demo for server in self.catalog.servers)

    @property
    def node(self) -> str:
        """The name under which this process runs turns."""
        return self._lease.node

    @property
    def is_draining(self) -> bool:
        """It was told to stop."""
        return self._runner.is_draining

    @property
    def vitals(self) -> Vitals:
        """How this process does."""
        return self._runner.vitals

    def lose_lease(self) -> None:
        """Let go of all turns, as when the lease is lost, and go on under a new name."""
        self._runner.lose_all()

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncGenerator["Services"]:
        """Open what is kept, and nothing that runs: for who brings in or takes out while no server does."""
        await self.store.open()
        try:
            await self._blobs.open()
            yield self
        finally:
            await self._blobs.close()
            await self.store.close()

    async def start(self) -> None:
        """Open the store, find the model servers, settle what an earlier process left. Raises StartupError."""
        if self.store.is_shared and self.settings.blob_url is None:
            log.warning("files.not_shared", remedy="Name one place for all nodes in TERTULIA_BLOB_URL.")
        specs = server_specs(
            self.settings.model_servers,
            openai_base_url=self.settings.openai_base_url,
            openai_api_key=self.settings.openai_api_key.reveal() if self.settings.openai_api_key else None,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(self.store.open())
            group.create_task(self._blobs.open())
            finding = group.create_task(self._find_servers(specs)) if self._finds_servers else None
        if finding is not None:
            self.catalog.use(finding.result())
        if self.store.is_shared:
            self._keeper = LeaseKeeper(self._lease, self._runner.lose_all)
            await self._keeper.start()
        self._feed.start()
        await self._ensure_default_agent(LOCAL_OWNER)
        if await self.accounts.wants_set_up():
            log.warning("accounts.nobody", remedy="Open the link that `tertulia serve` prints, or `tertulia set-up`.")
        await self._recovery.start()
        for job in self._jobs:
            job.start()

    async def _find_servers(self, specs: Sequence[ServerSpec]) -> list[ModelServer]:
        found = await discover() if self.settings.discover else []
        timeouts = Timeouts(first_token=self.settings.first_token_timeout, idle=self.settings.idle_timeout)
        means = Means()
        servers: list[ModelServer] = [
            OpenAIChat(spec, self._http(), timeouts=timeouts, means=means) for spec in with_found(specs, found)
        ]
        if self.settings.demo == "always" or (self.settings.demo == "auto" and not servers):
            servers.append(demo_server())
        return servers

    def _http(self) -> ClientSession:
        self._session = self._session or open_session()
        return self._session

    async def _ensure_default_agent(self, owner: str) -> None:
        agent, moved = await self.agents.ensure_default(owner, model=await self._first_model(), demo_model=DEMO_MODEL)
        if moved:
            log.warning("default_agent.moved", agent_id=agent.agent_id, model=agent.agent_config.model)

    async def _first_model(self) -> str:
        """The first real model that a server offers now, else the demo's."""
        try:
            async with asyncio.timeout(MODELS_SECONDS):
                listing = await self.catalog.list_models()
        except (TimeoutError, TertuliaError):
            return DEMO_MODEL
        return next((model.id for model in listing.models if not model.is_demo), DEMO_MODEL)

    async def drain(self) -> None:
        """Take no new work; let running turns come to their end, and let go of those that do not."""
        self._runner.begin_draining()
        self.session_changes.stop()
        await self._recovery.stop()
        await self._runner.drain(self.settings.drain_timeout)
        await self._feed.stop()
        if self._keeper is not None:
            await asyncio.to_thread(self._keeper.stop)
        with contextlib.suppress(StorageUnavailable):  # then others wait until the lease has run out
            await self.store.release(self._lease.node)

    async def stop(self) -> None:
        """Drain, then let go of everything."""
        if not self.is_draining:
            await self.drain()
        if self._titles is not None:
            await self._titles.stop()
        for job in self._jobs:
            await job.stop()
        await self.toolgroups.close()
        await self.catalog.close()
        if self._session is not None:
            await self._session.close()
        await self._blobs.close()
        await self.store.close()


def _tail(store: Store, settings: Settings) -> Tail:
    return Tail(store, interval=settings.poll_interval_ms / 1000 if store.is_shared else None)


def _lease_terms(settings: Settings) -> LeaseTerms:
    return LeaseTerms(
        seconds=settings.lease_seconds, renew_every=settings.lease_renew_every, margin=settings.lease_margin
    )


def _moving(store: Store, files: Files, clock: Clock) -> tuple[Exports, Archives, Imports]:
    exports = Exports(store, files, clock=clock)
    return exports, Archives(store, files, exports, clock=clock), Imports(store, files, clock=clock)


def _input_limits(settings: Settings) -> InputLimits:
    return InputLimits(
        max_files=settings.max_files,
        max_file_bytes=settings.max_file_bytes,
        max_message_chars=settings.max_message_chars,
        max_queued=settings.max_queued,
    )


def _limits(settings: Settings, store: Store, clock: Clock) -> Limits:
    budgets = Budgets(turn_tokens=settings.max_turn_tokens, session_tokens=settings.max_session_tokens)
    return Limits(
        store, server=settings.owner_limits, budgets=budgets, is_shared=store.is_shared, clock=clock, new_id=new_id
    )


def _toolgroups(
    settings: Settings, store: Store, toolbox: Toolbox, servers: Sequence[McpServer], clock: Clock
) -> Toolgroups:
    reach = Reach(networks=settings.reachable_networks, runs_programs=settings.mcp_programs)
    mcp = McpGroups(store, configured=servers, reach=reach, open_link=links_within(reach), clock=clock)
    return Toolgroups(toolbox, mcp)


def _ways_in(settings: Settings, open_http: OpenSession, clock: Clock) -> WaysIn:
    return WaysIn(settings, open_http, now=lambda: seconds_of(clock()), new_secret=new_secret)


def extractor_of(settings: Settings) -> Extractor:
    """Return what reads the files of strangers, within the limits that are set."""
    limits = ExtractLimits(seconds=settings.extract_timeout, memory_bytes=settings.extract_memory_mb * 1024 * 1024)
    return Extractor(limits, take=Places(EXTRACTING_AT_ONCE, most_waiting=settings.max_waiting_turns).take)


def builtin_tools(settings: Settings, store: Store, extractor: Extractor) -> list[Tool]:
    """Return the tools that come with the server. Raises StartupError."""
    tools: list[Tool] = [calculator, clock_tool(), search_sessions_tool(Search(store).find_sessions)]
    if settings.web_fetch:
        tools.append(web_fetch_tool(WebGuard(web_rules(settings)), page_reader(extractor)))
    return tools


def web_rules(settings: Settings) -> WebRules:
    """Return where agents may go in the web. Raises StartupError."""
    try:
        networks = tuple(ip_network(text, strict=False) for text in settings.web_networks)
    except ValueError as error:
        raise StartupError(f"TERTULIA_WEB_NETWORKS has what is no network: {error}.") from None
    return WebRules(networks=networks)


def _image_places(settings: Settings) -> ImagePlaces:
    """Return where images may be: whoever owns the machine may send its model servers anywhere."""
    if settings.auth_mode == "none":
        return ImagePlaces(None)
    return ImagePlaces(WebGuard(replace(web_rules(settings), ports=None)))


def store_at(url: str) -> Store:
    """Choose the store by the scheme of its URL. Raises StartupError."""
    scheme, _, path = url.partition("://")
    if scheme in ("postgresql", "postgres"):
        return SqlStore(PostgresDatabase(url))
    if scheme != "sqlite":
        raise StartupError(
            f"There is no store for {scheme}://. Use sqlite:///path/to/tertulia.db or postgresql://user@host/name, or "
            "leave TERTULIA_DATABASE_URL out."
        )
    file = path.removeprefix("/")
    return SqlStore(SqliteDatabase(None if file in ("", ":memory:") else Path(file)))


def blobs_at(url: str) -> BlobStore:
    """Choose where the bytes of files stay by the scheme of a URL. Raises StartupError."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return ObjectBlobs(Bucket.parse(url))
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise StartupError(f"TERTULIA_BLOB_URL is {url}, but a folder is named like file:///srv/files.")
    return FolderBlobs(Path(url2pathname(parts.path)))
