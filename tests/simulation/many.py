"""Many worlds side by side, each process taking on some of them at a time."""

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, repeat
from multiprocessing import get_context

from tests.simulation.world import Roles, simulate

CHUNK = 200
"""Seeds that a process takes on at a time."""
SWEEP_EVERY = 20
"""Worlds are full of circles: after so many, their rubbish is collected."""


def run_chunk(seeds: range, roles: Roles) -> list[tuple[int, str]]:
    """Run some worlds in this process; return the seeds that failed, and why."""
    gc.collect()
    gc.freeze()
    gc.disable()
    failures: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            simulate(seed, roles)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a finding
            failures.append((seed, f"{type(error).__name__}: {error}"))
        if seed % SWEEP_EVERY == 0:
            gc.collect()
    return failures


def run(first: int, count: int, processes: int, roles: Roles) -> Iterator[tuple[int, str]]:
    """Run many worlds side by side; yield the seeds that failed, and why."""
    chunks = [range(at, min(at + CHUNK, first + count)) for at in range(first, first + count, CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from chain.from_iterable(pool.map(run_chunk, chunks, repeat(roles)))
