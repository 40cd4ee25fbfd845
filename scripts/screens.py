"""Takes the pictures of the docs, of the real page: the real server, the real browser, a model that says what is below.

    make screens

The rule it keeps: nothing is drawn by hand. What the pictures show is what `make serve` shows, in the light and in the
dark, wide and narrow, empty, busy and broken, as files of less than 200 kB each.
"""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.domain.sessions import SessionPatch
from tests.cli.server_process import serving
from tests.e2e.conftest import FLAGS
from tests.e2e.rehearsed_models import RehearsedModels, calls, says
from tests.e2e.with_tools import GROUP
from tests.extract.samples import pdf
from tests.fakes.upstream import DONE, Wire, answers, chunk, sse, stop, text, usage

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
SIZE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}
COLORS = 256
MOST_BYTES = 200_000
SCHEMES = ("light", "dark")

SERVER, MODEL = "local", "example"
PAUSE_S = 0.02  # before each word, as a model would
TALKS = ["Names for a cat", "Why is the sky blue?", "A birthday in verse", "Plan of the garden", "Packing for a week"]
PINNED = "Plan of the garden"
MAIL = {
    "to": "ana@example.org",
    "subject": "Lunch on Friday?",
    "body": "Dear Ana,\n\nwould you have time for lunch on Friday, at one?",
}
REFUSED = "Read me the whole encyclopedia."
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


PAGES = ("Ponte 25 de Abril: 2,277 m long,", "its towers 190 m above the water.")
ABOUT_FILES = """\
The photo shows the **Ponte 25 de Abril** over the Tejo. By your document it is **2,277 m** long, and its towers rise \
**190 m** above the water (page 2)."""
TOWERS = (240, 720)
RUST = (150, 50, 40)


async def main() -> None:
    """Take all pictures."""
    models = RehearsedModels()
    async with models.upstream, async_playwright() as playwright:
        chromium = os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        async with served(models, module="tertulia.cli") as url:
            path = await talk(url, models)
            for scheme in SCHEMES:
                await take(browser, Picture(f"{url}{path}", scheme, scheme, unfold_steps))
                await take(browser, Picture(f"{url}{path}", f"narrow-{scheme}", scheme, unfold_steps, NARROW))
                for name, prepare in (("empty", begin), ("broken", fail), ("search", search)):
                    await take(
                        browser, Picture(f"{url}{path.partition('/s/')[0]}", f"{name}-{scheme}", scheme, prepare)
                    )
                for name in SETTINGS:
                    await take(browser, Picture(f"{url}/settings/{name}", f"{name}-{scheme}", scheme, settle))
            path = await ask_about_files(url, models)
            for scheme in SCHEMES:
                await take(browser, Picture(f"{url}{path}", f"files-{scheme}", scheme, attach_one_more))
        async with served(models, module="tests.e2e.with_tools") as url:
            path = await ask_for_mail(url, models)
            for scheme in SCHEMES:
                await take(browser, Picture(f"{url}{path}", f"approval-{scheme}", scheme, wait_for_approval))
                await take(browser, Picture(f"{url}/settings/tools", f"tools-{scheme}", scheme, unfold_tools))
        await browser.close()


