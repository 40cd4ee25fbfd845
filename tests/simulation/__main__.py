"""Runs worlds: `python -m tests.simulation --seeds 10000`, or one of them with all it says: `… --seed 4711`."""

import argparse
import os
import sys
import time
import traceback

from tests.simulation.many import run
from tests.simulation.planted import BUGS
from tests.simulation.world import Roles, Simulation

MOST_SHOWN = 10


def show(seed: int, roles: Roles) -> int:
    """Run one world, tell its story, and how it failed."""
    simulation = Simulation(seed, roles, tells=True)
    try:
        print(f"It lived through it: {simulation.run()}")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a finding
        traceback.print_exception(error, file=sys.stdout)
        return 1
    finally:
        print(f"Its lot: {simulation.lot}")
        print(f"Misfortunes (seconds, kind, node): {simulation.nemesis.deeds}")
    return 0


def main() -> int:
    """Do what the arguments say; 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="run this one, and tell its story")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--planted", choices=BUGS, help="with this bug, to see that it is found")
    arguments = parser.parse_args()
    roles = BUGS.get(arguments.planted, Roles())
    if arguments.seed is not None:
        return show(arguments.seed, roles)
    planted = f" --planted {arguments.planted}" if arguments.planted else ""
    begun, failures = time.monotonic(), 0
    for seed, reason in run(arguments.first, arguments.seeds, arguments.processes, roles):
        failures += 1
        if failures <= MOST_SHOWN:
            replay = f'make simulate ARGS="--seed {seed}{planted}"'
            print(f"Seed {seed}: {reason[:500]}\n  Replay it: {replay}", flush=True)
    print(f"{arguments.seeds} worlds, {failures} failed, {time.monotonic() - begun:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
