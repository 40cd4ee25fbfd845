"""Runs worlds: `python -m tests.simulation --seeds 10000`, or one of them with all it says: `… --seed 4711`."""

import argparse
import os
import sys
import time
import traceback

from tests.simulation.many import run
from tests.simulation.world import Simulation

MOST_SHOWN = 10


def show(seed: int) -> int:
    """Run one world, tell its story, and how it failed."""
    simulation = Simulation(seed, tells=True)
    try:
        print(f"It lived through it: {simulation.run()}")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a finding
        traceback.print_exception(error)
        return 1
    finally:
        print(f"Misfortunes (seconds, kind, node): {simulation.nemesis.deeds}")
    return 0


def main() -> int:
    """Do what the arguments say; 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="run this one, and tell its story")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    if arguments.seed is not None:
        return show(arguments.seed)
    begun = time.monotonic()
    failures = 0
    for seed, reason in run(arguments.first, arguments.seeds, arguments.processes):
        failures += 1
        if failures <= MOST_SHOWN:
            print(f'Seed {seed}: {reason[:500]}\n  Replay it: make simulate ARGS="--seed {seed}"', flush=True)
    print(f"{arguments.seeds} worlds, {failures} failed, {time.monotonic() - begun:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
