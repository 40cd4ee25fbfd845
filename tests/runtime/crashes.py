"""Nodes that are lost in the middle of a turn: at which moment, and what they leave to the next one."""

import copy
from collections.abc import Callable

from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, StepRestarted, StepStarted
from tertulia.domain.steps import StepType
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World, until, within
from tests.runtime.tools import StuckTool


async def log_of(world: World, turn_id: str, after: EventId | None = None) -> list[LoggedEvent]:
    return [each async for batch in world.turns.follow(OWNER, turn_id, after) for each in batch]


Moment = Callable[[list[LoggedEvent]], bool]


def half_said(log: list[LoggedEvent]) -> bool:
    return isinstance(log[-1].event, StepProgressed)


def begun(kind: StepType, count: int = 1) -> Moment:
    """The moment in which so many steps of a kind have begun."""
    return lambda log: sum(isinstance(e.event, StepStarted) and e.event.step_type == kind for e in log) >= count


def restarted(count: int) -> Moment:
    """The moment in which steps have begun anew so often, and one has said something since."""
    return lambda log: half_said(log) and sum(isinstance(e.event, StepRestarted) for e in log) >= count


async def crash(world: World, record: TurnRecord, moment: Moment = half_said) -> MemoryStore:
    """Return what the store holds at a moment of a turn: what a crash right then leaves behind."""
    assert isinstance(world.store, MemoryStore)

    async def has_come() -> bool:
        return moment(await world.store.read_events(OWNER, record.turn_id))

    await until(has_come)
    return copy.deepcopy(world.store)


def move_in(after: World, before: World) -> None:
    after.agent_id, after.session_id = before.agent_id, before.session_id


async def rest(world: World, record: TurnRecord) -> Turn:
    async with within():
        return await world.turns.until_rest(record)


async def lost_tool(world: MakeWorld, *replies: Reply) -> tuple[World, TurnRecord, StuckTool]:
    """A turn whose server was lost while a tool ran that must not run twice."""
    before = await world(Reply(Call("stuck", call_id="c1")), tools=[StuckTool()])
    running = await before.start()
    left = await crash(before, running, begun("tool_call"))
    tool = StuckTool()
    after = await world(*replies, store=left, tools=[tool])
    move_in(after, before)
    return after, running, tool
