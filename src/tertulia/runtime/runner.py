"""Makes turns happen: one task a turn, from its start until it rests. The server owns the task, not a connection."""

import asyncio
from collections.abc import Callable

import structlog

from tertulia.domain.agents import AgentConfig
from tertulia.domain.errors import LeaseLost, Overloaded, TertuliaError
from tertulia.domain.events import RestEvent, TurnCancelled, TurnFailed
from tertulia.domain.steps import Problem
from tertulia.domain.turns import ENDED
from tertulia.engine.turn import Plan, next_action
from tertulia.models.base import Resolve
from tertulia.runtime.clock import Clock
from tertulia.runtime.feed import Feed, LiveTurn
from tertulia.runtime.history import History
from tertulia.runtime.locks import Locks
from tertulia.runtime.steps import Steps, TurnPlan
from tertulia.store.base import Accepted, Store, TurnRecord
from tertulia.tools.toolbox import Toolbox

log = structlog.get_logger()

INTERRUPTED = Problem(code="interrupted", message="The server stopped while this turn ran. Send the message again.")
RETRY_AFTER_DRAIN = 2
"""Seconds in which a server that was told to stop is most likely there again, or another in its place."""


class Runner:
    """Runs turns of this process, each session's strictly one after the other."""

    def __init__(  # noqa: PLR0913 - the ports of the world
        self,
        store: Store,
        feed: Feed,
        steps: Steps,
        history: History,
        *,
        resolve: Resolve,
        toolbox: Toolbox,
        clock: Clock,
        max_running: int,
    ) -> None:
        self._store = store
        self._feed = feed
        self._steps = steps
        self._history = history
        self._resolve = resolve
        self._toolbox = toolbox
        self._clock = clock
        self._places = asyncio.Semaphore(max_running)
        self._tasks: dict[LiveTurn, asyncio.Task[None]] = {}
        self._stops: dict[LiveTurn, RestEvent] = {}
        self._configs: dict[tuple[str, int], AgentConfig] = {}
        self._queued: dict[str, int] = {}
        self._queues = Locks()
        """Held while a session's next turn is started, or a waiting one is ended: not both."""
        self._is_draining = False
        self.on_end: list[Callable[[LiveTurn], None]] = []
        feed.on_lost = self._on_lost

    # --- the life of a turn ---

    def take(self, accepted: Accepted) -> LiveTurn:
        """Take on a turn that was just accepted: run it, or let it wait for the turns before it."""
        live = self._feed.open(accepted.record, accepted.events)
        if accepted.record.status == "running":
            self.launch(live)
        else:
            session_id = accepted.record.session_id
            self._queued[session_id] = self._queued.get(session_id, 0) + 1
        return live

    def launch(self, live: LiveTurn) -> None:
        """Run a turn until it rests."""
        task = asyncio.create_task(self._run(live), name=f"turn-{live.turn_id}")
        self._tasks[live] = task
        task.add_done_callback(lambda _: self._tasks.pop(live, None))

    async def take_next(self, owner: str, session_id: str) -> None:
        """Start the session's next turn, if one waits and nothing is ahead of it."""
        async with self._queues.of(session_id):
            accepted = None if self._is_draining else await self._store.claim_next(owner, session_id, at=self._clock())
            if accepted is None:
                return
            self._leave_queue(session_id)
            live = self._feed.find(accepted.record.turn_id)
            if live is None:
                events = await self._store.read_events(owner, accepted.record.turn_id)
                live = self._feed.open(accepted.record, events)
            else:
                live.start(accepted)
            self.launch(live)

    async def _run(self, live: LiveTurn) -> None:
        record = live.record
        logger = log.bind(turn_id=record.turn_id, session_id=record.session_id, n=record.n)
        logger.info("turn.started", epoch=record.epoch)
        try:
            await self._run_to_rest(live)
        except LeaseLost:
            logger.warning("turn.lease_lost", epoch=record.epoch)
        finally:
            self._stops.pop(live, None)
        logger.info("turn.rests", status=live.state.status, code=_code_of(live))
        await self._after(live)

    async def _run_to_rest(self, live: LiveTurn) -> None:
        try:
            async with self._places:
                plan = await self._plan(live.record)
                while live.state.status == "running":
                    await self._steps.perform(live, next_action(live.state, plan.rules), plan)
        except asyncio.CancelledError:
            # A stop: it says what the turn ends with. Anything else that cancels is the process going down.
            event = self._stops.get(live) or TurnFailed(error=INTERRUPTED, at=self._clock())
            await self._feed.rest(live, event)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a turn that was accepted always comes to an end
            await self._feed.rest(live, TurnFailed(error=_problem_of(live, error), at=self._clock()))

    async def _after(self, live: LiveTurn) -> None:
        record = live.record
        if live.state.status in ENDED and live.turn is not None:
            self._history.add(record.owner, live.turn)
            for listener in self.on_end:
                listener(live)
        if self._queued.get(record.session_id):
            await self.take_next(record.owner, record.session_id)

    async def _plan(self, record: TurnRecord) -> TurnPlan:
        config = await self._config(record)
        server, model, window = await self._resolve(config.model)
        toolgroups = config.toolgroups if record.toolgroups is None else record.toolgroups
        return TurnPlan(
            rules=Plan(
                client_tools=frozenset(tool.name for tool in config.client_tools),
                max_infer_iters=config.max_infer_iters,
                input_shields=tuple(config.input_shields),
                output_shields=tuple(config.output_shields),
            ),
            config=config,
            server=server,
            model=model,
            tools=self._toolbox.of(toolgroups),
            tool_config=record.tool_config or config.tool_config,
            window_tokens=window,
        )

    async def _config(self, record: TurnRecord) -> AgentConfig:
        """A version of a config never changes, so it is read once."""
        key = record.agent_id, record.agent_version
        if key not in self._configs:
            if len(self._configs) >= 1024:
                self._configs.clear()
            self._configs[key] = await self._store.get_agent_config(record.owner, *key)
        return self._configs[key]

    # --- its early end ---

    async def stop(self, live: LiveTurn, event: RestEvent) -> None:
        """Let a turn end now with this event, unless it comes to its own end first."""
        if await self._stop_idle(live, event):
            await self._after(live)
        elif task := self._tasks.get(live):
            if live.turn is None and live not in self._stops:
                self._stops[live] = event
                await asyncio.sleep(0)  # a task that is cancelled before its first step takes no step at all
                task.cancel()
            await live.until_over()

    async def _stop_idle(self, live: LiveTurn, event: RestEvent) -> bool:
        """End a turn that waits for its time, or for input, and that nobody has ended or started meanwhile."""
        async with self._queues.of(live.record.session_id):
            if live.lost or live.state.status in ENDED or live in self._tasks:
                return False
            was_queued = live.state.status == "queued"
            await self._feed.rest(live, event)
            if was_queued:
                self._leave_queue(live.record.session_id)
            return True

    def _leave_queue(self, session_id: str) -> None:
        left = self._queued.pop(session_id, 0) - 1
        if left > 0:
            self._queued[session_id] = left

    def _on_lost(self, live: LiveTurn) -> None:
        if task := self._tasks.get(live):
            task.cancel()

    def refuse_when_draining(self) -> None:
        """Raise Overloaded when nothing new is begun here."""
        if self._is_draining:
            raise Overloaded(retry_after=RETRY_AFTER_DRAIN)

    async def drain(self, seconds: float) -> None:
        """Give running turns some seconds to end; what still runs then is interrupted. Queued turns stay queued."""
        self._is_draining = True
        if tasks := set(self._tasks.values()):
            _, running = await asyncio.wait(tasks, timeout=seconds)
            log.info("drain", ended=len(tasks) - len(running), interrupted=len(running))
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running, timeout=5)
        self._feed.leave()

    # --- after a restart ---

    async def recover(self) -> None:
        """Settle what an earlier process left: no turn stays `running`, and what waited starts.

        A turn that ran cannot be continued yet: it is failed as interrupted, or cancelled if that was asked for.
        """
        unfinished = await self._store.list_unfinished()
        for record in unfinished:
            if record.status == "running" or record.cancel_requested:
                await self._settle(record)
        for owner, session_id in dict.fromkeys((r.owner, r.session_id) for r in unfinished if r.status == "queued"):
            waiting = sum(r.session_id == session_id and r.status == "queued" for r in unfinished)
            self._queued[session_id] = waiting
            await self.take_next(owner, session_id)
        if unfinished:
            log.info("recovered", turns=len(unfinished))

    async def _settle(self, record: TurnRecord) -> None:
        claimed = await self._store.claim(record.owner, record.turn_id)
        if claimed is None:
            return
        live = self._feed.open(claimed.record, await self._store.read_events(record.owner, record.turn_id))
        at = self._clock()
        await self._feed.rest(
            live, TurnCancelled(at=at) if record.cancel_requested else TurnFailed(error=INTERRUPTED, at=at)
        )


def _problem_of(live: LiveTurn, error: Exception) -> Problem:
    """What readers are told of a failure; of one that we did not foresee the log alone tells the detail."""
    if isinstance(error, TertuliaError):
        log.warning("turn.failed", turn_id=live.turn_id, code=error.code)
        return Problem(code=error.code, message=error.message)
    log.error("turn.crashed", turn_id=live.turn_id, exc_info=error)
    return Problem(code="internal_error", message="Something went wrong on the server. Its log has the details.")


def _code_of(live: LiveTurn) -> str | None:
    return live.turn.error.code if live.turn and live.turn.error else None
