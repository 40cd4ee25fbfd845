"""The scripted model: OpenAI's chat completions, said at a pace; it keeps when each token went, and who hung up."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bench.page.script import Script, parse

MODEL = "script"
PATIENCE_S = 60.0


@dataclass
class Said:
    """What became of one answer, by the clock on the wall: when each token was written, and when nobody listened."""

    script: Script
    times: list[float] = field(default_factory=list[float])
    left_at: float | None = None
    rest: asyncio.Event = field(default_factory=asyncio.Event)


class ScriptedModel:
    """Says what the last message asks for."""

    def __init__(self) -> None:
        self._begun: asyncio.Queue[Said] = asyncio.Queue()

    def forget(self) -> None:
        """Begin anew: `next_answer` tells of none that was begun before."""
        while not self._begun.empty():
            self._begun.get_nowait()

    async def next_answer(self) -> Said:
        """Wait until the next answer is begun."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._begun.get()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._complete)

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        script = parse(last_words(asked["messages"]))
        if not asked.get("stream"):
            return web.json_response(envelope({"message": {"role": "assistant", "content": "".join(script.pieces)}}))
        said = Said(script)
        self._begun.put_nowait(said)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._say(said, request, response)
        except (ConnectionError, asyncio.CancelledError):
            said.left_at = said.left_at or time.time()
            raise
        finally:
            said.rest.set()
        return response

    async def _say(self, said: Said, request: web.Request, response: web.StreamResponse) -> None:
        async for piece in paced(said.script):
            if request.transport is None or request.transport.is_closing():
                said.left_at = time.time()
                return
            said.times.append(time.time())
            await response.write(event(envelope({"delta": {"content": piece}})))
        await response.write(event(envelope({"delta": {}, "finish_reason": "stop"})) + b"data: [DONE]\n\n")


async def paced(script: Script) -> AsyncIterator[str]:
    """The tokens of a script, each when its time has come; what is late comes at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, piece in enumerate(script.pieces):
        wait = began + number / script.per_second - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        yield piece


def last_words(messages: list[Mapping[str, Any]]) -> str:
    """What the last message says, whether as a text or in parts."""
    content = messages[-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def envelope(choice: Mapping[str, Any]) -> dict[str, Any]:
    """What every answer has around its content."""
    return {"id": "script", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice]}


def event(content: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(content, separators=(",", ":")).encode() + b"\n\n"


@asynccontextmanager
async def listening(app: web.Application) -> AsyncGenerator[str]:
    """Serve on a free port of loopback; what its paths begin with."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
