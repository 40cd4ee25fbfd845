"""A closed loop: so many readers, each asking for the next turn as soon as it has read the last one to its end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from time import perf_counter

from bench.ask import Ask
from bench.connection import Answer, Connection
from bench.targets import Reading, Target
from bench.usage import Usage

PLACES = 256
"""Sessions that a load is spread over, so that no history grows long."""
PREPARE_S = 3.0
MOST_FAILURES = 50
"""After so many a load is given up: the figure to report is then the failure."""


@dataclass(frozen=True)
class Load:
    """What to ask for, how often side by side, and for how long; the readers begin all at once or over some seconds."""

    ask: Ask
    readers: int
    seconds: float
    stream: bool = True
    begin_over_s: float = 0.0


@dataclass
class Outcome:
    """What came of a load. Seconds throughout; `cpu` is what the loaded process spent, if that is known."""

    turns: list[float] = field(default_factory=list[float])
    failures: list[str] = field(default_factory=list[str])
    words: int = 0
    events: int = 0
    seconds: float = 0.0
    cpu: float | None = None

    def add(self, answer: Answer, reading: Reading) -> None:
        """Count a whole answer."""
        self.turns.append(answer.seconds)
        self.words += reading.words
        self.events += reading.events

    def per_second(self, count: float) -> float:
        return count / self.seconds if self.seconds else 0.0

    def cpu_per(self, count: float) -> float | None:
        return None if self.cpu is None or not count else self.cpu / count


async def run_load(target: Target, load: Load, process: Usage | None = None) -> Outcome:
    """Load a target: a one-word turn for each reader to warm up, then as many turns as go into the time."""
    places = await target.prepare(max(PLACES, load.readers), within=PREPARE_S)
    shares = [places[number :: load.readers] for number in range(min(load.readers, len(places)))]
    readers = [Reader(target, share) for share in shares]
    try:
        await _read_all(readers, replace(load, ask=Ask(1), seconds=0, begin_over_s=0))
        cpu_before = process.cpu_seconds() if process else None
        outcome = await _read_all(readers, load)
        cpu_after = process.cpu_seconds() if process else None
        outcome.cpu = None if cpu_before is None or cpu_after is None else cpu_after - cpu_before
        return outcome
    finally:
        for reader in readers:
            reader.connection.close()


class Reader:
    """Asks for turns in its own places, round and round."""

    def __init__(self, target: Target, places: Sequence[str]) -> None:
        self.connection = Connection(target.url)
        self._target = target
        self._places = places

    async def read(self, load: Load, begin_after: float, outcome: Outcome) -> None:
        """One turn at least, then more until the time is up."""
        await asyncio.sleep(begin_after)
        began = perf_counter()
        for asked in cycle([self._target.request(place, load.ask.text, stream=load.stream) for place in self._places]):
            await self._read_one(load, asked, outcome)
            if perf_counter() - began >= load.seconds or len(outcome.failures) >= MOST_FAILURES:
                return

    async def _read_one(self, load: Load, asked: bytes, outcome: Outcome) -> None:
        try:
            answer = await self.connection.exchange(asked, self._target.mark if load.stream else b"")
        except OSError as problem:  # a timeout is one too
            outcome.failures.append(repr(problem))
            return
        reading = self._target.read(answer, stream=load.stream)
        if reading.is_whole and reading.words == load.ask.words:
            outcome.add(answer, reading)
        else:
            ending = answer.body[-300:].decode(errors="replace")
            outcome.failures.append(f"{answer.status} with {reading.words} of {load.ask.words} words: {ending}")


async def _read_all(readers: Sequence[Reader], load: Load) -> Outcome:
    outcome = Outcome()
    began = perf_counter()
    pause = load.begin_over_s / len(readers)
    await asyncio.gather(*(reader.read(load, number * pause, outcome) for number, reader in enumerate(readers)))
    outcome.seconds = perf_counter() - began
    return outcome
