"""Turns: start, try again, get, list, delete, follow, cancel, resume, decide. Their steps: `steps.py`."""

from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from tertulia.domain.errors import (
    AgentWithdrawn,
    AlreadyAnswered,
    AlreadyDecided,
    BudgetReached,
    Conflict,
    FieldError,
    IdempotencyMismatch,
    InvalidCursor,
    InvalidRequest,
    Overloaded,
    QueueFull,
    SessionBusy,
    SessionNotFound,
    StorageFull,
    TurnAwaitingInput,
    TurnNotAwaitingInput,
    TurnNotFound,
    UnknownToolCall,
)
from tertulia.domain.events import EventId
from tertulia.domain.lists import TurnList
from tertulia.domain.paging import DEFAULT_LIMIT, Order
from tertulia.domain.turns import Turn
from tertulia.runtime.decisions import Decision
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.turns import TurnRequest, Turns
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import Caller
from tertulia.server.limits import StreamPlace
from tertulia.server.routes.parameters import (
    LOCATION,
    TURN_ID,
    AgentId,
    Cursor,
    Given,
    IdempotencyKey,
    LastEventId,
    Limit,
    SessionId,
    TurnId,
)
from tertulia.server.routes.problems import raises
from tertulia.server.streams import Streams
from tertulia.server.wire.native import CreateTurn, DecideTurn, ResumeTurn, RetryTurn
from tertulia.store.turns import TurnRecord

IN_BACKGROUND = ResponseSpec(
    Turn, generate_examples=False, description="With `background`: the turn as it is now; it goes on."
)


@post(
    "/turn",
    operation_id="create_turn",
    status_code=200,
    response_headers=[TURN_ID, LOCATION],
    responses=raises(
        SessionNotFound,
        TurnNotFound,
        SessionBusy,
        TurnAwaitingInput,
        IdempotencyMismatch,
        AgentWithdrawn,
        BudgetReached,
        StorageFull,
        QueueFull,
        Overloaded,
        has_body=True,
    )
    | {202: IN_BACKGROUND},
)
async def create_turn(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[CreateTurn],
    turns: Given[Turns],
    streams: Given[Streams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    idempotency_key: IdempotencyKey = None,
) -> Response[Turn]:
    """Start a turn.

    Answers with its events as they happen (`stream`), at once (`background`, status 202), or with the whole turn once
    it rests. The server goes on with the turn when the client goes away.
    """
    if not data.background:
        await stream_place.take()
    request = TurnRequest(
        messages=data.messages,
        on_busy=data.on_busy,
        toolgroups=data.toolgroups,
        tool_config=data.tool_config,
        parent_turn_id=data.parent_turn_id,
    )
    record = await turns.start(caller.owner, agent_id, session_id, request, key=idempotency_key)
    return await _answer(record, turns, streams, stream=data.stream, background=data.background)


async def _answer(
    record: TurnRecord, turns: Turns, streams: Streams, *, stream: bool, background: bool
) -> Response[Turn]:
    location = f"/v1/agents/{record.agent_id}/session/{record.session_id}/turn/{record.turn_id}"
    headers = {"turn-id": record.turn_id, "location": location}
    if stream:
        return streams.follow(record.owner, record.turn_id, headers=headers)
    if background:
        turn = await turns.get(record.owner, record.agent_id, record.session_id, record.turn_id)
        return answer(turn, status=202, headers=headers)
    return answer(await turns.with_content(record.owner, await turns.until_rest(record)), headers=headers)


@post(
    "/turn/{turn_id:str}/retry",
    operation_id="retry_turn",
    status_code=200,
    response_headers=[TURN_ID, LOCATION],
    responses=raises(
        TurnNotFound,
        SessionBusy,
        TurnAwaitingInput,
        IdempotencyMismatch,
        AgentWithdrawn,
        BudgetReached,
        StorageFull,
        QueueFull,
        Overloaded,
        has_body=True,
    )
    | {202: IN_BACKGROUND},
)
async def retry_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    data: JSONBody[RetryTurn],
    turns: Given[Turns],
    streams: Given[Streams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    idempotency_key: IdempotencyKey = None,
) -> Response[Turn]:
    """Try a turn again.

    Another turn begins with the same input, after the same turn: its sibling, on the active branch from now on. The
    first attempt stays. It is answered like a new turn.
    """
    if not data.background:
        await stream_place.take()
    ids = (agent_id, session_id, turn_id)
    record = await turns.retry(caller.owner, ids, on_busy=data.on_busy, key=idempotency_key)
    return await _answer(record, turns, streams, stream=data.stream, background=data.background)


@get("/turn/{turn_id:str}", operation_id="get_turn", responses=raises(TurnNotFound))
async def get_turn(
    agent_id: AgentId, session_id: SessionId, turn_id: TurnId, turns: Given[Turns], caller: Given[Caller]
) -> Response[Turn]:
    """Get a turn as it is now, with the content of its files."""
    return answer(await turns.read(caller.owner, agent_id, session_id, turn_id))


@get(
    "/turns",
    operation_id="list_turns",
    responses=raises(SessionNotFound, TurnNotFound, InvalidRequest, InvalidCursor),
)
async def list_turns(
    agent_id: AgentId,
    session_id: SessionId,
    sessions: Given[Sessions],
    turns: Given[Turns],
    caller: Given[Caller],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    before: Annotated[str | None, QueryParameter(description="Only turns before the turn with this id.")] = None,
    after: Annotated[str | None, QueryParameter(description="Only turns after the turn with this id.")] = None,
    tip: Annotated[
        str | None, QueryParameter(description="The branch that ends with the turn with this id, not the active one.")
    ] = None,
    order: Annotated[Order, QueryParameter(description="Oldest (asc) or newest (desc) first.")] = "asc",
) -> Response[TurnList]:
    """List the turns of a session's active branch, or of another one.

    A page with very large turns has fewer than `limit` (about 8 MB of them), and leads on.
    """
    await sessions.get(caller.owner, agent_id, session_id)
    page = await turns.list_turns(
        caller.owner, session_id, order=order, limit=limit, cursor=cursor or None, before=before, after=after, tip=tip
    )
    return answer_page("turns", page, siblings=page.siblings)


@delete(
    "/turn/{turn_id:str}",
    operation_id="delete_turn",
    responses=raises(SessionNotFound, TurnNotFound, Conflict),
)
async def delete_turn(
    agent_id: AgentId, session_id: SessionId, turn_id: TurnId, turns: Given[Turns], caller: Given[Caller]
) -> None:
    """Delete a turn and all that come after it.

    What forks of the session have stays with them. The active branch, if it was this one, is then the newest one of
    those that are left where it began. A turn that a fork shares with its origin cannot be deleted from the fork.
    """
    await turns.delete_branch(caller.owner, agent_id, session_id, turn_id)


@get(
    "/turn/{turn_id:str}/events",
    operation_id="follow_turn",
    media_type="text/event-stream",
    response_headers=[TURN_ID],
    responses=raises(TurnNotFound, InvalidCursor),
)
async def follow_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    turns: Given[Turns],
    streams: Given[Streams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    after: Annotated[str | None, QueryParameter(description="The id of the last event that was seen.")] = None,
    last_event_id: LastEventId = None,
) -> Response[str]:
    """Follow a turn: all its events after the given one, then live ones, until it rests."""
    record = await turns.get_record(caller.owner, agent_id, session_id, turn_id)
    place = _place(last_event_id, record, "Last-Event-ID") or _place(after, record, "after")
    await stream_place.take()
    return streams.follow(caller.owner, turn_id, after=place, headers={"turn-id": turn_id})


def _place(text: str | None, record: TurnRecord, pointer: str) -> EventId | None:
    """Read an event id, which must be one of this turn's."""
    if not text:
        return None
    try:
        place = EventId.parse(text)
    except ValueError as error:
        raise _invalid_cursor(pointer, str(error)) from None
    if place.n != record.n:
        raise _invalid_cursor(pointer, f"{place} is an event of turn {place.n}, and this is turn {record.n}")
    return place


def _invalid_cursor(pointer: str, detail: str) -> InvalidCursor:
    return InvalidCursor(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])


