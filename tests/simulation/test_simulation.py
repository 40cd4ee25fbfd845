"""The engine and the runtime in thousands of worlds in which everything goes wrong, and every invariant holds."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tertulia.domain.events import StepRestarted, TurnAwaitingInput, TurnEvent
from tests.simulation.ledger import Broken
from tests.simulation.nemesis import KINDS
from tests.simulation.planted import BoldTool, ForgetfulStore, SilentSteps, StutteringStore, UnfencedStore
from tests.simulation.world import Roles, Simulation, simulate

ENOUGH = 400
"""Worlds in which a planted bug must show."""


@pytest.mark.slow
def test_every_invariant_holds_in_ten_thousand_worlds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", "10000"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


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
    waits = {"waits for client_tools", "waits for unknown_outcome"}
    assert {*events, *waits, *KINDS, "taken over twice", "restarts seen", "deltas gone"} <= (+reached).keys()


@pytest.mark.parametrize(
    ("roles", "invariant"),
    [
        pytest.param(Roles(store=UnfencedStore), "I4", id="a dropped fence"),
        pytest.param(Roles(steps=SilentSteps), "I3", id="a lost step_restart"),
        pytest.param(Roles(store=StutteringStore), "I[468]", id="a double append"),
        pytest.param(Roles(tool=BoldTool), "I5", id="a tool that runs again unasked"),
        pytest.param(Roles(store=ForgetfulStore), "I1", id="a forgotten key"),
    ],
)
def test_a_planted_bug_is_caught(roles: Roles, invariant: str) -> None:
    def search() -> None:
        for seed in range(ENOUGH):
            simulate(seed, roles)

    with pytest.raises(Broken, match=f"^{invariant}"):
        search()
