"""The engine and the runtime in thousands of worlds in which everything goes wrong, and every invariant holds."""

import os
import re
import subprocess
import sys
from collections import Counter
from typing import get_args

import pytest

from tertulia.domain.events import StepRestarted, TurnAwaitingInput, TurnEvent
from tertulia.domain.turns import WaitReason
from tertulia.engine.open_step import IllegalEvent
from tests.simulation.ledger import Broken
from tests.simulation.nemesis import KINDS
from tests.simulation.planted import BUGS
from tests.simulation.world import Simulation, simulate

ENOUGH = 400
"""Worlds in which a planted bug must show."""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.slow
def test_every_invariant_holds_in_ten_thousand_worlds() -> None:
    done = run("--seeds", "10000")
    assert done.returncode == 0, done.stdout


def test_a_seed_that_fails_says_how_to_replay_it_and_fails_again() -> None:
    done = run("--seeds", "20", "--processes", "1", "--planted", "double-append")
    failed = re.search(r'Seed (\d+): Broken: (.*)\n  Replay it: make simulate ARGS="(.*)"', done.stdout)
    assert done.returncode == 1
    assert failed is not None, done.stdout
    again = run(*failed[3].split())
    assert again.returncode == 1
    assert failed[2][:100] in again.stdout


def test_a_world_is_the_same_in_every_process() -> None:
    def prints(hash_seed: str) -> str:
        code = "from tests.simulation.world import simulate\nfor seed in range(15): print(simulate(seed))"
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert prints("1") == prints("2") != ""


def test_worlds_get_to_what_they_are_about() -> None:
    reached: Counter[str] = Counter()
    for seed in range(150):
        simulation = Simulation(seed)
        simulation.run()
        reached.update(misfortune.split()[1] for misfortune in simulation.nemesis.deeds)
        for log in simulation.ledger.logs.values():
            reached.update(type(logged.event).__name__ for logged in log)
            reached.update(f"waits for {e.event.reason}" for e in log if isinstance(e.event, TurnAwaitingInput))
            reached["taken over twice"] += log[-1].id.epoch > 2
        for reading in simulation.people.readings:
            reached["restarts seen"] += any(isinstance(logged.event, StepRestarted) for logged in reading.seen)
            reached["deltas gone"] += simulation.ledger.dropped
    events = {event.__name__ for event in TurnEvent.__args__}
    waits = {f"waits for {reason}" for reason in get_args(WaitReason)}
    assert {*events, *waits, *KINDS, "taken over twice", "restarts seen", "deltas gone"} <= (+reached).keys()


@pytest.mark.parametrize(
    ("bug", "invariant"),
    [
        ("dropped-fence", "I4"),
        ("lost-step-restart", "I3"),
        ("double-append", "I[468]|event .* comes after"),
        ("bold-tool", "I5"),
        ("rash-approval", "I5"),
        ("forgotten-key", "I1"),
        ("believed-clock", "I4"),
    ],
)
def test_a_planted_bug_is_caught(bug: str, invariant: str) -> None:
    def search() -> None:
        for seed in range(ENOUGH):
            simulate(seed, BUGS[bug])

    # The engine that reads a log refuses one that says an event twice, if it comes to that before a ledger does.
    with pytest.raises((Broken, IllegalEvent), match=f"^({invariant})"):
        search()
