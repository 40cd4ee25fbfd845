"""A client of servers that come and go: it knows what it was promised, and what it should never have been told."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from tests.faults.model import MODEL
from tests.server.site import Frame, frames_of, said

GONE = httpx.TransportError
"""What a request ends with when its server or its connection has died."""
RETRY = b"retry: 1000\n\n"


@dataclass
class Caller:
    """Asks the server at what `where` returns, which may be another one for each request.

    `promised` has the path of every turn that a server has acknowledged; `surprises` every answer with a status of 500
    or more that no test has asked for (see `expecting`).
    """

    where: Callable[[], str]
    promised: dict[str, str] = field(default_factory=dict[str, str])
    surprises: list[str] = field(default_factory=list[str])
    _expected: set[int] = field(default_factory=set[int])

    async def __aenter__(self) -> Self:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self.http = httpx.AsyncClient(timeout=60, limits=limits)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Within the block these statuses are what the test has made the server say."""
        self._expected |= set(statuses)
        yield
        self._expected -= set(statuses)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request; `last_event_id="…"` is the header Last-Event-ID. Raises GONE."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.http.request(method, self.where() + path, json=body, headers=given)
        self._judge(answer, f"{method} {path}")
        return answer

    def _judge(self, answer: httpx.Response, what: str) -> None:
        if answer.status_code >= 500 and answer.status_code not in self._expected:
            self.surprises.append(f"{what} was answered {answer.status_code}")
        turn_id = answer.headers.get("turn-id")
        if answer.is_success and turn_id and "location" in answer.headers:
            self.promised[turn_id] = answer.headers["location"]

    async def get(self, path: str) -> Any:
        """The JSON at a path. Raises GONE; an AssertionError unless it is there."""
        answer = await self.ask("GET", path)
        assert answer.is_success, answer.text
        return answer.json()

    # --- things to begin with ---

    async def new_agent(self, model: str = MODEL, **config: Any) -> str:
        """Create an agent; return its path."""
        created = await self.ask("POST", "/v1/agents", {"agent_config": {"model": model, **config}})
        assert created.status_code == 201, created.text
        return created.headers["location"]

    async def new_session(self, agent: str | None = None) -> str:
        """Create a session, with a new agent unless one is given; return its path."""
        created = await self.ask("POST", f"{agent or await self.new_agent()}/session", {})
        assert created.status_code == 201, created.text
        return created.headers["location"]

    # --- turns ---

    async def post(self, session: str, words: str, *, key: str | None = None, **more: Any) -> httpx.Response:
        """Start a turn. Raises GONE."""
        headers = {"idempotency_key": key} if key else {}
        return await self.ask("POST", f"{session}/turn", said(words, **more), **headers)

    async def begin(self, session: str, words: str, **more: Any) -> str:
        """Start a turn in the background; return its path."""
        answer = await self.post(session, words, background=True, **more)
        assert answer.status_code == 202, answer.text
        return answer.headers["location"]

    async def turn(self, session: str, words: str, **more: Any) -> dict[str, Any]:
        """Start a turn and wait for its end."""
        answer = await self.post(session, words, **more)
        assert answer.is_success, answer.text
        return answer.json()

    async def turns(self, session: str) -> list[dict[str, Any]]:
        """All turns of a session, over all pages."""
        turns: list[dict[str, Any]] = []
        query = "limit=100"
        while query:
            page = await self.get(f"{session}/turns?{query}")
            turns += page["turns"]
            query = f"limit=100&cursor={page['next_cursor']}" if page["has_more"] else ""
        return turns

    async def events(self, turn: str, after: str = "") -> bytes:
        """The bytes of all events after one, read at once."""
        answer = await self.ask("GET", f"{turn}/events" + (f"?after={after}" if after else ""))
        assert answer.content.startswith(RETRY), answer.text
        return answer.content.removeprefix(RETRY)


@dataclass
class Reading:
    """What a reader has seen of a turn over all its connections; `torn` counts those that ended too early."""

    events: bytearray = field(default_factory=bytearray)
    last_id: str = ""
    torn: int = 0

    @property
    def frames(self) -> list[Frame]:
        return frames_of(bytes(self.events))

    @property
    def is_complete(self) -> bool:
        """The turn has come to rest before its eyes."""
        return b'"turn":' in self.events[self.events.rfind(b"\n\n", 0, -2) :]

    def take(self, whole: bytes) -> None:
        """Remember whole events, without what is not one."""
        for part in whole.split(b"\n\n")[:-1]:
            if part.startswith(b"id: "):
                self.events += part + b"\n\n"
                self.last_id = part[4 : part.index(b"\n")].decode()


async def follow(
    caller: Caller, turn: str, where: Callable[[], str] | None = None, reading: Reading | None = None
) -> Reading:
    """Read a turn to its rest, over as many connections as it takes: each goes where the caller asks, or to `where`."""
    where, reading = where or caller.where, reading or Reading()
    while not reading.is_complete:
        headers = {"Last-Event-ID": reading.last_id} if reading.last_id else {}
        rest = b""
        try:
            async with caller.http.stream("GET", where() + f"{turn}/events", headers=headers) as answer:
                assert answer.status_code == 200, (await answer.aread()).decode()
                async for data in answer.aiter_raw():
                    whole, mark, rest = (rest + data).rpartition(b"\n\n")
                    reading.take(whole + mark)
        except GONE:
            reading.torn += 1
            await asyncio.sleep(0.01)  # the server may be gone for a while
    return reading
