"""Use cases of turns: start, watch, read, cancel, resume. A turn is the server's from the moment it is accepted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from tertulia.domain.agents import ToolConfig, Toolgroup
from tertulia.domain.base import Value
from tertulia.domain.errors import (
    AlreadyDecided,
    InvalidRequest,
    TurnNotAwaitingInput,
    TurnNotFound,
)
from tertulia.domain.events import EventId, LoggedEvent, RestEvent, TurnCancelled, TurnResumed
from tertulia.domain.feedback import Feedback
from tertulia.domain.messages import InputMessage, ToolCall, ToolResponse
from tertulia.domain.paging import MAX_LIMIT, Order
from tertulia.domain.sessions import Session
from tertulia.domain.turns import AT_REST, ENDED, OnBusy, Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import TurnState, open_calls
from tertulia.runtime.answers import check_answers, check_unknown
from tertulia.runtime.audit import about, settled
from tertulia.runtime.clock import Clock, NewId
from tertulia.runtime.decisions import Decision, decided, refuse_faults, was_decided
from tertulia.runtime.feed import Feed
from tertulia.runtime.files import Files
from tertulia.runtime.history import History
from tertulia.runtime.input import InputLimits, check_input
from tertulia.runtime.leases import Lease
from tertulia.runtime.limits import Limits
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.planning import Planner
from tertulia.runtime.runner import Runner
from tertulia.runtime.steps import Steps
from tertulia.store import rules
from tertulia.store.base import Store
from tertulia.store.turns import Attempt, NewTurn, StoredTurn, TurnRecord
from tertulia.tools.base import ToolResult

PAUSES_WHILE_TAKEN = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each further try to take up a turn that awaits input and that another node holds."""


class TurnRequest(Value):
    """What a client asks for when it starts a turn: all of it counts when a key is used again.

    The turn comes after `parent_turn_id`, at the beginning if that is None; if it is not said, it goes on from the
    active branch.
    """

    messages: list[InputMessage]
    on_busy: OnBusy = "enqueue"
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None
    parent_turn_id: str | UnsetType | None = UNSET


class TurnPage(Value):
    """A page of a branch: turns as their JSON, and by their ids, the siblings of those that have some."""

    items: list[msgspec.Raw]
    next_cursor: str | None
    siblings: dict[str, list[str]]


