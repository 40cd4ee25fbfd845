"""Very many paced streams at once: what each token costs, and how much later it comes than it was said.

What is counted is what comes while all of them read. Before that turns begin, each of which costs as much as a hundred
tokens: how late tokens are meanwhile is a figure of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.ask import Ask
from bench.stage import Figure, Stage
from bench.statistics import percentile, ratio, scaled
from bench.stream import TOKEN, Stream, follow
from bench.targets import Target, TargetError
from bench.usage import Usage

PAUSE_MS = 20
RAMP_S = 2.0
"""All readers have asked after this."""
PREPARE_S = 10.0


@dataclass(frozen=True)
class Relayed:
    """What came of it: how many tokens came while all read, what they cost, and how late they were, as those before."""

    streams: int
    failed: int
    delays: list[float]
    early_delays: list[float]
    tokens: int
    seconds: float
    cpu: float | None


async def streams(stage: Stage) -> AsyncIterator[Figure]:
    """Read the model server itself, then ours, both at 50 tokens a second in each stream."""
    ask = Ask(round(stage.plan.stream_s * 1000 / PAUSE_MS), pause_ms=PAUSE_MS)
    direct = await relay(stage.direct, ask, stage.plan.streams, stage.direct_usage)
    ours = await relay(stage.server, ask, stage.plan.streams, stage.usage)
    of = f", {ours.streams:,} streams"
    rate, direct_rate = (one.tokens / one.seconds for one in (ours, direct))
    cost, direct_cost = (scaled(ratio(one.cpu, one.tokens), 1e6) for one in (ours, direct))
    yield Figure("streams.per_s", f"tokens{of}", "/s", rate, direct_rate)
    yield Figure("streams.cpu_us", f"server CPU per token{of}", "µs", cost, direct_cost)
    for share in (50, 99):
        late, direct_late = (scaled(percentile(one.delays, share), 1e3) for one in (ours, direct))
        yield Figure(f"streams.p{share}_ms", f"delay of a token, p{share}{of}", "ms", late, direct_late)
    late, direct_late = (scaled(percentile(one.early_delays, 99), 1e3) for one in (ours, direct))
    yield Figure("streams.early_p99_ms", f"the same while they begin, p99{of}", "ms", late, direct_late)
    yield Figure("streams.failed", f"failed{of}", "turns", ours.failed, note=f"of {ours.streams:,}")


async def relay(target: Target, ask: Ask, count: int, usage: Usage | None) -> Relayed:
    """Begin all streams one after the other, count while all of them read, and read each to its end."""
    places = (await target.prepare(count, within=PREPARE_S))[:count]
    began = perf_counter()
    readers: list[Stream] = []
    for number, place in enumerate(places):
        await asyncio.sleep(began + RAMP_S * number / len(places) - perf_counter())
        readers.append(await follow(target.url, target.request(place, ask.text, stream=True), TOKEN))
    for reader in readers:
        await reader.until(lambda _: True)
    cpu_before, all_read = usage.cpu_seconds() if usage else None, perf_counter()
    left = began + ask.words * ask.pause_ms / 1e3 - all_read
    if left <= 0:
        raise TargetError(f"the first of {count} streams had ended before the last one began")
    await asyncio.sleep(left)
    cpu_after, first_ends = usage.cpu_seconds() if usage else None, perf_counter()
    await asyncio.gather(*(reader.until_end() for reader in readers))
    for reader in readers:
        reader.close()
    late = [each for reader in readers for each in delays_of(reader, ask)]
    return Relayed(
        streams=len(readers),
        failed=sum(len(reader.times) != ask.words or not reader.is_whole for reader in readers),
        delays=[delay for came, delay in late if all_read <= came < first_ends],
        early_delays=[delay for came, delay in late if came < all_read],
        tokens=sum(all_read <= came < first_ends for came, _ in late),
        seconds=first_ends - all_read,
        cpu=None if cpu_before is None or cpu_after is None else cpu_after - cpu_before,
    )


def delays_of(reader: Stream, ask: Ask) -> Iterator[tuple[float, float]]:
    """When each token came, and how late by the timetable of its stream, which its promptest token sets."""
    offsets = [came - int(number) * ask.pause_ms / 1e3 for number, came in reader.times.items()]
    yield from zip(reader.times.values(), lateness(offsets), strict=True)


def lateness(offsets: Sequence[float]) -> list[float]:
    """Each offset from a timetable, less the least of them."""
    least = min(offsets, default=0.0)
    return [offset - least for offset in offsets]
