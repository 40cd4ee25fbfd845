"""A node: what `tertulia.wiring` puts together, in a process of its own on virtual time, with a link to the store.

The lease is kept by a task instead of a thread, which goes on while the event loop is blocked, as the thread does.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from typing import Any, TypeVar, cast

from tertulia.blobs.memory import MemoryBlobs
from tertulia.domain.base import Value
from tertulia.domain.errors import StorageUnavailable, TertuliaError
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.limits import OwnerLimits
from tertulia.extract.extractor import ExtractLimits, Extractor
from tertulia.models.base import ModelServer
from tertulia.runtime.agents_in_use import AgentsInUse
from tertulia.runtime.clock import NewId
from tertulia.runtime.extracts import Extracts, KeptFiles
from tertulia.runtime.feed import Feed
from tertulia.runtime.files import Files
from tertulia.runtime.history import History
from tertulia.runtime.image_places import ImagePlaces
from tertulia.runtime.input import InputLimits
from tertulia.runtime.leases import Lease, LeaseTerms
from tertulia.runtime.limits import Budgets, Limits
from tertulia.runtime.mcp_groups import McpGroups
from tertulia.runtime.places import Places
from tertulia.runtime.planning import Planner
from tertulia.runtime.recovery import Recovery
from tertulia.runtime.renderings import Renderings
from tertulia.runtime.retention import Retention
from tertulia.runtime.runner import Runner
from tertulia.runtime.shield_steps import ShieldSteps
from tertulia.runtime.shields import Shields
from tertulia.runtime.steps import Steps
from tertulia.runtime.tail import Tail
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.runtime.turns import Turns
from tertulia.store.base import Store
from tertulia.tools.base import Tool
from tertulia.tools.mcp.opening import links_within
from tertulia.tools.mcp.reach import Reach
from tertulia.tools.toolbox import Toolbox
from tests.simulation.clock import NodeClock
from tests.simulation.loop import PROCESS, Process, VirtualLoop
from tests.simulation.store import Link

T = TypeVar("T")
TERMS = LeaseTerms(seconds=3, renew_every=1, margin=0.6)
LOOK_EVERY = 1.0
POLL_EVERY = 0.4
FLUSH_EVERY = 0.05
DRAIN_SECONDS = 1.0


class Disconnected(Exception):
    """The node went away, or does not take connections."""


class Connection:
    """A stream of events, as its reader has it: what has come so far, and whether more may come."""

    def __init__(self) -> None:
        self._batches: deque[list[LoggedEvent]] = deque()
        self._bell = asyncio.Event()
        self._is_open = True
        self.serving: asyncio.Task[None] | None = None

    def send(self, batch: list[LoggedEvent]) -> None:
        self._batches.append(batch)
        self._bell.set()

    def end(self, *, loses: int = 0) -> None:
        """Nothing more comes; the last `loses` batches were still under way."""
        for _ in range(min(loses, len(self._batches))):
            self._batches.pop()
        self._is_open = False
        self._bell.set()

    def leave(self) -> None:
        """The reader goes away, which ends what serves it."""
        if self.serving is not None:
            self.serving.cancel()

    async def read(self) -> list[LoggedEvent]:
        """Wait for the next batch; one with nothing in it is the end."""
        while not self._batches and self._is_open:
            self._bell.clear()
            await self._bell.wait()
        return self._batches.popleft() if self._batches else []


class Surroundings(Value):
    """What the nodes of one world have in common."""

    loop: VirtualLoop
    new_id: NewId
    server: ModelServer
    tools: Sequence[Tool]
    steps: type[Steps] = Steps


class Node:
    """One process that runs turns and answers clients."""

    def __init__(self, around: Surroundings, link: Link, process: Process, *, skew: float, places: int) -> None:
        self.loop_process = process
        self._thread_process = Process()
        self.link = link
        self.is_draining = False
        self._loop: VirtualLoop = around.loop
        self._context = Context()
        self._context.run(PROCESS.set, process)
        self._thread = Context()
        self._thread.run(PROCESS.set, self._thread_process)
        self._replies: dict[asyncio.Future[Any], None] = {}
        self._connections: dict[Connection, None] = {}
        self._wire(around, NodeClock(around.loop, skew), places)

    def _wire(self, around: Surroundings, clock: NodeClock, places: int) -> None:
        store, new_id = cast(Store, self.link), around.new_id
        self.lease = lease = Lease(store, TERMS, new_id=new_id, monotonic=around.loop.time)
        tail = Tail(store, interval=POLL_EVERY if store.is_shared else None)
        self.feed = feed = Feed(store, tail, flush_interval=FLUSH_EVERY)
        history = History(store)

        async def resolve(model: str) -> tuple[ModelServer, str, int | None]:
            return around.server, model, None

        async def looks(_model: str) -> bool | None:
            return None

        files = Files(store, MemoryBlobs(), clock=clock, new_id=new_id)
        kept = KeptFiles(blobs=MemoryBlobs(), sha256_of=files.sha256_of)
        extractor = Extractor(ExtractLimits(), take=Places(1, most_waiting=1).take)  # no turn here brings a file
        renderings = Renderings(Extracts(extractor, kept), looks)
        shields = ShieldSteps(
            feed, Shields(store, resolve, configured=(), clock=clock), renderings, clock=clock, new_id=new_id
        )
        steps = around.steps(
            feed,
            history,
            shields,
            files,
            renderings,
            ImagePlaces(None),
            clock=clock,
            new_id=new_id,
            tool_timeout=60,
            max_parallel_tools=4,
        )

        reach = Reach()
        mcp = McpGroups(store, configured=(), reach=reach, open_link=links_within(reach), clock=clock)
        agents = AgentsInUse(store, Toolgroups(Toolbox(around.tools), mcp))
        planner = Planner(store, agents, resolve=resolve, budgets=Budgets())
        self.runner = Runner(
            store,
            feed,
            steps,
            history,
            lease=lease,
            places=Places(places, most_waiting=100),
            planner=planner,
            clock=clock,
        )
        self.recovery = Recovery(store, self.runner, lease, interval=LOOK_EVERY)
        self.retention = Retention(store, hours=0, clock=clock)
        self.turns = Turns(
            store,
            feed,
            self.runner,
            steps,
            history,
            files,
            planner=planner,
            lease=lease,
            clock=clock,
            new_id=new_id,
            limits=InputLimits(),
            owners=Limits(
                store,
                server=OwnerLimits(),
                budgets=Budgets(),
                is_shared=store.is_shared,
                clock=clock,
                new_id=new_id,
                now=around.loop.time,
            ),
        )

    # --- its life, as in Services ---

    async def start(self) -> None:
        await self.run(self._start)

    async def _start(self) -> None:
        """Start; without the store the process would end, and be started again."""
        while True:
            try:
                await cast(Store, self.link).open()
                break
            except StorageUnavailable:
                await asyncio.sleep(0.1)
        if self.link.is_shared:
            self.lease.on_lost = self._lose_soon
            self._keeper = self._loop.create_task(self._keep_lease(self.lease.renew()), context=self._thread)
        self.feed.start()
        await self.recovery.start()

    def _lose_soon(self) -> None:
        self._loop.call_soon(self.runner.lose_all, context=self._context)

    @property
    def processes(self) -> list[Process]:
        """What sleeps and dies together."""
        return [self.loop_process, self._thread_process]

    async def _keep_lease(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            seconds = self.lease.renew()

    async def stop(self) -> None:
        """Drain and end, as told by SIGTERM."""
        self.is_draining = True
        await self.run(self._drain)
        self.end()

    async def _drain(self) -> None:
        await self.recovery.stop()
        await self.runner.drain(DRAIN_SECONDS)
        await self.feed.stop()
        if self.link.is_shared:
            self._keeper.cancel()
        with contextlib.suppress(StorageUnavailable):
            await cast(Store, self.link).release(self.lease.node)

    def end(self) -> None:
        """Take no step any more, whatever is under way; who is connected notices."""
        for process in self.processes:
            process.is_dead = True
        for reply in list(self._replies):
            if not reply.done():
                reply.set_exception(Disconnected())
        for connection in list(self._connections):
            connection.end(loses=1)

    # --- what clients do ---

    @property
    def takes_connections(self) -> bool:
        return not (self.loop_process.is_dead or self.is_draining)

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Have the node do something. Raises what that raises, and Disconnected."""
        reply: asyncio.Future[Any] = self._loop.create_future()
        self._replies[reply] = None

        async def answer() -> None:
            try:
                result = await work()
            except Exception as error:  # noqa: BLE001 - it is the asker's
                if not reply.done():
                    reply.set_exception(error)
            else:
                if not reply.done():
                    reply.set_result(result)

        serving = self._loop.create_task(answer(), context=self._context)
        try:
            return await reply
        except asyncio.CancelledError:
            serving.cancel()  # as a server does that is told of it
            raise
        finally:
            del self._replies[reply]

    def follow(self, owner: str, turn_id: str, after: EventId | None) -> Connection:
        """Connect to a turn's stream."""
        connection = Connection()

        async def serve() -> None:
            try:
                async for batch in self.turns.follow(owner, turn_id, after):
                    connection.send(batch)
            except TertuliaError:
                pass  # the stream breaks off, and its reader comes back
            finally:
                connection.end()
                self._connections.pop(connection, None)

        self._connections[connection] = None
        connection.serving = self._loop.create_task(serve(), context=self._context)
        return connection
