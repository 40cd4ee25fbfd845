"""Takes one picture: the page at an address, once it is as it should be, small enough for a README."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Error, Page, StorageState, ViewportSize

from scripts.screens.clock import NOW, ZONE
from scripts.screens.colors import in_few_colors

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}
MOST_BYTES = 200_000
PATIENCE_MS = 20_000
SHOTS, BETWEEN_MS = 60, 150

# Chance is the same in each run, and so are ids: none of them is made here, and nobody reads them.
NO_CHANCE = "Math.random = () => 0.5"
SAME_IDS = """() => {
  const known = new Map();
  const same = (text) => text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
    if (!known.has(id)) known.set(id, `019a2f6c-8e10-7c4a-9b1d-${String(known.size + 1).padStart(12, "0")}`);
    return known.get(id);
  }).replace(/(?<=:\\/\\/(127\\.0\\.0\\.1|localhost):)[3-6]\\d{4}/g, (port) => port === location.port ? "8321" : "9000")
    .replace(/(?<=\\/share\\/)[\\w-]{20,}/g, "p3ZlJq0uVb7mXw2sYt9kRf5d");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = same(walker.currentNode.data);
    if (text !== walker.currentNode.data) walker.currentNode.data = text;
  }
  for (const field of document.querySelectorAll("input")) field.value = same(field.value);
}"""

missing: list[str] = []
"""The pictures that could not be taken."""

Prepare = Callable[[Page], Awaitable[None]]
Section = (
    Literal["Beginning", "Talking", "When something is in the way", "Sessions", "Inspector", "Sharing"]
    | Literal["Settings", "Accounts", "Elsewhere"]
)


@dataclass(frozen=True)
class Picture:
    """What is taken. The parts of `path` in braces are places of the play."""

    name: str
    section: Section
    caption: str
    path: str
    prepare: Prepare
    scheme: Literal["light", "dark"] = "light"
    size: ViewportSize = field(default_factory=lambda: WIDE)
    locale: str = "en-GB"
    keeps_focus: bool = False


async def take(browser: Browser, picture: Picture, address: str, state: StorageState | None = None) -> None:
    """Open a browser of its own, and take it."""
    context = await browser.new_context(
        viewport=picture.size,
        color_scheme=picture.scheme,
        locale=picture.locale,
        timezone_id=ZONE,
        storage_state=state,
        has_touch=picture.size == NARROW,
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        await context.clock.set_fixed_time(NOW)
        await context.add_init_script(NO_CHANCE)
        keep(picture.name, await _shot(await context.new_page(), picture, address))
    except (Error, AssertionError) as error:
        missing.append(picture.name)
        print(f"{picture.name} was not taken: {error}", file=sys.stderr)
    finally:
        await context.close()  # a server waits for those who listen before it ends


async def _shot(page: Page, picture: Picture, address: str) -> bytes:
    await page.goto(address)
    await picture.prepare(page)
    await page.mouse.move(picture.size["width"] - 1, 0)
    if not picture.keeps_focus:
        await page.evaluate("document.activeElement?.blur()")
    await page.evaluate(SAME_IDS)
    return await at_rest(page)


async def at_rest(page: Page) -> bytes:
    """Shoot until nothing changes any more: what is fetched late has come by then."""
    before = b""
    for _ in range(SHOTS):
        await page.wait_for_timeout(BETWEEN_MS)
        shot = await page.screenshot(animations="disabled")
        if shot == before:
            return shot
        before = shot
    raise AssertionError(f"The page does not come to rest: {page.url}")


def keep(name: str, shot: bytes) -> None:
    """Write a picture in few colours: a page has few."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.png"
    drawn = Image.open(BytesIO(shot)).convert("RGB")
    in_few_colors(drawn).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(FOLDER.parents[1])}: {size // 1000} kB", flush=True)
    if size > MOST_BYTES:
        sys.exit("That is too large for a README: show less.")
