"""How often turns are written, on virtual time: what nobody waits for goes with what somebody does, and soon anyway."""

import asyncio
from collections.abc import Sequence

import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.messages import UserMessage
from tertulia.models.scripted import Call, Reply, Script, ScriptedModel
from tertulia.runtime import feed
from tertulia.runtime.feed import LONGEST, SOON
from tertulia.runtime.turns import TurnRequest
from tertulia.settings.values import Settings
from tertulia.store.log import Append, Appended
from tertulia.store.memory.store import MemoryStore
from tertulia.testing import services
from tests.runtime.tools import EchoTool
from tests.simulation.loop import VirtualLoop

OWNER = "ana"
FLUSH_MS = 50
CALL = Call("echo", {"text": "hello"})


class WatchedStore(MemoryStore):
    """Remembers what was written when."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self.writes: list[list[str]] = []
        self.times: list[float] = []

    async def append(self, appends: Sequence[Append]) -> Appended:
        self.writes += [[str(logged.event.__struct_config__.tag) for logged in each.events] for each in appends]
        self.times += [self._loop.time()] * len(appends)
        return await super().append(appends)


def written(*replies: Reply, opens: dict[asyncio.Event, float] | None = None, turns: int = 1) -> WatchedStore:
    """Run a turn, or some side by side, whose gates open at their times; return the store that it was written to."""
    loop = VirtualLoop()
    store = WatchedStore(loop)
    for gate, at in (opens or {}).items():
        loop.call_at(at, gate.set)

    async def run() -> None:
        wired = services(
            ScriptedModel(Script(*replies)),
            settings=Settings(flush_interval_ms=FLUSH_MS),
            store=store,
            tools=[EchoTool()],
        )
        await wired.start()
        config = AgentConfig(model="scripted/script", instructions="Be brief.", toolgroups=["test::echo"])
        agent = await wired.agents.create(OWNER, config)

        async def turn() -> None:
            session = await wired.sessions.create(OWNER, agent.agent_id)
            request = TurnRequest(messages=[UserMessage(content="Hello")])
            record = await wired.turns.start(OWNER, agent.agent_id, session.session_id, request)
            assert (await wired.turns.until_rest(record)).status == "completed"

        await asyncio.gather(*(turn() for _ in range(turns)))
        await wired.stop()

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
    return store


def test_a_turn_of_five_steps_is_written_before_each_call_and_at_its_end() -> None:
    store = written(Reply(CALL), Reply(CALL), Reply("Done."))
    assert [events[-1] for events in store.writes] == ["step_start", "step_start", "turn_complete"]
    assert [events.count("step_complete") for events in store.writes] == [1, 2, 2]


def test_that_a_step_has_begun_or_ended_is_written_soon_while_a_model_thinks() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    store = written(Reply(first, CALL), Reply(second, "Done."), opens={first: 1.0, second: 2.0})
    assert store.writes[0] == ["step_start"]
    assert store.writes[1][-2:] == ["step_complete", "step_start"]  # before the call
    assert store.writes[2] == ["step_complete", "step_start"]  # after it
    assert store.writes[3][-1] == "turn_complete"
    assert store.times == pytest.approx([SOON, 1.0, 1.0 + SOON, 2.0])


def test_the_first_word_of_an_answer_waits_for_nothing_but_the_write_of_its_begin() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    store = written(Reply(first, "One. ", second, "Two."), opens={first: SOON / 5, second: 1.0})
    assert store.writes == [["step_start", "step_progress"], ["step_progress", "step_complete", "turn_complete"]]
    assert store.times == pytest.approx([SOON / 5, 1.0])


@pytest.mark.parametrize(("turns", "longer"), [(1, 1), (2, 1), (6, 3), (20, LONGEST)])
def test_pieces_of_very_many_answers_are_gathered_for_longer(
    turns: int, longer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "TURNS_AT_ONCE", 2)
    begun, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()
    replies = [Reply("One. ", begun, second, "Two. ", third, "Three.") for _ in range(turns)]
    store = written(*replies, opens={begun: 0.5, second: 1.0, third: 2.0}, turns=turns)
    pieces = [at for at, events in zip(store.times, store.writes, strict=True) if events == ["step_progress"]]
    assert pieces == pytest.approx([1.0 + longer * FLUSH_MS / 1000] * turns)
