"""A whole application in this process, asked over HTTP without a socket: what a client sees, and nothing below it."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tertulia.asgi import app_of
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import McpServer
from tertulia.domain.users import LOCAL_OWNER
from tertulia.models.base import ModelRequest, ModelServer
from tertulia.models.scripted import Reply, ScriptedModel
from tertulia.server.app import Application
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.testing import services
from tertulia.tools.base import Tool
from tertulia.wiring import Services

MODEL = "scripted/script"
QUICK = {"flush_interval_ms": 5, "drain_timeout": 0.05}
JSON = {"content-type": "application/json"}


class Repeating:
    """A script that gives its last reply ever after; `requests` remembers what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = replies or (Reply("Hello, I am a script."),)
        self.requests: list[ModelRequest] = []

    def __call__(self, request: ModelRequest) -> Reply:
        self.requests.append(request)
        return self._replies[min(len(self.requests), len(self._replies)) - 1]


class Site:
    """An application that serves, its first agent, and short ways to ask for things."""

    def __init__(
        self, application: Application, wired: Services, client: httpx.AsyncClient, script: "Repeating"
    ) -> None:
        self.app = application
        self.services = wired
        self.client = client
        self.script = script
        self.agent_id = ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request; `last_event_id="…"` is the header Last-Event-ID."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return await self.client.request(method, path, content=body, headers={**JSON, **given})
        return await self.client.request(method, path, json=body, headers=given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.ask("POST", path, body, **headers)

    async def patch(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.ask("PATCH", path, body, **headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.ask("PUT", path, body, **headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.ask("DELETE", path)

    async def until(self, path: str, holds: Callable[[Any], bool]) -> Any:
        """Ask until the answer is so; what happens in the background rings no bell that a client could hear."""
        async with asyncio.timeout(60):
            while not holds(found := (await self.get(path)).json()):  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)
            return found

    # --- things to begin with ---

    @property
    def agent(self) -> str:
        """The path of the first agent."""
        return f"/v1/agents/{self.agent_id}"

    async def new_agent(self, **config: Any) -> str:
        """Create an agent; return its path."""
        created = await self.post("/v1/agents", {"agent_config": {"model": MODEL, **config}})
        assert created.status_code == 201, created.text
        return created.headers["location"]

    async def new_session(self, agent: str | None = None, **body: Any) -> str:
        """Create a session; return its path."""
        created = await self.post(f"{agent or self.agent}/session", body)
        assert created.status_code == 201, created.text
        return created.headers["location"]

    async def say(self, session: str, words: str = "Hello", *, key: str | None = None, **more: Any) -> httpx.Response:
        """Start a turn."""
        headers = {"idempotency_key": key} if key else {}
        return await self.post(f"{session}/turn", said(words, **more), **headers)

    async def turn(self, session: str, words: str = "Hello", **more: Any) -> dict[str, Any]:
        """Start a turn and return it as it is answered."""
        answer = await self.say(session, words, **more)
        assert answer.is_success, answer.text
        return answer.json()


def said(words: str, **more: Any) -> dict[str, Any]:
    """The body of a turn."""
    return {"messages": [{"role": "user", "content": words}], **more}


@asynccontextmanager
async def living(application: Application) -> AsyncGenerator[None, None]:
    """Run an application's lifespan around a block, as a server does."""
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    task = asyncio.create_task(application({"type": "lifespan", "asgi": {"version": "3.0"}}, asked.get, told.put))
    await asked.put({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await asked.put({"type": "lifespan.shutdown"})
        assert (await told.get())["type"] == "lifespan.shutdown.complete"
        await task


@asynccontextmanager
async def open_site(
    *replies: Reply,
    tools: list[Tool] | None = None,
    store: Store | None = None,
    shields: Sequence[Shield] = (),
    mcp_servers: Sequence[McpServer] = (),
    servers: Sequence[ModelServer] = (),
    base_url: str = "http://127.0.0.1:8321",
    **settings: Any,
) -> AsyncGenerator[Site, None]:
    """Serve an application whose model gives these replies, then repeats the last one; `servers` are beside it."""
    script = Repeating(*replies)
    wired = services(
        ScriptedModel(script),
        *servers,
        settings=Settings(**{**QUICK, **settings}),
        tools=tools,
        store=store,
        shields=shields,
        mcp_servers=mcp_servers,
    )
    application = app_of(wired)
    async with (
        living(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=base_url, timeout=60) as client,
    ):
        site = Site(application, wired, client, script)
        first = await wired.agents.find_default(LOCAL_OWNER)
        assert first is not None
        site.agent_id = first.agent_id
        yield site


# --- what came back ---


class Frame:
    """One event of a stream."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.fields: dict[str, str] = {}
        for line in re.split(r"\r\n|\r|\n", raw.decode()):  # what ends a line to a reader of streams
            name, _, value = line.partition(": ")
            assert name not in self.fields, f"two lines {name!r} in one event: {raw!r}"
            self.fields[name] = value

    @property
    def id(self) -> str:
        return self.fields["id"]

    @property
    def place(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.id.split("."))

    @property
    def payload(self) -> dict[str, Any]:
        envelope = json.loads(self.fields["data"])
        assert list(envelope) == ["event"]
        assert list(envelope["event"]) == ["payload"]
        return envelope["event"]["payload"]

    @property
    def type(self) -> str:
        return self.payload["event_type"]


def frames_of(body: bytes) -> list[Frame]:
    """Cut the bytes of a stream into its events; its head and its heartbeats are no events."""
    parts = body.split(b"\n\n")
    assert parts.pop() == b"", "a stream ends with the end of an event"
    return [Frame(part) for part in parts if not part.startswith((b"retry:", b":"))]


def is_problem(
    answer: httpx.Response, status: int, code: str, *pointers: str, path: str | None = None
) -> Mapping[str, Any]:
    """Assert that an answer is this problem, as RFC 9457 and contract §6 have it; return it."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(problem)
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == (path or answer.request.url.path)
    assert problem["detail"]
    assert [each["pointer"] for each in problem.get("errors", [])] == list(pointers), problem
    assert all(each["detail"] for each in problem.get("errors", []))
    return problem