@asynccontextmanager
async def served(models: RehearsedModels, *, module: str) -> AsyncGenerator[str, None]:
    """Run a server; it asks the model server, which runs in this loop, before it is ready."""
    with TemporaryDirectory() as folder:
        option = f"{SERVER}={models.upstream.url}"
        variables = {"PYTHONPATH": str(FOLDER.parents[1]), "TERTULIA_IMAGE_MODELS": f"{SERVER}/*"}
        running = serving(Path(folder) / "data", "--model-server", option, module=module, **variables)
        server = await asyncio.to_thread(running.__enter__)
        try:
            yield server.url
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def talk(url: str, models: RehearsedModels) -> str:
    """Have the talks that the pictures show; return the address of the one that is open in them."""
    models.will(
        MODEL,
        *(says("Here is a beginning.") for _ in TALKS),
        call_the_clock,
        speak,
        *(refuses for _ in SCHEMES),
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


refuses = answers(400, {"error": {"message": "The model 'example' takes no more than 8192 tokens."}})


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


async def ask_for_mail(url: str, models: RehearsedModels) -> str:
    """Have a talk in which a tool waits for a person; return its address."""
    models.will(MODEL, calls(("send_mail", MAIL)))
    config = AgentConfig(model=f"{SERVER}/{MODEL}", name="Secretary", toolgroups=[GROUP])
    async with AsyncClient(url) as client:
        agent_id = (await client.create_agent(config)).agent_id
        session_id = (await client.create_session(agent_id)).session_id
        turn = await client.start_turn(agent_id, session_id, "Ask Ana whether she has time for lunch on Friday.")
        async for _ in client.follow_turn(agent_id, session_id, turn.turn_id):
            pass
    return f"/a/{agent_id}/s/{session_id}"


async def ask_about_files(url: str, models: RehearsedModels) -> str:
    """Have a talk about a photo and a document; return its address."""
    models.will(MODEL, says(ABOUT_FILES))
    config = AgentConfig(model=f"{SERVER}/{MODEL}", name="Guide")
    async with AsyncClient(url) as client:
        agent_id = (await client.create_agent(config)).agent_id
        session_id = (await client.create_session(agent_id)).session_id
        kept = [await client.upload_file(*each) for each in (("tejo.png", bridge()), ("bridge.pdf", pdf(*PAGES)))]
        files = [FileAttachment(file_id=each.file_id) for each in kept]
        message = UserMessage(content="How long is this bridge, and how high are its towers?", files=files)
        turn = await client.start_turn(agent_id, session_id, [message])
        async for _ in client.follow_turn(agent_id, session_id, turn.turn_id):
            pass
    return f"/a/{agent_id}/s/{session_id}"


def cable(x: int) -> int:
    """How far from the top the cable is."""
    nearest = min(abs(x - tower) for tower in TOWERS)
    return 150 + nearest * (480 - nearest) * 190 // (240 * 240)


def bridge() -> bytes:
    """Draw a bridge in the evening."""
    image = Image.new("RGB", (960, 600))
    draw = ImageDraw.Draw(image)
    for y in range(600):
        sky = (255 - y // 5, 190 - y // 5, 130 + y // 8)
        draw.line((0, y, 960, y), fill=sky if y < 430 else (60 - y // 20, 90 - y // 20, 120 - y // 20))
    for x in range(0, 960, 16):  # cables hang in parabolas between the towers
        draw.line((x, cable(x), x, 370), fill=RUST, width=1)
        draw.line((x, cable(x), x + 16, cable(x + 16)), fill=RUST, width=5)
    draw.rectangle((0, 366, 960, 380), fill=RUST)
    for tower in TOWERS:
        for leg in (tower - 16, tower + 8):
            draw.rectangle((leg, 140, leg + 8, 450), fill=RUST)
        for beam in range(150, 360, 50):
            draw.rectangle((tower - 16, beam, tower + 16, beam + 6), fill=RUST)
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


@dataclass
class Picture:
    """What is taken: the page at an address, once it is as it should be."""

    address: str
    name: str
    scheme: str
    prepare: Callable[[Page], Awaitable[None]]
    size: ViewportSize = field(default_factory=lambda: SIZE)


SETTINGS = ("agents", "models", "trash")


async def settle(page: Page) -> None:
    """Wait for what the page lists."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("Loading…")).to_have_count(0)


async def begin(page: Page) -> None:
    """Show what stands where nothing has been said."""
    await expect(page.get_by_role("textbox", name="Write a message")).to_be_visible()


async def fail(page: Page) -> None:
    """Show a turn that the model's server refused."""
    await page.get_by_role("textbox", name="Write a message").fill(REFUSED)
    await page.keyboard.press("Enter")
    notice = page.get_by_role("article").get_by_text("The agent could not answer")
    await expect(notice).to_be_visible()  # what is spoken says the same sooner


async def search(page: Page) -> None:
    """Show what is found by a word."""
    await begin(page)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search sessions and commands")).to_be_focused()
    await page.keyboard.type("garden")
    await expect(page.get_by_role("option", name=PINNED).first).to_be_visible()


async def unfold_steps(page: Page) -> None:
    """Show what the agent did."""
    await page.get_by_role("button", name="1 tool").click()
    await expect(page.get_by_role("list", name="Steps")).to_be_visible()
    await expect(page.get_by_role("figure", name="python").get_by_text("def", exact=True)).to_be_visible()


async def wait_for_approval(page: Page) -> None:
    """Show the card whole, with what the tool says of itself."""
    card = page.get_by_role("group", name="Decision about send_mail")
    await expect(card.get_by_text("in the name of the person")).to_be_visible()


async def attach_one_more(page: Page) -> None:
    """Show what the model was given, and a file that waits in the composer."""
    await expect(page.get_by_text("Given to the model: image", exact=False)).to_be_visible()
    table = b"year,crossings\n2023,54000000\n2024,55000000\n"
    chosen = page.get_by_label("Attach files").locator("visible=false")
    await chosen.set_input_files([{"name": "crossings.csv", "mimeType": "text/csv", "buffer": table}])
    chip = page.get_by_role("listitem", name="Attached: crossings.csv")
    await expect(chip.get_by_role("progressbar")).to_have_count(0)
    await page.get_by_role("textbox", name="Write a message").fill("And how many cars cross it?")


async def unfold_tools(page: Page) -> None:
    """Show the tools of a group."""
    await page.get_by_role("button", name="3 tools").click()
    await page.get_by_role("button", name="Try it: book_table").scroll_into_view_if_needed()


async def take(browser: Browser, picture: Picture) -> None:
    """Write one picture."""
    scheme = "dark" if picture.scheme == "dark" else "light"
    page = await browser.new_page(viewport=picture.size, color_scheme=scheme, locale="en-GB")
    await page.goto(picture.address)
    await picture.prepare(page)
    await page.mouse.move(picture.size["width"] - 1, 0)
    await page.evaluate("() => document.activeElement.blur()")
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{picture.name}.png"
    drawn = Image.open(BytesIO(await page.screenshot(animations="disabled"))).convert("RGB")
    drawn.quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
    await page.close()
    size = file.stat().st_size
    print(f"{file.relative_to(FOLDER.parents[1])}: {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit("That is too large for a README: show less.")


if __name__ == "__main__":
    asyncio.run(main())
