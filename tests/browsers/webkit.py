"""WebKitGTK's MiniBrowser, driven by WebDriver over HTTP, on a screen that nobody sees.

What it writes into its console nobody hears by this protocol, so the page is asked to note it down as soon as it is
there: what comes before its script begins is missed.
"""

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from glob import glob
from typing import Any

import aiohttp

from tests.browsers.driven import PATIENCE_S, Action, program

PACKAGES = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
"""Programs, and the packages of Debian that have them. The browser itself comes with the first."""

BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
NOTE_DOWN = """
if (!window.complaints) {
  window.complaints = [];
  for (const level of ["error", "warn"]) {
    const say = console[level];
    console[level] = (...words) => { complaints.push(`${level}: ${words.join(" ")}`); say(...words); };
  }
  addEventListener("error", ({ message }) => complaints.push(`error: ${message}`));
  addEventListener("unhandledrejection", ({ reason }) => complaints.push(`error: ${reason}`));
  addEventListener("securitypolicyviolation", (one) =>
    complaints.push(`policy: ${one.violatedDirective} blocked ${one.blockedURI}`));
}
"""


class WebKit:
    """A WebKit that has answered."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._session = ""
        self.version = ""
        self.complaints: list[str] = []

    async def begin(self, browser: str) -> None:
        """Let the driver start it."""
        options = {"binary": browser, "args": ["--automation", "--private"]}
        wanted = {"webkitgtk:browserOptions": options, "pageLoadStrategy": "none"}
        session = await self._ask("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/{session['sessionId']}"
        self.version = f"WebKitGTK {session['capabilities']['browserVersion']}"
        await self._ask("POST", "/window/rect", {"x": 0, "y": 0, "width": 1280, "height": 870})

    async def end(self) -> None:
        await self._ask("DELETE", "", {})

    async def go(self, url: str) -> None:
        await self._note()
        await self._ask("POST", "/url", {"url": url})
        await self._ask("POST", "/execute/sync", {"script": NOTE_DOWN, "args": []})

    async def reload(self) -> None:
        await self._note()
        await self._ask("POST", "/refresh", {})
        await self._ask("POST", "/execute/sync", {"script": NOTE_DOWN, "args": []})

    async def evaluate(self, expression: str) -> Any:
        script = f"{NOTE_DOWN}; return JSON.stringify({expression})"
        return json.loads(await self._ask("POST", "/execute/sync", {"script": script, "args": []}) or "null")

    async def act(self, actions: Sequence[Action]) -> None:
        await self._ask("POST", "/actions", {"actions": actions})
        await self._note()

    async def screenshot(self) -> bytes:
        return base64.b64decode(await self._ask("GET", "/screenshot", None))

    async def _note(self) -> None:
        self.complaints += await self.evaluate("window.complaints.splice(0)")

    async def _ask(self, method: str, path: str, body: object) -> Any:
        async with self._http.request(method, f"/session{self._session}{path}", json=body) as answer:
            value = (await answer.json())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{value['error']}: {value['message']}")
        return value


@asynccontextmanager
async def webkit() -> AsyncIterator[WebKit]:
    """Run a screen, a driver and the browser."""
    [browser, *_] = sorted(glob(BROWSERS), reverse=True)
    async with _screen() as display:
        port = _free_port()
        quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
        environment = {**os.environ, "DISPLAY": display, "LANGUAGE": "en_GB", "LANG": "C.UTF-8"}
        async with (
            program("WebKitWebDriver", f"--port={port}", env=environment, **quiet),
            aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(PATIENCE_S)) as http,
        ):
            await _answers(http)
            driven = WebKit(http)
            await driven.begin(browser)
            try:
                yield driven
            finally:
                await driven.end()


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """Run an X server that draws into memory; it chooses its number and tells it."""
    told, telling = os.pipe()
    command = ["Xvfb", "-displayfd", str(telling), "-nolisten", "tcp", "-screen", "0", "1280x900x24"]
    async with program(*command, pass_fds=[telling], stderr=asyncio.subprocess.DEVNULL):
        os.close(telling)
        with os.fdopen(told) as pipe:
            yield f":{(await asyncio.to_thread(pipe.readline)).strip()}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


async def _answers(http: aiohttp.ClientSession) -> None:
    """Wait until the driver listens: it does not say so."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with http.get("/status"):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
