"""`make` on a machine that has only python3 and make, and what it gives to pytest."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.workshop.project import ROOT, attempt, run


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A clone's Makefile, and a folder `bin` to be the whole PATH."""
    (tmp_path / "bin").mkdir()
    shutil.copy2(ROOT / "Makefile", tmp_path)
    for program in ("sh", "make", "awk", "echo"):
        add(tmp_path, program, shutil.which(program))
    return tmp_path


def add(machine: Path, name: str, program: str | None) -> None:
    """Put a program that is here on the machine's PATH."""
    assert program, f"these tests want {name}"
    (machine / "bin" / name).symlink_to(program)


def add_python(machine: Path, *, failing: str) -> None:
    """Put a python3 on the machine's PATH that answers `failing` to every program with a certain word in it."""
    script = machine / "bin" / "python3"
    script.write_text(f'#!/bin/sh\ncase "$*" in *{failing}*) exit 1;; esac\n')
    script.chmod(0o755)


def test_it_says_what_there_is(machine: Path) -> None:
    said = run(machine, "make", PATH=str(machine / "bin"))
    for target in ("serve", "dev", "test", "check", "bench", "bench-page", "clean"):
        assert f"make {target} " in said


def test_arguments_and_extras_go_to_the_server(machine: Path) -> None:
    uv = machine / "bin" / "uv"
    uv.write_text('#!/bin/sh\necho "uv $*"\n')
    uv.chmod(0o755)
    given = {"EXTRAS": "postgres s3", "ARGS": "--port 9000", "PATH": str(machine / "bin")}
    said = run(machine, "make", "serve", **given)
    assert said == "uv run --no-dev --extra postgres --extra s3 tertulia serve --port 9000"


def test_without_python_it_says_so(machine: Path) -> None:
    done = attempt(machine, "make", "serve", PATH=str(machine / "bin"))
    assert done.returncode != 0
    assert "This takes Python 3.11 or newer, and there is no python3." in done.stdout


def test_a_python_that_cannot_make_environments_is_told_with_its_remedy(machine: Path) -> None:
    add_python(machine, failing="ensurepip")
    done = attempt(machine, "make", "serve", PATH=str(machine / "bin"))
    assert done.returncode != 0
    assert "apt install python3-venv" in done.stdout


def test_an_old_python_is_enough_to_bring_uv(machine: Path) -> None:
    add_python(machine, failing="version_info")
    done = attempt(machine, "make", "serve", PATH=str(machine / "bin"))
    assert "python3 -m venv .tools" in done.stdout
    assert "uv will bring a newer one" in done.stdout


@pytest.mark.slow
def test_it_brings_uv_where_there_is_none(machine: Path) -> None:
    (machine / "bin" / "python3").symlink_to(shutil.which("python3") or "")
    run(machine, "make", ".tools/bin/uv", PATH=str(machine / "bin"))
    assert run(machine, ".tools/bin/uv", "--version").startswith("uv ")


TESTS = """
from pathlib import Path

def test_passes():
    with Path("ran").open("a") as ran:
        ran.write("passes ")

def test_fails_at_first():
    with Path("ran").open("a") as ran:
        ran.write("flaky ")
    assert Path("ran").read_text().count("flaky") > 1
"""


@pytest.mark.slow
def test_again_runs_only_what_failed_and_never_nothing(tmp_path: Path) -> None:
    shutil.copy2(ROOT / "Makefile", tmp_path)
    uv = tmp_path / "uv"
    uv.write_text(f'#!/bin/sh\ntest "$1" = sync && exit\nshift 2\nexec {sys.executable} -m "$@"\n')
    uv.chmod(0o755)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_flaky.py").write_text(TESTS)
    part = ("make", "test-stores", f"UV={uv}", "STORES=tests")
    assert attempt(tmp_path, *part, "AGAIN=yes").returncode != 0, "nothing has failed yet, so nothing was proved"
    assert not (tmp_path / "ran").exists()
    assert attempt(tmp_path, *part).returncode != 0
    assert "1 passed" in run(tmp_path, *part, "AGAIN=yes")
    assert (tmp_path / "ran").read_text() == "passes flaky flaky "