@post("/turn/{turn_id:str}/cancel", operation_id="cancel_turn", status_code=202, responses=raises(TurnNotFound))
async def cancel_turn(
    agent_id: AgentId, session_id: SessionId, turn_id: TurnId, turns: Given[Turns], caller: Given[Caller]
) -> Response[Turn]:
    """Stop a turn and keep what came of it. A turn that has ended stays as it is."""
    return answer(await turns.cancel(caller.owner, agent_id, session_id, turn_id), status=202)


@post(
    "/turn/{turn_id:str}/resume",
    operation_id="resume_turn",
    status_code=200,
    response_headers=[TURN_ID, LOCATION],
    responses=raises(TurnNotFound, TurnNotAwaitingInput, AlreadyAnswered, UnknownToolCall, Overloaded, has_body=True)
    | {202: IN_BACKGROUND},
)
async def resume_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    data: JSONBody[ResumeTurn],
    turns: Given[Turns],
    streams: Given[Streams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
) -> Response[Turn]:
    """Give the answers of client tools that a turn waits for; it goes on, and is answered like a new turn.

    Answers are kept as they come, in any order; while some are missing the turn goes on waiting for those.
    """
    if not data.background:
        await stream_place.take()
    answers = [each.as_response() for each in data.tool_responses]
    record = await turns.resume(caller.owner, agent_id, session_id, turn_id, answers)
    return await _answer(record, turns, streams, stream=data.stream, background=data.background)


@post(
    "/turn/{turn_id:str}/decision",
    operation_id="decide_turn",
    status_code=200,
    response_headers=[TURN_ID, LOCATION],
    responses=raises(
        TurnNotFound, TurnNotAwaitingInput, AlreadyDecided, AgentWithdrawn, UnknownToolCall, Overloaded, has_body=True
    )
    | {202: IN_BACKGROUND},
)
async def decide_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    data: JSONBody[DecideTurn],
    turns: Given[Turns],
    streams: Given[Streams],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
) -> Response[Turn]:
    """Decide about a tool call that waits for that.

    With `wait_reason` "approval", `approve` lets the call be made, `deny` tells the model that it was not, and why.
    With "question", the tool wants to know something: `approve` it with an `answer`, or decline by `deny`. With
    "unknown_outcome" the server was lost while the tool ran, and nobody knows whether it had its effect: `approve` runs
    it again, `deny` goes on without its result. Each call is decided by itself, once; the turn goes on when all are.
    """
    if not data.background:
        await stream_place.take()
    decision = Decision(
        call_id=data.call_id,
        decision=data.decision,
        reason=data.reason,
        arguments=data.arguments,
        answer=data.answer,
        remembers=data.remember,
        attempt=data.attempt,
    )
    record = await turns.decide(caller.owner, agent_id, session_id, turn_id, decision)
    return await _answer(record, turns, streams, stream=data.stream, background=data.background)


def turns_router() -> Router:
    """The routes of turns."""
    handlers: list[Any] = [
        create_turn,
        retry_turn,
        get_turn,
        list_turns,
        delete_turn,
        follow_turn,
        cancel_turn,
        resume_turn,
        decide_turn,
    ]
    # `/turns` stands beside `/turn`, as in the guide.
    return Router("/v1/agents/{agent_id:str}/session/{session_id:str}", route_handlers=handlers, tags=["Turns"])
