"""The answer to a request that has begun a turn or let one go on: its events, or the whole once it rests."""

from functools import partial
from typing import Any

from litestar import Request, Response

from tertulia.domain.events import EventId
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer
from tertulia.server.llama_stack.errors import RECORDED, answer_failure
from tertulia.server.llama_stack.retries import Retries, has_left
from tertulia.server.streams import Streams
from tertulia.server.wire.llama_stack.base import V1, V1ALPHA, Wire
from tertulia.server.wire.llama_stack.events import LlamaStack
from tertulia.server.wire.llama_stack.turns import written_turn
from tertulia.store.turns import TurnRecord


class Replies:
    """Makes answers, and remembers which of them have arrived."""

    def __init__(self, turns: Turns, retries: Retries, *, heartbeat_seconds: float) -> None:
        self._turns = turns
        self._retries = retries
        self._streams = {
            wire: Streams(turns, LlamaStack(wire), heartbeat_seconds=heartbeat_seconds) for wire in (V1, V1ALPHA)
        }

    async def answer(
        self, request: Request[Any, Any, Any], record: TurnRecord, *, stream: bool, after: EventId | None = None
    ) -> Response[Any]:
        """Answer with what comes of a turn after an event, or with the turn once it rests."""
        state = request.scope["state"]
        wire: Wire = state["wire"]
        headers = {"turn-id": record.turn_id}
        state[RECORDED] = headers
        if stream:
            given = partial(self._retries.given, scope=request.scope)
            return self._streams[wire].follow(record.owner, record.turn_id, after=after, headers=headers, on_end=given)
        turn = await self._turns.until_rest(record)
        if not await has_left(request.receive):
            self._retries.given(turn.turn_id, request.scope)
        if turn.status == "failed" and turn.error is not None:
            return answer_failure(turn.error, headers)
        whole = await self._turns.with_content(record.owner, turn)
        return answer(written_turn(whole, wire), headers=headers)
