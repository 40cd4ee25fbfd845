"""The command itself: it is quick, knows its version, and imports only what it is asked for."""

import subprocess
import sys

import pytest

import tertulia
from tertulia.cli.main import COMMANDS


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tertulia.cli", *words], capture_output=True, text=True, check=False)


def test_the_version_is_the_package_s() -> None:
    done = run("--version")
    assert (done.stdout, done.returncode) == (f"tertulia {tertulia.__version__}\n", 0)


def test_help_lists_every_command_with_a_sentence() -> None:
    text = run("--help").stdout
    for name, sentence in COMMANDS.items():
        assert f"{name} " in text
        assert sentence in " ".join(text.split())


def test_help_imports_no_command() -> None:
    code = "import sys; from tertulia.cli.main import main; main(['--help'], standalone_mode=False); "
    heavy = "print([name for name in ('aiohttp', 'litestar', 'uvicorn', 'sqlalchemy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + heavy], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", ["chat", "serve"])
def test_a_command_starts_without_what_the_terminals_page_is_drawn_with(name: str) -> None:
    code = f"import sys, tertulia.cli.{name}; print({{'textual', 'markdown_it'}} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_the_summary_that_the_list_gives_it(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert COMMANDS[name].rstrip(".") in " ".join(done.stdout.split())


def test_an_unknown_command_is_a_sentence() -> None:
    done = run("dance")
    assert done.returncode == 2
    assert "No such command 'dance'" in done.stderr
