"""A site that is asked as Llama Stack's clients ask it, at one of their prefixes."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx

from tests.server.site import MODEL, Site, open_site

CLIENT = {"X-Stainless-Lang": "python", "x-stainless-retry-count": "0"}


class Stack:
    """A site, a prefix, and short ways to ask for things."""

    def __init__(self, site: Site, prefix: str) -> None:
        self.site = site
        self.prefix = prefix

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request; a path that does not begin with the prefix is taken to be below it."""
        given = CLIENT | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.site.client.request(method, self.prefix + path, json=body, headers=given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.ask("POST", path, body, **headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.ask("DELETE", path)

    async def new_agent(self, **config: Any) -> str:
        """Create an agent; return its path."""
        body = {"agent_config": {"model": MODEL, "instructions": "Be brief.", **config}}
        created = await self.post("/agents", body)
        assert created.status_code == 200, created.text
        return f"/agents/{created.json()['agent_id']}"

    async def new_session(self, agent: str | None = None, name: str = "A session") -> str:
        """Create a session, of a new agent if none is given; return its path."""
        agent = agent or await self.new_agent()
        created = await self.post(f"{agent}/session", {"session_name": name})
        assert created.status_code == 200, created.text
        return f"{agent}/session/{created.json()['session_id']}"

    async def until(self, path: str, holds: Callable[[Any], Any]) -> Any:
        """Ask until the answer is so; what happens in the background rings no bell that a client could hear."""
        async with asyncio.timeout(60):
            while not holds(found := (await self.get(path)).json()):  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)
            return found


def says(words: str, **more: Any) -> dict[str, Any]:
    """The body of a turn."""
    return {"messages": [{"role": "user", "content": words}], **more}


class OpenStack(Protocol):
    """Serves a site until the test ends."""

    async def __call__(self, *replies: Any, **options: Any) -> Stack: ...


@asynccontextmanager
async def open_stack(*replies: Any, prefix: str = "/v1", **options: Any) -> AsyncGenerator[Stack, None]:
    """Serve a site whose model gives these replies."""
    async with open_site(*replies, **options) as site:
        yield Stack(site, prefix)


def data_of(body: bytes) -> list[dict[str, Any]]:
    """Cut a stream into the JSON of its frames, which must be `data:` lines alone."""
    frames = [frame for frame in body.split(b"\n\n") if frame not in (b"", b":")]
    assert all(frame.startswith(b"data: ") and b"\n" not in frame for frame in frames), frames
    return [json.loads(frame.removeprefix(b"data: ")) for frame in frames]
