"""Requests that a client sends again, without a key that says so: all it says is which try this is.

Its first try may have begun a turn and lost the connection, or its patience, before the answer came. So a second try
joins a turn with the same body, among the newest of the session, that nobody has been given to its end. A turn that
ended before this process began counts as given: after a restart, who asks for the same most likely means it anew. An
answer after which the client hung up at once may have come when it had lost its patience: it is in doubt for a while.

A server that stalled finds several tries of a request at once, in any order: they are looked at one after the other,
and a first try whose client has left by then looks for a turn, too. Tries that come to several nodes at once meet in
the database: whoever takes a turn on there joins what another try has begun since this one looked (`store/rules.py`).
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from litestar import Request
from litestar.types import Scope

from tertulia.domain.base import Value
from tertulia.domain.messages import InputMessage, ToolResponse
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.runtime.turns import TurnRequest, Turns
from tertulia.server.connection import on_close
from tertulia.store.turns import TurnRecord

NEWEST = 8
"""How far back a turn is looked for: others may have posted since, and a session lets so many wait."""
REMEMBERED = 4096
PARTING = 4.0
"""Seconds: who hangs up so soon after an answer may not have read it, since a starved client sees late that it lost its
patience. Who has read it keeps the connection for 5 s (httpx, which official clients use)."""
IN_DOUBT = 10.0
"""Seconds for which another try may follow: clients wait for 8 at the most before they come again."""
TURNS_OF_THE_LOOP = 4
"""How often the loop looks at connections before one counts as open: an end that came with a request is read later."""

Place = tuple[str, str, str]
"""Owner, agent and session."""


class _Begun(Value):
    """What must be known of a turn to tell whether a request has begun it."""

    turn_id: str
    input_messages: list[InputMessage]
    completed_at: str | None = None


class Retries:
    """Finds the turns that earlier tries have begun."""

    def __init__(self, turns: Turns, *, since: str) -> None:
        self._turns = turns
        self._since = since
        self._given: OrderedDict[str, float] = OrderedDict()
        """Turns, and the time until which it is in doubt whether they have been given."""
        self._starting: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def starting(self, place: Place) -> asyncio.Lock:
        """Return the lock under which a turn of a session is looked for and, if it is not there, begun."""
        return self._starting.setdefault(place, asyncio.Lock())

    def given(self, turn_id: str, scope: Scope) -> None:
        """Remember that a client was given all of a turn's answer, unless it hangs up at once."""
        self._given[turn_id] = 0
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        on_close(scope, partial(self._doubt, turn_id, _now() + PARTING))

    def _doubt(self, turn_id: str, parting: float) -> None:
        if turn_id in self._given and _now() < parting:
            self._given[turn_id] = _now() + IN_DOUBT

    async def find(self, place: Place, request: TurnRequest, seen: list[str]) -> TurnRecord | None:
        """Return the newest turn that an earlier try of this request may have begun, or note which it was not."""
        owner, agent_id, session_id = place
        async for raw in self._newest(owner, session_id):
            begun = msgspec.json.decode(raw, type=_Begun)
            seen.append(begun.turn_id)
            if self._is_given(begun) or not await self._turns.are_same(owner, begun.input_messages, request.messages):
                continue
            record = await self._turns.get_record(owner, agent_id, session_id, begun.turn_id)
            if (record.toolgroups, record.tool_config) == (request.toolgroups, request.tool_config):
                return record
        return None

    async def _newest(self, owner: str, session_id: str) -> AsyncIterator[msgspec.Raw]:
        left, cursor = NEWEST, None
        while left:
            page = await self._turns.list_turns(owner, session_id, order="desc", limit=left, cursor=cursor)
            for raw in page.items:
                yield raw
            left, cursor = left - len(page.items), page.next_cursor
            if cursor is None:
                return

    def _is_given(self, turn: _Begun) -> bool:
        in_doubt_until = self._given.get(turn.turn_id)
        if in_doubt_until is not None:
            return _now() >= in_doubt_until
        return turn.completed_at is not None and turn.completed_at < self._since


def _now() -> float:
    return asyncio.get_running_loop().time()


def has_answers(turn: Turn, answers: list[ToolResponse]) -> bool:
    """Tell whether a turn was given exactly these answers before."""
    said = {
        step.tool_response.call_id: step.tool_response.content
        for step in turn.steps
        if isinstance(step, ToolCallStep) and step.tool_response
    }
    return all(said.get(answer.call_id) == answer.content for answer in answers)


def counts(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a request says which try it is."""
    return "x-stainless-retry-count" in request.headers


def is_retry(request: Request[Any, Any, Any]) -> bool:
    """Tell whether this is not the first try of a request; official clients count them."""
    return request.headers.get("x-stainless-retry-count", "0") not in ("0", "")


async def may_be_late(request: Request[Any, Any, Any]) -> bool:
    """Tell whether another try of this request may have begun a turn: this is not the first, or it comes too late."""
    return is_retry(request) or (counts(request) and await has_left(request.receive))


async def has_left(receive: Callable[[], Awaitable[Any]]) -> bool:
    """Tell whether the client of a request, whose body was read, is gone by now."""
    for _ in range(TURNS_OF_THE_LOOP):
        await asyncio.sleep(0)
    try:
        async with asyncio.timeout(0):
            return (await receive())["type"] == "http.disconnect"
    except TimeoutError:
        return False
