"""The engine and the runtime in thousands of worlds in which everything goes wrong, and every invariant holds."""

import os
import subprocess
import sys

import pytest

from tests.simulation.ledger import Broken
from tests.simulation.planted import BoldTool, ForgetfulStore, SilentSteps, StutteringStore, UnfencedStore
from tests.simulation.world import Roles, simulate

SEEDS = int(os.environ.get("TERTULIA_TEST_SEEDS", "10000"))
ENOUGH = 400
"""Worlds in which a planted bug must show."""


@pytest.mark.slow
def test_every_invariant_holds_in_ten_thousand_worlds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", str(SEEDS)], check=False, capture_output=True, text=True
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
