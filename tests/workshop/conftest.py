"""The project as a clone would have it."""

import os
import shutil
from pathlib import Path

import pytest

from tests.workshop.project import ROOT, listed_files


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with nothing built in it: to be read, or copied once more."""
    folder = tmp_path_factory.mktemp("clone")
    for file in listed_files():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / file)
    return folder


@pytest.fixture
def fresh(clone: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may build in."""
    return shutil.copytree(clone, tmp_path / "fresh")


@pytest.fixture(scope="session")
def uv() -> str:
    """The uv that runs these tests, or else the one on the PATH."""
    found = os.environ.get("UV") or shutil.which("uv")
    assert found, "these tests want uv: run them by `make test` or `uv run pytest`"
    return found
