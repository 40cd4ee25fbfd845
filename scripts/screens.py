"""Takes the README's screenshots of the real page: the real server, the real browser, a model that says what is below.

    make screens

The rule it keeps: nothing is drawn by hand. What the pictures show is what `make serve` shows, in the light and in the
dark, as files of less than 200 kB each.
"""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tertulia.domain.sessions import SessionPatch
from tests.cli.server_process import serving
from tests.e2e.conftest import FLAGS
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.fakes.upstream import DONE, Wire, chunk, sse, stop, text, usage

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
SIZE: ViewportSize = {"width": 1280, "height": 800}
MOST_BYTES = 200_000

SERVER, MODEL = "local", "example"
PAUSE_S = 0.02  # before each word, as a model would
TALKS = ["Names for a cat", "Why is the sky blue?", "A birthday in verse", "Plan of the garden", "Packing for a week"]
PINNED = "Plan of the garden"
QUESTION = "How long will the days in Lisbon go on getting shorter?"
ANSWER = """\
The days grow shorter until the **21st of December**:

| Date | Sunrise | Sunset | Daylight |
|---|---:|---:|---:|
| 1 November | 7:00 | 17:34 | 10 h 34 min |
| 21 December | 7:51 | 17:18 | 9 h 27 min |

For any day and latitude:

```python
def daylight(day: int, latitude: float) -> float:
    tilt = 0.409 * sin(radians(360 / 365 * (day - 81)))
    return 24 / pi * acos(-tan(radians(latitude)) * tan(tilt))
```
"""


async def main() -> None:
    """Take both pictures."""
    models = RehearsedModels()
    async with models.upstream, async_playwright() as playwright:
        chromium = os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with TemporaryDirectory() as folder:
            running = serving(Path(folder) / "data", "--model-server", f"{SERVER}={models.upstream.url}")
            server = await asyncio.to_thread(running.__enter__)
            try:
                path = await talk(server.url, models)
                for scheme in ("light", "dark"):
                    await take(browser, f"{server.url}{path}", scheme)
            finally:
                running.__exit__(None, None, None)
        await browser.close()


async def talk(url: str, models: RehearsedModels) -> str:
    """Have the talks that the pictures show; return the address of the one that is open in them."""
    models.will(
        MODEL,
        *(says("Here is a beginning.") for _ in TALKS),
        call_the_clock,
        speak,
    )
    config = AgentConfig(model=f"{SERVER}/{MODEL}", name="Almanac", toolgroups=["builtin::clock"])
    async with AsyncClient(url) as client:
        agent_id = (await client.create_agent(config)).agent_id
        session_id = ""
        for question in [*TALKS, QUESTION]:
            session_id = (await client.create_session(agent_id)).session_id
            turn = await client.start_turn(agent_id, session_id, question)
            async for _ in client.follow_turn(agent_id, session_id, turn.turn_id):
                pass
            if question == PINNED:
                await client.update_session(agent_id, session_id, SessionPatch(pinned=True))
    return f"/a/{agent_id}/s/{session_id}"


async def call_the_clock(wire: Wire) -> None:
    """Ask for the tool, after some thought."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    await wire.head()
    await asyncio.sleep(10 * PAUSE_S)
    await wire.send(sse(chunk({"tool_calls": [call]})), sse(stop("tool_calls")), sse(counted(212, 18)), DONE)
    await wire.end()


async def speak(wire: Wire) -> None:
    """Say the answer word by word."""
    await wire.head()
    for word in re.findall(r"\S+\s*", ANSWER):
        await asyncio.sleep(PAUSE_S)
        await wire.send(sse(text(word)))
    await wire.send(sse(stop()), sse(counted(274, 301)), DONE)
    await wire.end()


def counted(input_tokens: int, output_tokens: int) -> dict[str, object]:
    """The chunk that tells the tokens."""
    return usage(prompt_tokens=input_tokens, completion_tokens=output_tokens, total_tokens=input_tokens + output_tokens)


async def take(browser: Browser, address: str, scheme: str) -> None:
    """Write one picture, with the steps of the answer unfolded."""
    page = await browser.new_page(viewport=SIZE, color_scheme="dark" if scheme == "dark" else "light", locale="en-GB")
    await page.goto(address)
    await page.get_by_role("button", name="1 tool").click()
    await expect(page.get_by_role("list", name="Steps")).to_be_visible()
    await expect(page.get_by_role("figure", name="python").get_by_text("def", exact=True)).to_be_visible()
    await page.mouse.move(SIZE["width"] - 1, 0)
    await page.evaluate("() => document.activeElement.blur()")
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{scheme}.png"
    await page.screenshot(path=file, animations="disabled")
    await page.close()
    size = file.stat().st_size
    print(f"{file.relative_to(FOLDER.parents[1])}: {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit("That is too large for a README: show less.")


if __name__ == "__main__":
    asyncio.run(main())
