"""Runs worlds: `python -m tests.simulation --seeds 10000`, or one of them with all it says: `… --seed 4711`."""

import argparse
import gc
import os
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context

from tests.simulation.world import Simulation, simulate

CHUNK = 200
"""Seeds that a process takes on at a time."""
SWEEP_EVERY = 20
"""Worlds are full of circles: after so many, their rubbish is collected."""
MOST_SHOWN = 10


def run_chunk(seeds: range) -> list[tuple[int, str]]:
    """Run some worlds in this process; return the seeds that failed, and why."""
    gc.collect()
    gc.freeze()
    gc.disable()
    failures: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            simulate(seed)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a finding
            failures.append((seed, f"{type(error).__name__}: {error}"))
        if seed % SWEEP_EVERY == 0:
            gc.collect()
    return failures


def run(first: int, count: int, processes: int) -> Iterator[tuple[int, str]]:
    """Run many worlds side by side."""
    chunks = [range(at, min(at + CHUNK, first + count)) for at in range(first, first + count, CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from chain.from_iterable(pool.map(run_chunk, chunks))


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
