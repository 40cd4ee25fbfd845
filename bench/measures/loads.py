"""Loads of many readers: whole turns, long turns, and turns at the pace of a real model."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bench.ask import Ask
from bench.load import Load, Outcome, run_load
from bench.stage import Figure, Stage
from bench.statistics import percentile, scaled

MS, US = 1e3, 1e6
PACED = Ask(100, pause_ms=20)


async def turns(stage: Stage) -> AsyncIterator[Figure]:
    """Streamed turns of 50 tokens, read to their end."""
    for readers in stage.plan.readers:
        load = Load(Ask(50), readers, stage.plan.load_s)
        ours, direct = await against_direct(stage, load)
        for figure in whole_turns(f"turns.{readers}", at(readers), ours, direct):
            yield figure


async def plain(stage: Stage) -> AsyncIterator[Figure]:
    """Turns of 50 tokens that answer once, when they rest."""
    for readers in stage.plan.readers:
        load = Load(Ask(50), readers, stage.plan.load_s, stream=False)
        ours, direct = await against_direct(stage, load)
        for figure in whole_turns(f"plain.{readers}", at(readers), ours, direct):
            yield figure


async def tokens(stage: Stage) -> AsyncIterator[Figure]:
    """Streamed turns of 500 tokens that the model server says in one write."""
    for readers in stage.plan.readers:
        ours, direct = await against_direct(stage, Load(Ask(500), readers, stage.plan.load_s))
        for figure in relayed_tokens(f"tokens.{readers}", at(readers), ours, direct):
            yield figure


async def paced(stage: Stage) -> AsyncIterator[Figure]:
    """Turns of 100 tokens, one every 20 ms: each is a read of its own, so that nothing can be relayed in bulk.

    Once all readers go in step, so that all turns begin and end at the same moment, and once they are spread over the
    length of a turn, as readers are in life; a quick run leaves that out.
    """
    readers = max(stage.plan.readers)
    turn_s = PACED.words * PACED.pause_ms / MS
    in_step = Load(PACED, readers, turn_s * (stage.plan.paced_turns - 0.5))
    ours, direct = await against_direct(stage, in_step, direct_s=turn_s / 2)
    for figure in paced_turns(f"paced.{readers}", f"{at(readers)} in step", ours, direct):
        yield figure
    if stage.plan.paced_turns < 2:
        return
    ours = await run_load(stage.server, replace(in_step, begin_over_s=turn_s), stage.usage)
    for figure in paced_turns(f"paced.{readers}_spread", f"{at(readers)} spread", ours, direct):
        yield figure


async def against_direct(stage: Stage, load: Load, direct_s: float | None = None) -> tuple[Outcome, Outcome]:
    """The same load on the model server and on ours, one right after the other."""
    there = replace(load, seconds=direct_s or stage.plan.direct_s)
    direct = await run_load(stage.direct, there, stage.direct_usage)
    return await run_load(stage.server, load, stage.usage), direct


def whole_turns(key: str, label: str, ours: Outcome, direct: Outcome) -> list[Figure]:
    """What matters of short turns: how many, how long, what each costs."""
    rate, direct_rate = (outcome.per_second(len(outcome.turns)) for outcome in (ours, direct))
    return [
        Figure(f"{key}.per_s", f"turns{label}", "/s", rate, direct_rate),
        Figure(f"{key}.p50_ms", f"turn, p50{label}", "ms", ms(ours, 50), ms(direct, 50)),
        Figure(f"{key}.p99_ms", f"turn, p99{label}", "ms", ms(ours, 99), ms(direct, 99)),
        Figure(f"{key}.cpu_ms", f"server CPU per turn{label}", "ms", cpu_ms(ours), cpu_ms(direct)),
        failed(key, label, ours),
    ]


def relayed_tokens(key: str, label: str, ours: Outcome, direct: Outcome) -> list[Figure]:
    """What matters of long turns: how many tokens go through, and what each costs."""
    events = ours.per_second(ours.events)
    words, direct_words = (outcome.per_second(outcome.words) for outcome in (ours, direct))
    return [
        Figure(f"{key}.per_s", f"tokens{label}", "/s", words, direct_words),
        Figure(f"{key}.events_per_s", f"events, with tokens that came together in one{label}", "/s", events),
        Figure(f"{key}.p50_ms", f"turn, p50{label}", "ms", ms(ours, 50), ms(direct, 50)),
        Figure(f"{key}.cpu_us", f"server CPU per token{label}", "µs", cpu_us(ours), cpu_us(direct)),
        failed(key, label, ours),
    ]


def paced_turns(key: str, label: str, ours: Outcome, direct: Outcome) -> list[Figure]:
    """What matters of turns whose length the model decides: how much longer they take, and what a token costs."""
    return [
        Figure(f"{key}.p50_ms", f"turn, p50{label}", "ms", ms(ours, 50), ms(direct, 50)),
        Figure(f"{key}.p99_ms", f"turn, p99{label}", "ms", ms(ours, 99), ms(direct, 99)),
        Figure(f"{key}.cpu_us", f"server CPU per token{label}", "µs", cpu_us(ours), cpu_us(direct)),
        failed(key, label, ours),
    ]


def failed(key: str, label: str, ours: Outcome) -> Figure:
    """How many turns did not end as they should; the first of them says how."""
    note = f"of {len(ours.turns) + len(ours.failures):,}"
    if ours.failures:
        note += f": {ours.failures[0][:120]!r}".replace("|", "/")
    return Figure(f"{key}.failed", f"failed{label}", "turns", len(ours.failures), note=note)


def ms(outcome: Outcome, share: float) -> float | None:
    """A percentile of the turns, in milliseconds."""
    return scaled(percentile(outcome.turns, share), MS)


def cpu_ms(outcome: Outcome) -> float | None:
    """What a turn cost its server, in milliseconds."""
    return scaled(outcome.cpu_per(len(outcome.turns)), MS)


def cpu_us(outcome: Outcome) -> float | None:
    """What a token cost its server, in microseconds."""
    return scaled(outcome.cpu_per(outcome.words), US)


def at(readers: int) -> str:
    """The end of a label."""
    return f", {readers} reader" + ("s" if readers > 1 else "")
