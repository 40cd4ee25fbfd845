"""A turn that interrupts: it stops the one ahead and comes in its place."""

import asyncio

from tertulia.models.scripted import Reply
from tests.runtime.conftest import MakeWorld, say
from tests.runtime.crashes import crash, lost_tool, rest


async def test_an_interrupting_turn_stops_the_one_ahead_and_runs(world: MakeWorld) -> None:
    w = await world(Reply("Half", asyncio.Event()), Reply("Now this."))
    first = await w.start()
    await crash(w, first)
    second = await w.start(say("no, this", on_busy="interrupt"))
    assert (await rest(w, second)).output_message.content == "Now this."
    stopped = await w.get(first.turn_id)
    assert (stopped.status, stopped.output_message.content) == ("cancelled", "Half")


async def test_an_interrupting_turn_does_not_wait_for_one_that_awaits_input(world: MakeWorld) -> None:
    after, lost, _ = await lost_tool(world, Reply("Now this."))
    await rest(after, lost)
    second = await after.start(say("never mind", on_busy="interrupt"))
    assert (await rest(after, second)).output_message.content == "Now this."
    assert (await after.get(lost.turn_id)).status == "cancelled"
