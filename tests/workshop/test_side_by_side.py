"""Commands side by side: `make test` is made of them."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.workshop.project import ROOT, attempt

SCRIPT = ROOT / "scripts" / "side_by_side.py"


def shell(script: str) -> str:
    return f'sh -c "{script}"'


def side_by_side(folder: Path, *scripts: str, options: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Run shell scripts side by side; return the exit code, and the lines that are not empty."""
    done = attempt(folder, sys.executable, SCRIPT, *options, *map(shell, scripts))
    return done.returncode, [line for line in done.stdout.splitlines() if line]


def test_each_begins_before_another_has_ended(tmp_path: Path) -> None:
    for name in ("a", "b"):
        subprocess.run(["mkfifo", tmp_path / name], check=True)
    code, said = side_by_side(
        tmp_path, "echo hello > a; read -r x < b; echo $x", "read -r x < a; echo back > b; echo $x"
    )
    assert (code, {"hello", "back"} <= {*said}) == (0, True)


def test_what_the_first_says_comes_first_and_each_in_one_piece(tmp_path: Path) -> None:
    _, said = side_by_side(tmp_path, "echo a1; echo a2", "echo b1; echo b2 >&2", "echo c1; echo c2")
    kept = [line for line in said if len(line) == 2]
    assert kept == ["a1", "a2", "b1", "b2", "c1", "c2"]


def test_one_that_fails_stops_no_other_and_fails_all(tmp_path: Path) -> None:
    code, said = side_by_side(tmp_path, "exit 3", "echo done", "exit 0")
    assert code == 1
    assert "done" in said
    assert [line.partition(": ")[2].partition(" in ")[0] for line in said[-3:]] == ["FAILED", "passed", "passed"]


def outcomes(said: list[str]) -> list[str]:
    """How each command ended."""
    return [word for line in said for word in ("FAILED", "passed") if f": {word} in " in line and "follows" not in line]


def test_one_that_fails_has_a_second_try_by_itself_when_all_have_ended(tmp_path: Path) -> None:
    alone = "test $0 = again && test -e ended"
    code, said = side_by_side(tmp_path, alone, "sleep 0.2; touch ended", options=("--again", "again"))
    assert (code, outcomes(said)) == (0, ["FAILED", "passed", "passed"])


def test_one_that_fails_twice_fails_all(tmp_path: Path) -> None:
    code, said = side_by_side(tmp_path, "exit 3", "echo done", options=("--again", "again"))
    assert (code, outcomes(said)) == (1, ["FAILED", "passed", "FAILED"])


def test_ctrl_c_reaches_each_of_them_once_and_it_waits_for_their_end(tmp_path: Path) -> None:
    waits = "trap 'echo heard; exit 130' INT; echo ready > {}; while :; do sleep 0.05; done"
    for name in ("a", "b"):
        subprocess.run(["mkfifo", tmp_path / name], check=True)
    command = [sys.executable, SCRIPT, *(shell(waits.format(name)) for name in ("a", "b"))]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert [(tmp_path / name).read_text() for name in ("a", "b")] == ["ready\n", "ready\n"]
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert said.splitlines().count("heard") == 2
