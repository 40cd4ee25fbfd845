"""Several calls of one answer: side by side, no more than may be, each a step of its own with an end of its own."""

import asyncio
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.tools import ToolPolicy
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import INTERRUPTED
from tertulia.models.scripted import Call, Reply
from tertulia.tools.base import ToolContext, ToolResult
from tests.runtime.conftest import MakeWorld, until, within


class GateTool:
    """Waits at a gate of its own for each call, and counts how many wait at once."""

    toolgroup = "test::gate"
    policy = ToolPolicy()
    definition = ToolDef(name="gate", description="Wait to be let through.")

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.waiting: set[str] = set()
        self.most = 0
        self.cancelled: set[str] = set()

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        name = arguments["name"]
        self.waiting.add(name)
        self.most = max(self.most, len(self.waiting))
        try:
            await self.gates.setdefault(name, asyncio.Event()).wait()
        except asyncio.CancelledError:
            self.cancelled.add(name)
            raise
        finally:
            self.waiting.discard(name)
        if name == "broken":
            raise RuntimeError("it broke")
        return ToolResult(content=f"through {name}")

    def open(self, name: str) -> None:
        self.gates.setdefault(name, asyncio.Event()).set()

    async def until_waiting(self, *names: str) -> None:
        async def wait() -> bool:
            return self.waiting == set(names)

        await until(wait)


def asks(*names: str) -> Reply:
    return Reply(*(Call("gate", {"name": name}, call_id=name) for name in names))


def steps_of(turn: Turn) -> dict[str, ToolCallStep]:
    return {step.tool_call.call_id: step for step in turn.steps if isinstance(step, ToolCallStep)}


async def test_no_more_run_at_once_than_may_and_one_that_fails_stops_no_other(world: MakeWorld) -> None:
    tool = GateTool()
    w = await world(asks("a", "broken", "c", "d"), Reply("Done."), tools=[tool], max_parallel_tools=2)
    record = await w.start()
    async with within():
        await tool.until_waiting("a", "broken")
        tool.open("broken")
        await tool.until_waiting("a", "c")
        running = steps_of(await w.get(record.turn_id))
        assert {name: step.status for name, step in running.items()} == {
            "a": "running",
            "broken": "failed",
            "c": "running",
        }
        for name in ("d", "c", "a"):
            tool.open(name)
        turn = await w.turns.until_rest(record)
    steps = steps_of(turn)
    assert (turn.status, tool.most, len(steps)) == ("completed", 2, 4)
    assert {name: step.status for name, step in steps.items()} == {
        "a": "completed",
        "broken": "failed",
        "c": "completed",
        "d": "completed",
    }
    assert all(
        step.completed_at and step.started_at < step.completed_at and step.attempt == 1 for step in steps.values()
    )
    assert [each.removeprefix("tool: ") for each in w.asked()[-4:]] == [
        "through a",
        "The tool failed: RuntimeError: it broke",
        "through c",
        "through d",
    ]


async def test_a_cancel_reaches_all_that_run_and_the_model_is_told_of_each_call(world: MakeWorld) -> None:
    tool = GateTool()
    w = await world(asks("a", "b", "c", "d"), Reply("Never mind."), tools=[tool], max_parallel_tools=3)
    record = await w.start()
    async with within():
        await tool.until_waiting("a", "b", "c")
        tool.open("b")
        await tool.until_waiting("a", "c", "d")
        turn = await w.cancel(record.turn_id)
    steps = steps_of(turn)
    assert (turn.status, tool.cancelled) == ("cancelled", {"a", "c", "d"})
    assert {name: step.status for name, step in steps.items()} == {
        "a": "cancelled",
        "b": "completed",
        "c": "cancelled",
        "d": "cancelled",
    }
    assert all(step.completed_at for step in steps.values())
    await w.turn("And now?")
    results = [each for each in w.asked() if each.startswith("tool: ")]
    assert results == [f"tool: {INTERRUPTED}", "tool: through b", f"tool: {INTERRUPTED}", f"tool: {INTERRUPTED}"]
