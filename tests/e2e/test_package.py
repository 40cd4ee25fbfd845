"""The npm package, as somebody who installs it has it: packed, built into the example app, and talked through."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tertulia import __version__
from tests.cli.server_process import serving
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, calls, says
from tests.workshop.project import ROOT, run

pytestmark = pytest.mark.slow

WEB = ROOT / "web"
PACKAGE = "tertulia-react"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so the standard library calls it
        """Say nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server for what will be built, and its folder."""
    folder = tmp_path / "example"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "dist"))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()
        thread.join()


def pack(to: Path) -> Path:
    """Build the package and pack it; return the tarball."""
    run(WEB, ROOT / "scripts/npm", "run", "package")
    run(WEB, ROOT / "scripts/npm", "pack", "--offline", "--pack-destination", to, WEB / "package/dist")
    return to / f"{PACKAGE}-{__version__}.tgz"


def install(tarball: Path, folder: Path) -> None:
    """Put the example and its dependencies there without a network: the package unpacked, the rest from the page's."""
    copytree(WEB / "example", folder, ignore=ignore_patterns("node_modules", "dist"))
    modules = folder / "node_modules"
    modules.mkdir()
    for each in (WEB / "node_modules").iterdir():
        (modules / each.name).symlink_to(each)
    run(folder, "tar", "-xzf", tarball)
    (folder / "package").rename(modules / PACKAGE)


def build(folder: Path, server: str) -> None:
    """Check the example's types, the package's along with them, and build it."""
    run(WEB, ROOT / "scripts/npm", "--prefix", folder, "run", "build", VITE_TERTULIA_URL=server)


async def test_an_app_with_the_packed_package_talks(
    host: tuple[str, Path], models: RehearsedModels, browser: Browser, tmp_path: Path
) -> None:
    origin, folder = host
    tarball = await asyncio.to_thread(pack, tmp_path)
    await asyncio.to_thread(install, tarball, folder)
    given = {"TERTULIA_ALLOWED_ORIGINS": origin}
    running = serving(tmp_path / "data", "--model-server", models.option, **given)
    server = await asyncio.to_thread(running.__enter__)
    try:
        await asyncio.to_thread(build, folder, server.url)
        context = await browser.new_context(locale="en-GB")
        page = await context.new_page()
        await talk_on(page, origin, models)
        await context.close()
    finally:
        running.__exit__(None, None, None)


async def talk_on(page: Page, origin: str, models: RehearsedModels) -> None:
    """Ask, see the answer come with a tool call in it, and find it again after a reload."""
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    pause = asyncio.Event()
    models.will("steady", calls(("current_time", {})), says("It is ", pause, "**late**."))
    await page.goto(origin)
    await page.get_by_role("textbox", name="Your question").fill("What time is it?")
    await page.get_by_role("button", name="Send").click()
    article = page.get_by_role("article")
    await expect(article).to_contain_text("It is")
    await expect(article).not_to_contain_text("late")
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    pause.set()
    await expect(article.locator("strong")).to_have_text("late")
    await expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    await article.get_by_role("button", name="Worked").click()
    await expect(article.get_by_role("button", name="current_time")).to_be_visible()
    assert await violations(page) == []

    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(article.locator("strong")).to_have_text("late")
    await expect(page.get_by_role("combobox", name="Session")).to_have_text("What time is it?")
    assert wrong == []
