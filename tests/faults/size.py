"""How much of a fault test is run: a part in `make test`, all of it in `make faults`; and with which chances.

Every test draws its chances from `chances(name)`. The seed is printed with a test that fails; TERTULIA_FAULTS_SEED=…
gives the same chances again.
"""

import os
import random

IS_FULL = os.environ.get("TERTULIA_FAULTS") == "full"
SEED = int(os.environ.get("TERTULIA_FAULTS_SEED") or random.SystemRandom().randrange(10**9))
PATIENCE_S = 120.0
"""How long a test waits for what takes a moment. It ends a test that hangs, and no other, on the busiest machine."""


def either(part: int, full: int) -> int:
    """How often: `part` in every run of the tests, `full` in `make faults`."""
    return full if IS_FULL else part


def chances(name: str) -> random.Random:
    """The chances of one test, or of one party in it, from the seed of this run."""
    return random.Random(f"{SEED} {name}")


def figure(text: str) -> None:
    """Say what was measured: `make faults` shows it, docs/reference/reliability.md has it."""
    print(text)  # noqa: T201 - for people who read the output of a test