class Turns:
    """What people do with turns."""

    def __init__(  # noqa: PLR0913 - the ports of the world
        self,
        store: Store,
        feed: Feed,
        runner: Runner,
        steps: Steps,
        history: History,
        files: Files,
        *,
        planner: Planner,
        lease: Lease,
        clock: Clock,
        new_id: NewId,
        limits: InputLimits,
        owners: Limits,
    ) -> None:
        """`limits` hold for each request, `owners` say what whoever sends it may use."""
        self._store = store
        self._feed = feed
        self._runner = runner
        self._steps = steps
        self._history = history
        self._files = files
        self._planner = planner
        self._lease = lease
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._owners = owners

    async def start(
        self,
        owner: str,
        agent_id: str,
        session_id: str,
        request: TurnRequest,
        *,
        key: str | None = None,
        attempt: Attempt | None = None,
    ) -> TurnRecord:
        """Take a turn on; when this returns it survives a crash, and the server runs it whoever watches.

        With an `attempt`, it may be the turn that another try of the same request has begun meanwhile, on any node.

        Raises SessionNotFound, SessionBusy, TurnAwaitingInput, QueueFull, IdempotencyMismatch, InvalidRequest,
        TooLarge, FileNotFound, TurnNotFound (the parent), RateLimited, BudgetReached, StorageFull and Overloaded.
        """
        self._runner.refuse_new()
        if check_input(request.messages, self._limits):
            await self._store.get_session(owner, agent_id, session_id)  # nothing is kept for one that is not there
        async with self._files.room_for(owner, request.messages) as reservation:
            new = await self._new(owner, (agent_id, session_id), request, key=key, reservation=reservation)
            if key is None and attempt is not None:
                body_hash = _hash_of(request)
                new = replace(new, attempt=attempt, request_hash=rules.hash_of_try(attempt, body_hash))
            accepted = await self._store.accept_turn(owner, new, node=self._lease.node)
        if not accepted.is_repeat:
            self._runner.take(accepted)
        if accepted.interrupts is not None:
            await self._runner.stop(owner, accepted.interrupts.turn_id, TurnCancelled(at=self._clock()))
        return accepted.record

    async def _new(
        self, owner: str, ids: tuple[str, str], request: TurnRequest, *, key: str | None, reservation: str | None
    ) -> NewTurn:
        agent_id, session_id = ids
        taken = await self._files.take_in(owner, request.messages)
        return NewTurn(
            turn_id=self._new_id(),
            session_id=session_id,
            agent_id=agent_id,
            input_messages=taken.messages,
            new_files=taken.new_files,
            used_files=taken.used_files,
            at=self._clock(),
            on_busy=request.on_busy,
            max_queued=self._limits.max_queued,
            idempotency_key=key,
            request_hash=_hash_of(request) if key else "",
            toolgroups=request.toolgroups,
            tool_config=request.tool_config,
            parent_turn_id=request.parent_turn_id,
            reservation=reservation,
            limits=await self._owners.of_turn(owner),
        )

    async def retry(
        self,
        owner: str,
        ids: tuple[str, str, str],
        *,
        on_busy: OnBusy = "enqueue",
        key: str | None = None,
    ) -> TurnRecord:
        """Start another turn with the input of one (agent, session, turn), in its place: the two are siblings.

        The agent answers as it is now. Raises what `start` does.
        """
        agent_id, session_id, _ = ids
        record = await self.get_record(owner, *ids)
        request = TurnRequest(
            messages=(await self.get(owner, *ids)).input_messages,
            on_busy=on_busy,
            toolgroups=record.toolgroups,
            tool_config=record.tool_config,
            parent_turn_id=record.parent_turn_id,
        )
        return await self.start(owner, agent_id, session_id, request, key=key)

    def now(self) -> str:
        """What time it is: when a request came, for an `Attempt`."""
        return self._clock()

    # --- reading ---

    async def get(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """The turn as of now. Raises TurnNotFound."""
        stored = await self._store.get_turn(owner, agent_id, session_id, turn_id)
        if stored.turn is not None:
            return msgspec.json.decode(stored.turn, type=Turn)
        return project(await self._feed.state_of(owner, turn_id, epoch=stored.record.epoch))

    async def read(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """The turn as of now, with the content of its files. Raises TurnNotFound."""
        return await self.with_content(owner, await self.get(owner, agent_id, session_id, turn_id))

    async def with_content(self, owner: str, turn: Turn) -> Turn:
        """Return a turn with the content of its files, as far as all of it together is no larger than one may be."""
        return await self._files.with_content(owner, turn)

    async def are_same(self, owner: str, kept: Sequence[InputMessage], sent: Sequence[InputMessage]) -> bool:
        """Tell whether the messages of a turn came from these, files and all."""
        return await self._files.are_same(owner, kept, sent)

    async def get_record(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> TurnRecord:
        """What is known of a turn without its log. Raises TurnNotFound."""
        return (await self._store.get_turn(owner, agent_id, session_id, turn_id)).record

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order = "asc",
        limit: int,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> TurnPage:
        """A page of a session's active branch, or of the one up to the turn `tip`. Raises TurnNotFound.

        Each turn is there as its JSON: those that rest are kept as such.
        """
        page = await self._store.list_turns(
            owner, session_id, order=order, limit=limit, cursor=cursor, before=before, after=after, tip=tip
        )
        return TurnPage(
            items=[await self._json_of(owner, stored) for stored in page.items],
            next_cursor=page.next_cursor,
            siblings={each.record.turn_id: each.siblings for each in page.items if each.siblings},
        )

    async def from_page(self, owner: str, session: Session, page: TurnPage) -> AsyncIterator[msgspec.Raw]:
        """Yield the turns of a page, and all behind it on the branch that was active when the session was read.

        Raises TurnNotFound if that is deleted meanwhile.
        """
        while True:
            for turn in page.items:
                yield turn
            if page.next_cursor is None:
                return
            tip = session.active_turn_id
            page = await self.list_turns(owner, session.session_id, limit=MAX_LIMIT, cursor=page.next_cursor, tip=tip)

    async def _json_of(self, owner: str, stored: StoredTurn) -> msgspec.Raw:
        if stored.turn is not None:
            return stored.turn
        state = await self._feed.state_of(owner, stored.record.turn_id, epoch=stored.record.epoch)
        return msgspec.Raw(msgspec.json.encode(project(state)))

    def follow(self, owner: str, turn_id: str, after: EventId | None = None) -> AsyncIterator[list[LoggedEvent]]:
        """Yield a turn's events after an id, in batches, until it rests. Raises TurnNotFound."""
        return self._feed.follow(owner, turn_id, after)

    async def turn_at(self, owner: str, turn_id: str, event_id: EventId) -> Turn:
        """The turn as it was right after an event: what readers are shown when it rests."""
        return await self._feed.turn_at(owner, turn_id, event_id)

    async def until_rest(self, record: TurnRecord) -> Turn:
        """Wait until the turn rests; return it. Raises Overloaded when it will not rest in this process."""
        live = self._feed.find(record.turn_id)
        if live is not None:
            await live.until_over()
            if live.turn is not None and live.rests:
                return live.turn
        last: LoggedEvent | None = None
        async for batch in self._feed.follow(record.owner, record.turn_id):
            last = batch[-1]
        if last is None or not isinstance(last.event, RestEvent):
            self._runner.refuse_new()
        turn = await self.get(record.owner, record.agent_id, record.session_id, record.turn_id)
        if last is None or rests(turn):
            return turn
        return await self.turn_at(record.owner, record.turn_id, last.id)  # someone has taken it up again

    # --- acting ---

    async def rate(self, owner: str, ids: tuple[str, str, str], feedback: Feedback | None) -> None:
        """Keep what its owner thinks of a turn (agent, session, turn) that has ended; None takes that back.

        Raises TurnNotFound, Conflict.
        """
        await self._store.set_feedback(owner, *ids, feedback)

    async def cancel(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """Stop a turn and keep what came of it; one that has ended stays as it is. Raises TurnNotFound."""
        stored = await self._store.get_turn(owner, agent_id, session_id, turn_id)
        if stored.record.status not in ENDED:
            await self._store.request_cancel(owner, turn_id)
            await self._runner.stop(owner, turn_id, TurnCancelled(at=self._clock()))
        return await self.get(owner, agent_id, session_id, turn_id)

    async def stop_all(self, owner: str, agent_id: str, session_id: str | None = None) -> None:
        """Stop what runs or waits in a session, or in those of an agent's that run here, that is about to go."""
        running = {live.record.session_id for live in self._live_of(owner, agent_id, None)}
        for each in [session_id] if session_id is not None else sorted(running):
            # The newest first: none that waits begins because the one ahead has ended.
            for record in await self._store.list_unfinished(owner, each):
                with suppress(TurnNotFound):  # whoever else deletes it was faster
                    await self._store.request_cancel(owner, record.turn_id)  # for another node, if that holds it
                await self._runner.stop(owner, record.turn_id, TurnCancelled(at=self._clock()))

    async def stop_late(self, owner: str, agent_id: str, session_id: str) -> None:
        """Stop what was accepted here while all others were stopped: it is to stay, in the trash."""
        for live in self._live_of(owner, agent_id, session_id):
            await self._runner.stop(owner, live.turn_id, TurnCancelled(at=self._clock()))

    def forget(self, owner: str, agent_id: str, session_id: str | None = None) -> None:
        """Let go of what is remembered of a deleted session, or of all of a deleted agent's."""
        for live in self._live_of(owner, agent_id, session_id):
            self._feed.give_up(live)  # it was accepted while all others were stopped
        if session_id is not None:
            self._history.forget(owner, session_id)
        self._feed.wake_readers()

    async def delete_branch(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> None:
        """Delete a turn and all that come after it, whether they run or not; what waits on another branch goes on.

        Raises SessionNotFound, TurnNotFound; Conflict if the turn is one that the session has as a fork.
        """
        await self._store.delete_branch(owner, agent_id, session_id, turn_id)
        self._history.forget(owner, session_id)
        left = {record.turn_id for record in await self._store.list_unfinished(owner, session_id)}
        for live in self._live_of(owner, agent_id, session_id):
            if live.turn is None and live.turn_id not in left:
                self._feed.give_up(live)
        self._feed.wake_readers()
        self._runner.aside(self._runner.take_next(owner, session_id))

    def _live_of(self, owner: str, agent_id: str, session_id: str | None) -> list[LiveTurn]:
        return [
            live
            for live in self._feed.live_turns
            if (live.record.owner, live.record.agent_id) == (owner, agent_id)
            and session_id in (None, live.record.session_id)
        ]

    async def resume(
        self,
        owner: str,
        agent_id: str,
        session_id: str,
        turn_id: str,
        answers: Sequence[ToolResponse],
        *,
        reopens: bool = False,
    ) -> TurnRecord:
        """Give the answers that a turn waits for; it goes on.

        Answers are kept as they come; the turn goes on once it has them all. With `reopens`, the last turn of a session
        may have been completed: the answers are then to calls that the client found in its text.
        Raises TurnNotFound, TurnNotAwaitingInput, UnknownToolCall, AlreadyAnswered, InvalidRequest, Overloaded; nothing
        is stored then.
        """

        def check(state: TurnState) -> None:
            if state.open_steps:
                raise InvalidRequest("This turn waits for a decision about a tool, not for answers: POST …/decision.")
            if state.status == "completed":
                check_unknown(state, answers)
            else:
                check_answers(state, answers)

        def answer(live: LiveTurn) -> None:
            if live.state.status == "completed":
                self._history.forget(owner, session_id)
            calls = {call.call_id: call for call in open_calls(live.state)}
            self._feed.append(live, TurnResumed(at=self._clock()))
            for each in answers:
                call = calls.get(each.call_id) or ToolCall(call_id=each.call_id, tool_name=each.tool_name)
                result = ToolResult(content=each.content, is_error=each.is_error, metadata=each.metadata)
                self._steps.answer_for_client(live, call, result)

        return await self._take_up(owner, (agent_id, session_id, turn_id), check, answer, reopens=reopens)

    async def decide(self, owner: str, agent_id: str, session_id: str, turn_id: str, decision: Decision) -> TurnRecord:
        """Say what is done about a call that waits for that; the turn goes on when all such calls are decided.

        Raises TurnNotFound, TurnNotAwaitingInput, AlreadyDecided, UnknownToolCall, InvalidRequest, TooLarge and
        Overloaded.
        """
        ids = (agent_id, session_id, turn_id)
        about(call_id=decision.call_id, decision=decision.decision)
        if decision.arguments is not None:
            await self._refuse_wrong_arguments(owner, ids, decision)

        def check(state: TurnState) -> None:
            decided(state, decision, at="")

        def decide(live: LiveTurn) -> None:
            event = decided(live.state, decision, at=self._clock())
            self._feed.append(live, TurnResumed(at=self._clock()))
            self._steps.decide(live, event)

        try:
            record = await self._take_up(owner, ids, check, decide)
        except TurnNotAwaitingInput:
            record = (await self._store.get_turn(owner, *ids)).record
            if was_decided(await self._feed.state_of(owner, turn_id, epoch=record.epoch), decision.call_id):
                raise AlreadyDecided from None
            raise
        await settled()
        return record

    async def _refuse_wrong_arguments(self, owner: str, ids: tuple[str, str, str], decision: Decision) -> None:
        """Raise InvalidRequest, naming the fields, if a tool would refuse the arguments that a person has written."""
        record = (await self._store.get_turn(owner, *ids)).record
        state = await self._feed.state_of(owner, record.turn_id, epoch=record.epoch)
        tools = await self._planner.tools_of(record)
        for step in state.open_steps:
            if step.call_id == decision.call_id and step.tool_name in tools:
                written = {**(decision.arguments or {}), **step.started.metadata.get("settled_arguments", {})}
                refuse_faults(tools[step.tool_name].definition.input_schema, written, "/arguments")

    async def _take_up(
        self,
        owner: str,
        ids: tuple[str, str, str],
        check: Callable[[TurnState], None],
        answer: Callable[[LiveTurn], None],
        *,
        reopens: bool = False,
    ) -> TurnRecord:
        """Take up a turn that awaits input, unless `check` raises; `answer` logs with what it goes on.

        Another node may hold it for the moment that it takes to store an answer after which it rests again.
        """
        self._runner.refuse_new()
        pauses = iter(PAUSES_WHILE_TAKEN)
        while True:
            record = (await self._store.get_turn(owner, *ids)).record
            if record.status != "awaiting_input" and not (reopens and await self._can_be_reopened(record, ids[1])):
                raise TurnNotAwaitingInput
            check(await self._feed.state_of(owner, record.turn_id, epoch=record.epoch))
            try:
                return await self._runner.resume(owner, record.turn_id, check, answer, reopens=reopens)
            except TurnNotAwaitingInput:
                pause = next(pauses, None)
                if pause is None or record.status != "awaiting_input" or record.cancel_requested:
                    raise
            await asyncio.sleep(pause)

    async def _can_be_reopened(self, record: TurnRecord, session_id: str) -> bool:
        """Tell whether a turn is completed and its session's last. The store says so again when it is taken up."""
        if record.status != "completed" or record.session_id != session_id:
            return False
        session = await self._store.get_session(record.owner, record.agent_id, session_id)
        return session.active_turn_id == record.turn_id


def _hash_of(request: TurnRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request)).hexdigest()


def rests(turn: Turn) -> bool:
    """Tell whether nothing happens to the turn until someone acts."""
    return turn.status in AT_REST
