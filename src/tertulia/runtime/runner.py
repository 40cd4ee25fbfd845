"""Makes turns happen: one task a turn, from its start until it rests. The server owns the task, not a connection.

A turn is run by whoever has claimed it, under the epoch of the claim. What a runner finds in the log it takes as done,
and goes on from there: whether it has just accepted the turn, or another node has died over it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Container, Coroutine, Sequence
from typing import Any

import structlog

from tertulia.domain.errors import LeaseLost, Overloaded, StorageUnavailable, TertuliaError, TurnNotAwaitingInput
from tertulia.domain.events import RestEvent, TurnAwaitingInput, TurnCancelled, TurnFailed, TurnResumed
from tertulia.domain.steps import Problem
from tertulia.domain.turns import ENDED
from tertulia.engine.turn import TurnState, next_action, still_awaits
from tertulia.runtime.clock import Clock
from tertulia.runtime.feed import Feed
from tertulia.runtime.history import History
from tertulia.runtime.leases import Lease
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.locks import Locks
from tertulia.runtime.places import Places
from tertulia.runtime.planning import Planner
from tertulia.runtime.steps import Steps
from tertulia.runtime.vitals import Vitals
from tertulia.store.base import Store
from tertulia.store.turns import Accepted, TurnRecord

log = structlog.get_logger()

MAX_ATTEMPTS = 3
"""How many nodes in a row may lose a turn without having completed a step of it: the next one ends it."""
EXHAUSTED = Problem(
    code="attempts_exhausted",
    message=f"The server was lost {MAX_ATTEMPTS} times while this turn ran, and it did not get any further. "
    "Send the message again.",
)
INTERNAL_ERROR = Problem(code="internal_error", message="Something went wrong on the server. Its log has the details.")
CLOSING_SECONDS = 5
"""How long work that was cancelled may take to end."""
RETRY_AFTER_DRAIN = 2
"""Seconds in which a server that was told to stop is most likely there again, or another in its place."""


class Runner:
    """Runs turns of this process."""

    def __init__(  # noqa: PLR0913 - the ports of the world
        self,
        store: Store,
        feed: Feed,
        steps: Steps,
        history: History,
        *,
        lease: Lease,
        places: Places,
        planner: Planner,
        clock: Clock,
    ) -> None:
        self._store = store
        self._feed = feed
        self._steps = steps
        self._history = history
        self._lease = lease
        self._places = places
        self._planner = planner
        self._clock = clock
        self._tasks: dict[LiveTurn, asyncio.Task[None]] = {}
        self._stops: dict[LiveTurn, RestEvent] = {}
        self._asides: dict[asyncio.Task[None], None] = {}
        self._claims = Locks()
        """Held while a turn that does not run here is taken on, to run it or to end it: of all who ask, one does."""
        self.is_draining = False
        """This process was told to stop: it takes nothing on any more."""
        self.on_end: list[Callable[[LiveTurn], None]] = []
        feed.on_lost = self._on_lost
        feed.on_unwritable = self._on_unwritable

    # --- taking turns on ---

    def take(self, accepted: Accepted) -> None:
        """Run a turn that was just accepted; one that waits is nobody's until its time comes."""
        self._feed.tally.accepted += 1
        if accepted.record.status == "running" and not self.runs(accepted.record.turn_id):
            self.launch(self._feed.open(accepted.record, accepted.events))

    async def take_next(self, owner: str, session_id: str) -> None:
        """Start the session's next turn, if one waits and nothing is ahead of it."""
        if self.is_draining:
            return
        accepted = await self._store.claim_next(owner, session_id, at=self._clock(), node=self._lease.node)
        live = accepted and await self._open(accepted)
        if live is not None:
            self.launch(live)

    async def adopt(self, record: TurnRecord) -> None:
        """Take on a turn that nobody runs: go on where its log ends."""
        if record.status == "queued" and not record.cancel_requested:
            await self.take_next(record.owner, record.session_id)
            return
        async with self._claims.of(record.turn_id):
            if self.is_draining or self._feed.find(record.turn_id) is not None:
                return
            live = await self._claim(record.owner, record.turn_id)
            if live is not None:
                log.info("turn.adopted", turn_id=live.turn_id, epoch=live.record.epoch, attempts=live.record.attempts)
                self._feed.tally.taken_over += 1
                self._go_on(live)

    async def resume(
        self,
        owner: str,
        turn_id: str,
        check: Callable[[TurnState], None],
        answer: Callable[[LiveTurn], None],
        *,
        reopens: bool = False,
    ) -> TurnRecord:
        """Take up a turn that awaits input: `check` it again, now that it is ours, and go on from what `answer` logs.

        While something else is still waited for it rests again, in the same write: nobody finds it running in between.
        With `reopens`, one that was completed is taken up, too. Raises TurnNotAwaitingInput, and what `check` raises.
        """
        async with self._claims.of(turn_id):
            live = None if self._feed.find(turn_id) else await self._claim(owner, turn_id, reopens=reopens)
            if live is None:
                raise TurnNotAwaitingInput
            try:
                before = live.state
                if before.status not in {"awaiting_input", "completed"} or live.record.cancel_requested:
                    raise TurnNotAwaitingInput
                check(before)
                answer(live)
                if isinstance(before.last_event, TurnAwaitingInput):
                    self._rest_again(live, before.last_event)
                await self._feed.commit(live)
            except LeaseLost:
                raise TurnNotAwaitingInput from None
            finally:
                self._go_on(live)
        return live.record

    def _rest_again(self, live: LiveTurn, before: TurnAwaitingInput) -> None:
        if (reason := still_awaits(live.state, before.reason)) is not None:
            self._feed.append(live, TurnAwaitingInput(reason=reason, at=self._clock()))

    def _go_on(self, live: LiveTurn) -> None:
        """Run what was claimed, also when it has come to rest meanwhile: it is ours now, and nobody else's."""
        if live.state.status in ENDED:
            self._feed.give_up(live)  # it was to be reopened, and was not
        elif live.turn is not None:
            pass  # it rests again, and is nobody's once that is stored
        elif not live.is_gone:
            if live.state.status == "awaiting_input" and not live.record.cancel_requested:
                self._feed.append(live, TurnResumed(at=self._clock()))
            self.launch(live)

    async def _claim(self, owner: str, turn_id: str, *, reopens: bool = False) -> LiveTurn | None:
        """Take over a turn that no other node holds, unless it has ended. The caller runs it or lets it rest."""
        while claimed := await self._store.claim(owner, turn_id, node=self._lease.node, reopens=reopens):
            if (live := await self._open(claimed)) is not None:
                return live
        return None

    async def _open(self, accepted: Accepted) -> LiveTurn | None:
        """Open what was claimed, unless it has been claimed again meanwhile."""
        record = accepted.record
        events = await self._store.read_events(record.owner, record.turn_id)
        other = self._feed.find(record.turn_id)
        if max(events[-1].id.epoch, other.record.epoch if other else 0) > record.epoch:
            return None
        return self._feed.open(record, events)

    def runs(self, turn_id: str) -> bool:
        """Tell whether the turn runs here, or is about to."""
        return self._feed.find(turn_id) is not None

    @property
    def free_places(self) -> int:
        """How many more turns could run here now."""
        return self._places.free

    @property
    def vitals(self) -> Vitals:
        """How this node does."""
        places = self._places
        return Vitals(
            running=places.taken,
            waiting=places.waiting,
            free_places=places.free,
            unstored=self._feed.unstored,
            is_draining=self.is_draining,
            tally=self._feed.tally,
        )

    def refuse_new(self) -> None:
        """Raise Overloaded when nothing new is begun here."""
        if self.is_draining:
            raise Overloaded(retry_after=RETRY_AFTER_DRAIN)
        self._places.refuse_when_full()

    # --- the life of a turn ---

    def launch(self, live: LiveTurn) -> None:
        """Run a turn until it rests."""
        task = asyncio.create_task(self._run(live), name=f"turn-{live.turn_id}")
        self._tasks[live] = task
        task.add_done_callback(lambda _: self._tasks.pop(live, None))

    async def _run(self, live: LiveTurn) -> None:
        record = live.record
        logger = log.bind(turn_id=record.turn_id, session_id=record.session_id, n=record.n)
        logger.info("turn.started", epoch=record.epoch)
        try:
            await self._run_to_rest(live)
        except LeaseLost:
            if self.is_draining:
                logger.info("turn.handed_over", epoch=record.epoch)
            else:
                logger.warning("turn.lease_lost", epoch=record.epoch)
            return
        finally:
            self._stops.pop(live, None)
        logger.info("turn.rests", status=live.state.status, code=_code_of(live))
        await self._after(live)

    async def _run_to_rest(self, live: LiveTurn) -> None:
        try:
            if (end := self._end_at_once(live.record)) is not None:
                await self._feed.rest(live, end)
                return
            async with self._places.take(live.record.owner):
                plan = await self._planner.plan(live)
                while live.state.status == "running":
                    action = next_action(live.state, plan.rules)
                    await self._steps.perform(live, action, plan)
        except asyncio.CancelledError:
            # A stop, which says what the turn ends with; or the turn goes on in another process, or is lost.
            if (event := self._stops.get(live)) is None or live.is_gone:
                raise LeaseLost from None
            await self._feed.rest(live, event)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a turn that was accepted always comes to an end
            await self._feed.rest(live, TurnFailed(error=_problem_of(live, error), at=self._clock()))

    def _end_at_once(self, record: TurnRecord) -> RestEvent | None:
        """What a turn ends with instead of running: someone asked for that, or it would only be lost again."""
        if record.cancel_requested:
            return TurnCancelled(at=self._clock())
        if record.attempts >= MAX_ATTEMPTS:
            return TurnFailed(error=EXHAUSTED, at=self._clock())
        return None

    async def _after(self, live: LiveTurn) -> None:
        record = live.record
        if live.state.status in ENDED and live.turn is not None:
            if not self._store.is_shared:  # another node may take it up again while it is the last of its session
                self._history.add(record, live.turn)
            for listener in self.on_end:
                listener(live)
        if live.is_followed:
            try:
                await self.take_next(record.owner, record.session_id)
            except StorageUnavailable as error:  # the next look around finds the turn that waits
                log.warning("turn.next_not_taken", session_id=record.session_id, error=error.message)

    # --- its early end ---

    async def stop(self, owner: str, turn_id: str, event: RestEvent) -> None:
        """Let a turn end now with this event, unless it comes to its own end first, or another node holds it."""
        async with self._claims.of(turn_id):
            while live := self._feed.find(turn_id) or await self._claim(owner, turn_id):
                with contextlib.suppress(LeaseLost):
                    await self._stop_running(live, event) if live in self._tasks else await self._end(live, event)
                if not live.is_gone or self.is_draining:
                    return  # else it was claimed again meanwhile: here, because its time had come, or elsewhere

    async def _stop_running(self, live: LiveTurn, event: RestEvent) -> None:
        if live.turn is None and live not in self._stops:
            self._stops[live] = event
            await asyncio.sleep(0)  # a task that is cancelled before its first step takes no step at all
            self._tasks[live].cancel()
        await live.until_over()

    async def _end(self, live: LiveTurn, event: RestEvent) -> None:
        """End a turn that was only claimed."""
        await self._feed.rest(live, event)
        await self._after(live)

    def cancel_soon(self, record: TurnRecord) -> None:
        """Stop a turn of this node whose cancel was asked for on another one."""
        self.aside(self.stop(record.owner, record.turn_id, TurnCancelled(at=self._clock())))

    def aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for, and that is done again if the storage is not there."""
        task = asyncio.create_task(_unless_unavailable(work))
        self._asides[task] = None
        task.add_done_callback(self._asides.pop)

    @property
    def running(self) -> list[LiveTurn]:
        """What runs here, as the store knows by now."""
        return [live for live in self._feed.live_turns if live.shown_state.status == "running"]

    def keep_only(self, held: Container[str], *, of: Sequence[LiveTurn]) -> None:
        """Of turns that ran here, let go of those that are not held any more: deleted or taken over on other nodes."""
        for live in of:
            if live.turn_id not in held and live.turn is None and self._feed.find(live.turn_id) is live:
                log.info("turn.not_held", turn_id=live.turn_id, epoch=live.record.epoch)
                self._feed.give_up(live)

    def lose_all(self) -> None:
        """The lease is lost: let go of every turn, and claim under a new name from now on."""
        self._feed.tally.leases_lost += 1
        self._lease.begin_anew()
        for live in self._feed.live_turns:
            self._feed.give_up(live)

    def _on_lost(self, live: LiveTurn) -> None:
        if task := self._tasks.get(live):
            task.cancel()

    def _on_unwritable(self, live: LiveTurn) -> None:
        """End it with what is stored of it: it would only come to the same again."""
        event = TurnFailed(error=INTERNAL_ERROR, at=self._clock())
        self.aside(self.stop(live.record.owner, live.turn_id, event))

    def begin_draining(self) -> None:
        """Take nothing on from now on."""
        self.is_draining = True

    async def drain(self, seconds: float) -> None:
        """Give running turns some seconds to end; those that still run then go on in another process."""
        self.begin_draining()
        tasks = list(self._tasks.values())
        if tasks:
            _, running = await asyncio.wait(tasks, timeout=seconds)
            log.info("drain", ended=len(tasks) - len(running), handed_over=len(running))
        self._feed.leave()
        rest = [*self._tasks.values(), *self._asides]
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=CLOSING_SECONDS)


async def _unless_unavailable(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except StorageUnavailable as error:
        log.warning("aside.storage_unavailable", error=error.message)


def _problem_of(live: LiveTurn, error: Exception) -> Problem:
    """What readers are told of a failure; of one that we did not foresee the log alone tells the detail."""
    if isinstance(error, TertuliaError):
        log.warning("turn.failed", turn_id=live.turn_id, code=error.code)
        return Problem(code=error.code, message=error.message)
    log.error("turn.crashed", turn_id=live.turn_id, exc_info=error)
    return INTERNAL_ERROR


def _code_of(live: LiveTurn) -> str | None:
    return live.turn.error.code if live.turn and live.turn.error else None
