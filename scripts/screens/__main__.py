"""Takes all pictures, or those whose names begin with what is given."""

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Playwright, async_playwright, expect

from scripts.screens import catalogue
from scripts.screens.accounts import furnish_accounts
from scripts.screens.camera import FOLDER, PATIENCE_MS, Picture, missing, take
from scripts.screens.clock import StageClock
from scripts.screens.elsewhere import host_page, take_terminal
from scripts.screens.fonts import font_variables
from scripts.screens.index import write_index
from scripts.screens.models import StageModels
from scripts.screens.play import furnish
from scripts.screens.stage import served, settings_for
from tertulia.cli.set_up import make_token
from tertulia.client import AsyncClient
from tertulia.server.logs import configure_logs
from tests.e2e.conftest import FLAGS
from tests.e2e.host_pages import host_pages


async def main(names: Sequence[str]) -> None:
    """Take the pictures of both servers, and show them all on one page."""
    expect.set_options(timeout=PATIENCE_MS)
    configure_logs("error")
    async with async_playwright() as playwright:
        chromium = os.environ.get("TERTULIA_CHROMIUM") or shutil.which("chromium")
        env: dict[str, str | float | bool] = {**os.environ, **font_variables()}
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=env)
        with TemporaryDirectory() as folder:
            await asyncio.gather(
                take_open(browser, Path(folder) / "open", names),
                take_guarded(playwright, browser, Path(folder) / "guarded", names),
            )
        await browser.close()
    write_index(catalogue.ALL)
    if missing:
        sys.exit(f"Not taken: {', '.join(missing)}")


def chosen(pictures: Sequence[Picture], names: Sequence[str]) -> list[Picture]:
    """The pictures that are wanted."""
    return [one for one in pictures if not names or one.name.startswith(tuple(names))]


async def take_open(browser: Browser, folder: Path, names: Sequence[str]) -> None:
    """Those of a server that whoever can reach it owns."""
    models = StageModels(StageClock())
    wanted, embedded = chosen(catalogue.OPEN, names), chosen([catalogue.EMBEDDED], names)
    terminal = chosen([catalogue.TERMINAL], names)
    if not [*wanted, *embedded, *terminal]:
        return
    with host_pages() as host:
        given = {"TERTULIA_EMBED_ORIGINS": host.origin, "TERTULIA_MAX_CONCURRENT_TURNS": "1"}
        async with models.upstream, served(settings_for(folder, models, **given), models.clock) as url:
            async with AsyncClient(url) as client:
                places = await furnish(client, models)
            for one in wanted:
                await take(browser, one, url + one.path.format(**places))
            host.pages["/"] = host_page(url, places["talk"])
            for one in embedded:
                await take(browser, one, host.origin)
            for one in terminal:
                await take_terminal(browser, url, places["talk"], one.name)


async def take_guarded(playwright: Playwright, browser: Browser, folder: Path, names: Sequence[str]) -> None:
    """Those of a server with accounts: before its first admin has come, and after."""
    if not chosen([*catalogue.SET_UP, *catalogue.SIGN_IN, *catalogue.OF_ANA, *catalogue.OF_BEN], names):
        return
    models = StageModels(StageClock())
    async with models.upstream:
        settings = settings_for(folder, models, TERTULIA_AUTH="accounts")
        token = await make_token(settings)
        async with served(settings, models.clock) as url:
            for one in chosen(catalogue.SET_UP, names):
                await take(browser, one, url + one.path.format(token=token))
            models.clock.go_to(timedelta(days=43))
            states = await furnish_accounts(url, token, playwright.request, models.clock)
            seen = ((None, catalogue.SIGN_IN), (states["ana"], catalogue.OF_ANA), (states["ben"], catalogue.OF_BEN))
            for state, some in seen:
                for one in chosen(some, names):
                    await take(browser, one, url + one.path, state)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1:]))
