"""Makes the icons of the installed app, from the project's mark (`web/public/favicon.svg`) and the theme's colours.

    uv run python scripts/app_icons.py

The rule it keeps: nothing is drawn by hand. What platforms cut a shape of fills its square, with the mark well inside.
"""

import asyncio
import os
import re
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright

WEB = Path(__file__).parents[1] / "web"
FOLDER = WEB / "public" / "icons"
ICONS = [("app", 192, 0.22, 0.66), ("app", 512, 0.22, 0.66), ("maskable", 512, 0, 0.52), ("apple-touch", 180, 0, 0.62)]
"""The name, the size, how round its corners are and how much of it the mark takes."""


def colour(scheme: str, name: str) -> str:
    """Read a colour of the theme."""
    palette = (WEB / "src/theme/palette.ts").read_text()
    found = re.search(rf'const {scheme}: SchemeColors = {{.*?\b{name}: "(#\w+)"', palette, re.DOTALL)
    assert found
    return found[1]


def tile(roundness: float, share: float) -> str:
    """Put the mark on a tile, both of a width of 24."""
    mark = (WEB / "public/favicon.svg").read_text()
    shapes = re.sub(r"<style>.*?</style>", "", mark[mark.index(">") + 1 : mark.rindex("</svg>")], flags=re.DOTALL)
    inset = 12 * (1 - share)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="100%" height="100%">
<style>
  :root {{ --table: {colour("LIGHT", "canvas")}; --kept: {colour("DARK", "secondary")}; }}
  body {{ margin: 0; }}
  path {{ fill: none; stroke: var(--table); stroke-width: 2.75; stroke-linecap: round; }}
</style>
<rect width="24" height="24" rx="{24 * roundness}" fill="{colour("LIGHT", "primary")}" />
<g transform="translate({inset} {inset}) scale({share})">{shapes}</g>
</svg>"""


async def main() -> None:
    """Draw each in a browser, and keep it as small as it can be."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        path = os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, size, roundness, share in ICONS:
            page = await browser.new_page(viewport={"width": size, "height": size})
            await page.set_content(tile(roundness, share))
            drawn = Image.open(BytesIO(await page.screenshot(omit_background=True)))
            drawn.quantize(64, method=Image.Quantize.FASTOCTREE).save(FOLDER / f"{name}-{size}.png", optimize=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
