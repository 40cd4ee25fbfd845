"""A session that grows long: what its thousandth turn costs, and what it costs to open it."""

import json
from collections.abc import AsyncIterator
from time import perf_counter

from bench.ask import Ask, answer_words
from bench.connection import Connection
from bench.stage import Figure, Stage
from bench.statistics import median, scaled
from bench.targets import AgentsApi, ModelServer, TargetError

TEXT = "please tell me more about this subject, in some detail, if you would be so kind " * 3 + Ask(10).text
SAMPLES = 30


async def growth(stage: Stage) -> AsyncIterator[Figure]:
    """Grow one session turn by turn, then time its next turns and the first turns of others, one after the other."""
    connection = Connection(stage.server.url)
    fresh = await stage.server.prepare(SAMPLES + 1, within=3.0)
    session = fresh[-1]
    reached = await grow(stage, connection, session)
    took = [await time_turn(stage.server, connection, place) for new in fresh[:-1] for place in (new, session)]
    first, late = scaled(median(took[::2]), 1e3), scaled(median(took[1::2]), 1e3)
    direct_first, direct_late = await time_direct(stage.direct, 0), await time_direct(stage.direct, reached)
    yield Figure("growth.first_ms", "turn number 1", "ms", first, direct_first)
    yield Figure("growth.late_ms", f"turn number {reached:,}", "ms", late, direct_late)
    slower = None if first is None or late is None else late / first
    direct_slower = None if direct_first is None or direct_late is None else direct_late / direct_first
    yield Figure("growth.slower", f"turn number {reached:,} against number 1", "×", slower, direct_slower)
    async for figure in opening(stage, connection, session.removesuffix("/turn"), reached + SAMPLES):
        yield figure
    connection.close()


async def opening(stage: Stage, connection: Connection, session: str, turns: int) -> AsyncIterator[Figure]:
    """Open the session as the page does, with its newest turns, and as the guide does, with all of them."""
    for key, query, label in (("last", "last:30", f"open it, last 30 of {turns:,}"), ("all", "all", "open it, all")):
        asked = stage.server.get(f"{session}?turns={query}")
        answer = await connection.exchange(asked)
        found = json.loads(answer.body)["turns"]
        took = [(await connection.exchange(asked)).seconds for _ in range(stage.plan.reads)]
        note = f"{len(found):,} turns, {len(answer.body) / 1024:,.0f} KB"
        yield Figure(f"growth.open_{key}_ms", label, "ms", scaled(median(took), 1e3), note=note)


async def grow(stage: Stage, connection: Connection, session: str) -> int:
    """Add turns until the session is long or the time is up; return how many it has."""
    asked = stage.server.request(session, TEXT, stream=True)
    stop = perf_counter() + stage.plan.grow_s
    for number in range(1, stage.plan.long_session):
        await exchange_whole(stage.server, connection, asked)
        if perf_counter() > stop:
            return number + 1
    return stage.plan.long_session


async def time_turn(server: AgentsApi, connection: Connection, place: str) -> float:
    """Seconds that one turn takes."""
    return await exchange_whole(server, connection, server.request(place, TEXT, stream=True))


async def time_direct(model: ModelServer, past_turns: int) -> float | None:
    """The median of asking the model server itself with a history of so many turns, in milliseconds."""
    said = "".join(answer_words(10))
    past = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": said}] * past_turns
    place = (await model.prepare(1, within=1.0))[0]
    asked = model.request_with(place, [*past, {"role": "user", "content": TEXT}], stream=True)
    connection = Connection(model.url)
    took = [(await connection.exchange(asked)).seconds for _ in range(SAMPLES)]
    connection.close()
    return scaled(median(took), 1e3)


async def exchange_whole(server: AgentsApi, connection: Connection, asked: bytes) -> float:
    """One turn to its end; a session that lost a turn is no measure of anything."""
    answer = await connection.exchange(asked)
    if not server.read(answer, stream=True).is_whole:
        raise TargetError(f"a turn failed: {answer.status} {answer.body[-300:].decode(errors='replace')}")
    return answer.seconds
