"""The project's own files, and how these tests run programs on them."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# What would change a build from outside.
AMBIENT = {"TERTULIA_SKIP_WEB", "VIRTUAL_ENV", "PYTHONPATH"}


def listed_files() -> list[Path]:
    """What a commit of the work tree would hold, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(Path(name) for name in names if name and (ROOT / name).is_file())


def read_texts(*suffixes: str) -> dict[Path, str]:
    """The text files of the project, or those with one of the suffixes, by their path relative to the root."""
    texts: dict[Path, str] = {}
    for file in listed_files():
        content = (ROOT / file).read_bytes()
        if b"\0" not in content and (not suffixes or file.suffix in suffixes):
            texts[file] = content.decode()
    return texts


def attempt(folder: Path, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; `stdout` has what it wrote to stderr, too."""
    kept = {name: value for name, value in os.environ.items() if name not in AMBIENT}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**kept, "UV_PYTHON": sys.executable, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def run(folder: Path, *command: str | Path, **environment: str) -> str:
    """Run a program that must succeed; return what it wrote, without the last newline."""
    done = attempt(folder, *command, **environment)
    assert done.returncode == 0, done.stdout
    return done.stdout.rstrip("\n")


def read_pyproject() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
