"""Firefox, driven by WebDriver BiDi: the protocol that it speaks itself, over one WebSocket.

It asks nobody: whatever is not on this machine is behind a proxy that is not there, and what it would like to fetch by
itself is turned off.
"""

import asyncio
import base64
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.browsers.driven import PATIENCE_S, Action, program

PACKAGES = {"firefox-esr": "firefox-esr"}
"""Programs, and the packages of Debian that have them."""

PREFERENCES = {
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "services.settings.server": "data:,",
    "intl.accept_languages": "en-GB",
    "intl.locale.requested": "en-GB",
}


class Firefox:
    """A Firefox that has answered."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0
        self._context = ""
        self.version = ""
        self.complaints: list[str] = []

    async def begin(self) -> None:
        """Take the one page that it has."""
        session = await self._ask("session.new", capabilities={})
        self.version = f"Firefox {session['capabilities']['browserVersion']}"
        await self._ask("session.subscribe", events=["log.entryAdded"])
        tree = await self._ask("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        size = {"width": 1280, "height": 800}
        await self._ask("browsingContext.setViewport", context=self._context, viewport=size)

    async def go(self, url: str) -> None:
        await self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def reload(self) -> None:
        await self._ask("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        wanted = {"expression": f"JSON.stringify({expression})", "awaitPromise": False}
        found = await self._ask("script.evaluate", target={"context": self._context}, **wanted)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"].get("value", "null"))

    async def act(self, actions: Sequence[Action]) -> None:
        await self._ask("input.performActions", context=self._context, actions=actions)

    async def screenshot(self) -> bytes:
        return base64.b64decode((await self._ask("browsingContext.captureScreenshot", context=self._context))["data"])

    async def listen(self) -> None:
        """Take what it says, until it has nothing more to say."""
        async for message in self._socket:
            said = json.loads(message.data)
            if said["type"] == "event":
                self._hear(said["params"])
            elif said["type"] == "error":
                self._waiting.pop(said["id"]).set_exception(RuntimeError(f"{said['error']}: {said['message']}"))
            else:
                self._waiting.pop(said["id"]).set_result(said["result"])

    def _hear(self, entry: dict[str, Any]) -> None:
        if entry["level"] in {"error", "warn"}:
            self.complaints.append(f"{entry['level']}: {entry['text']}")

    async def _ask(self, method: str, **params: Any) -> Any:
        self._asked += 1
        number = self._asked
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(PATIENCE_S):
            return await answer


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """Run a Firefox without a window, with a profile of its own."""
    with tempfile.TemporaryDirectory() as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        await asyncio.to_thread((Path(profile) / "user.js").write_text, "".join(lines))
        command = ["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile]
        quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
        async with program(*command, **quiet):
            address = await _address(Path(profile) / "WebDriverBiDiServer.json")
            async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
                browser = Firefox(socket)
                listening = asyncio.create_task(browser.listen())
                await browser.begin()
                yield browser
                listening.cancel()


async def _address(file: Path) -> str:
    """Wait until it has written down where it is to be had."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                place = json.loads(await asyncio.to_thread(file.read_text))
                return f"ws://{place['ws_host']}:{place['ws_port']}/session"
            except (FileNotFoundError, json.JSONDecodeError):
                await asyncio.sleep(0.05)
