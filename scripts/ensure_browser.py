"""Prints the path of a Chromium for the end-to-end tests; installs one when there is none, or says what is missing.

In this order: `TERTULIA_CHROMIUM`, a Chromium or Chrome of the system, Playwright's own, Debian's package (as root),
Playwright's download. Whatever is found must start: Ubuntu's `chromium-browser` may be a shell around a missing snap.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = """\
The end-to-end tests want a Chromium, and none could be installed. Install Chromium or Chrome with your system's
packages, or set TERTULIA_CHROMIUM to the path of one; `pytest -m "not e2e"` runs all the other tests."""


def main() -> None:
    """Print the path of a browser that starts."""
    named = os.environ.get("TERTULIA_CHROMIUM")
    if named and not starts(named):
        sys.exit(f"TERTULIA_CHROMIUM is {named}, which does not start.")
    found = named or find() or install()
    sys.exit(MISSING) if found is None else print(found)


def find() -> str | None:
    """A browser that is here and starts."""
    return next(filter(starts, candidates()), None)


def candidates() -> Iterator[str]:
    """Where a browser could be, the best guess first."""
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def starts(browser: str) -> bool:
    """Whether it is a program that tells its version."""
    try:
        done = subprocess.run([browser, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> str | None:
    """Install a browser and return it."""
    for commands in installers():
        if all(run(command) for command in commands) and (browser := find()):
            return browser
    return None


def installers() -> Iterator[list[list[str]]]:
    """The ways to install one here, each as its commands."""
    if is_debian() and os.geteuid() == 0 and shutil.which("apt-get"):
        yield [["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def is_debian() -> bool:
    """Debian itself: what Ubuntu calls `chromium` is a snap, which containers cannot run."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text().splitlines()


def run(command: list[str]) -> bool:
    """Whether a command succeeds; what it says goes to stderr, for stdout is the path's."""
    silent = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, env=silent, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    main()
