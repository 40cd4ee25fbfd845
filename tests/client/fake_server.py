"""A server with one turn whose network is bad in the way that a test asks for. What it is asked is written down."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from tertulia.domain.base import Value
from tertulia.domain.deltas import TextDelta
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    RestEvent,
    StepCompleted,
    StepProgressed,
    StepStarted,
    TurnCompleted,
    TurnEvent,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.steps import InferenceStep
from tertulia.domain.turns import Turn

AT = "2026-01-01T00:00:00.000000Z"
TURN = Turn(
    turn_id="t1",
    session_id="s1",
    n=1,
    status="completed",
    input_messages=[UserMessage(content="Hello")],
    steps=[],
    output_message=AssistantMessage(content="One, two, three, as the server has it."),
    started_at=AT,
)


def logged(*events: TurnEvent) -> list[LoggedEvent]:
    """Give events their ids, with the holes that coalescing leaves."""
    return [LoggedEvent(id=EventId(n=1, epoch=1, seq=2 * place + 1), event=event) for place, event in enumerate(events)]


WORDS = ("One", ", two", ", three", ".", " ¿Sí? ¡Sí! 🙂")
SAID = "".join(WORDS)
LOG = logged(
    TurnQueued(turn_id="t1", session_id="s1", agent_id="a1", n=1, input_messages=[UserMessage(content="Hello")], at=AT),
    TurnStarted(turn_id="t1", session_id="s1", n=1, at=AT),
    StepStarted(step_id="p1", step_type="inference", at=AT),
    *(StepProgressed(step_id="p1", step_type="inference", delta=TextDelta(text=word)) for word in WORDS),
    StepCompleted(
        step_id="p1",
        step_type="inference",
        step_details=InferenceStep(
            turn_id="t1", step_id="p1", started_at=AT, status="completed", model_response=AssistantMessage(content=SAID)
        ),
        at=AT,
    ),
    TurnCompleted(stop_reason="end_of_turn", at=AT),
)


class Asked(Value):
    """A request as the server saw it."""

    method: str
    path: str
    key: str | None
    after: str | None
    body: object
    headers: Mapping[str, str]
    query: Mapping[str, str]
    port: int


def frame_of(one: LoggedEvent) -> bytes:
    """Return an event as our server sends it."""
    return b"id: %s\ndata: %s\n\n" % (str(one.id).encode(), msgspec.json.encode({"event": {"payload": one.event}}))


class FakeServer:
    """The first connections break at `cuts`, places in bytes of the answer; later ones hold.

    Or they end, as those of a server that stops, after as many events as `early_ends` says. `refusals` are the answers
    that the first requests are given instead of what they ask for. One that `holds` says nothing at all, and of its
    first answers as many break off as `short_answers` says. One that `tells_turn` sends it with the event it ends with.
    """

    def __init__(self, log: Sequence[LoggedEvent] = LOG) -> None:
        self.log = list(log)
        self.status = "completed"
        self.cuts: list[int] = []
        self.early_ends: list[int] = []
        self.refusals: list[web.Response] = []
        self.prelude = b"retry: 1000\n\n: heartbeat\n\n"
        self.asked: list[Asked] = []
        self.holds = False
        self.short_answers = 0
        self.falls_silent_after: int | None = None
        self.tells_turn = False
        self._over = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app)

    async def start(self) -> str:
        """Begin to listen; return the address."""
        await self._server.start_server()
        return str(self._server.make_url("")).rstrip("/")

    async def stop(self) -> None:
        self._over.set()
        await self._server.close()

    async def hang_up(self) -> None:
        """Close all connections, as a server does with those that have been idle for a while."""
        runner = self._server.runner
        assert runner is not None
        assert runner.server is not None
        for connection in runner.server.connections:
            assert connection.transport is not None
            connection.transport.close()
        while runner.server.connections:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0)

    @property
    def turn(self) -> Turn:
        return msgspec.structs.replace(TURN, status=self.status, last_event_id=str(self.log[-1].id))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body: object = await request.json() if request.can_read_body else None
        after = request.headers.get("Last-Event-ID")
        key = request.headers.get("Idempotency-Key")
        asked = Asked(
            method=request.method,
            path=request.raw_path.partition("?")[0],
            key=key,
            after=after,
            body=body,
            headers=request.headers,
            query=request.query,
            port=request.transport.get_extra_info("peername")[1] if request.transport else 0,
        )
        self.asked.append(asked)
        if self.holds:
            await self._over.wait()
        if self.refusals:
            return self.refusals.pop(0)
        if request.path.endswith("/turn/t1"):
            return await self._whole(request, msgspec.json.encode(self.turn))
        return await self._stream(request, EventId.parse(after) if after else None)

    def _frame(self, one: LoggedEvent) -> bytes:
        if not (self.tells_turn and isinstance(one.event, RestEvent)):
            return frame_of(one)
        payload = msgspec.to_builtins(one.event) | {"turn": self.turn}
        return b"id: %s\ndata: %s\n\n" % (str(one.id).encode(), msgspec.json.encode({"event": {"payload": payload}}))

    async def _whole(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if not self.short_answers:
            return web.Response(body=body, content_type="application/json")
        self.short_answers -= 1
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[:-10])
        assert request.transport is not None
        request.transport.close()
        return response

    async def _stream(self, request: web.Request, after: EventId | None) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Turn-Id": "t1"})
        await response.prepare(request)
        frames = [self._frame(one) for one in self.log if after is None or one.id > after]
        answer = self.prelude + b"".join(frames)
        if self.cuts:
            await response.write(answer[: self.cuts.pop(0)])
            assert request.transport is not None
            request.transport.close()
        elif self.falls_silent_after is not None:
            await response.write(self.prelude + b"".join(frames[: self.falls_silent_after]))
            self.falls_silent_after = None
            await self._over.wait()
        elif self.early_ends:
            await response.write(self.prelude + b"".join(frames[: self.early_ends.pop(0)]))
        else:
            await response.write(answer)
        return response
