"""Leads Firefox and WebKitGTK through a talk: `python -m tests.browsers`, or one of them: `… firefox`.

Both come from Debian's packages, which are installed if this runs as root there; otherwise it says which are missing.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from scripts.ensure_browser import is_debian, run
from tests.browsers.driven import Driven
from tests.browsers.firefox import PACKAGES as FIREFOX_PACKAGES
from tests.browsers.firefox import firefox
from tests.browsers.talk import talk
from tests.browsers.webkit import PACKAGES as WEBKIT_PACKAGES
from tests.browsers.webkit import webkit
from tests.cli.server_process import serving
from tests.e2e.rehearsed_models import RehearsedModels

BROWSERS: Mapping[str, Callable[[], AbstractAsyncContextManager[Driven]]] = {"firefox": firefox, "webkit": webkit}
PACKAGES = {"firefox": FIREFOX_PACKAGES, "webkit": WEBKIT_PACKAGES}


def ensure(names: list[str]) -> None:
    """Install what is missing, or say what that is and end."""
    wanted = missing(names)
    if wanted and is_debian() and os.geteuid() == 0:
        run(["apt-get", "update", "-q"])
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *wanted])
        wanted = missing(names)
    if wanted:
        sys.exit(f"These packages of Debian are missing: {' '.join(wanted)}. Install them (as root: apt-get install).")


def missing(names: list[str]) -> list[str]:
    return [package for name in names for program, package in PACKAGES[name].items() if shutil.which(program) is None]


async def lead(name: str, screens: Path | None) -> None:
    """Lead a browser through the talk, on a server of its own."""
    begun = time.monotonic()
    models = RehearsedModels()
    with tempfile.TemporaryDirectory() as folder:
        async with models.upstream, BROWSERS[name]() as browser:
            running = serving(Path(folder) / "data", "--model-server", models.option, TERTULIA_DEMO="always")
            server = await asyncio.to_thread(running.__enter__)
            try:
                await talk(browser, server.url, models)
            finally:
                running.__exit__(None, None, None)
                if screens is not None:
                    (screens / f"{name}.png").write_bytes(await browser.screenshot())
    print(f"{browser.version}: all as it should be, {time.monotonic() - begun:.1f} s", flush=True)


def main() -> None:
    """Do it for those that were named, or for all."""
    parser = argparse.ArgumentParser(prog="python -m tests.browsers", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BROWSERS, []], help="which; else all")
    parser.add_argument("--screens", type=Path, help="a folder for a picture of what each saw last")
    arguments = parser.parse_args()
    names = arguments.names or list(BROWSERS)
    ensure(names)
    for name in names:
        asyncio.run(lead(name, arguments.screens))


if __name__ == "__main__":
    main()
