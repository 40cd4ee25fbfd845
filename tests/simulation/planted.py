"""Bugs, planted to see that the simulation finds them: each is one that somebody might write."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from tertulia.domain.events import StepProgressed
from tertulia.domain.tools import ToolPolicy
from tertulia.engine.turn import Action, AwaitInput, OpenStep, RunTools
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.steps import Steps, TurnPlan
from tertulia.store.log import Append, Appended
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import Accepted, NewTurn
from tests.simulation.partners import Doer
from tests.simulation.world import Roles


class UnfencedStore(MemoryStore):
    """Takes what a node writes that has lost its turn."""

    async def append(self, appends: Sequence[Append]) -> Appended:
        stale = [each for each in appends if self._is_stale(each)]
        for each in stale:
            self._turns[each.turn_id].log += [(event.id, msgspec.json.encode(event)) for event in each.events]
        return await super().append([each for each in appends if each not in stale])

    def _is_stale(self, append: Append) -> bool:
        turn = self._turns.get(append.turn_id)
        return turn is not None and not turn.has_ended and turn.record.epoch != append.epoch


class SilentSteps(Steps):
    """Begins a lost answer anew and tells nobody: `step_restart` is lost."""

    def _begun(self, live: LiveTurn, step: OpenStep) -> OpenStep:
        return step if step.started.step_type == "inference" else super()._begun(live, step)


class StutteringStore(MemoryStore):
    """Writes some pieces of answers twice, as a driver does that sends a statement again when its answer is late."""

    async def append(self, appends: Sequence[Append]) -> Appended:
        appended = await super().append(appends)
        for each in appends:
            if each.turn_id not in appended.lost and isinstance(each.events[-1].event, StepProgressed):
                log = self._turns[each.turn_id].log
                log.append(log[-1])
        return appended


class BoldTool(Doer):
    """Says that it may be run again, which is not so."""

    @property
    def policy(self) -> ToolPolicy:
        return replace(super().policy, is_idempotent=True)


class RashSteps(Steps):
    """Asks nobody: what waits for an approval runs at once."""

    async def perform(self, live: LiveTurn, action: Action, plan: TurnPlan) -> None:
        if isinstance(action, AwaitInput) and action.to_ask:
            action = RunTools(calls=action.to_ask)
        await super().perform(live, action, plan)


class ForgetfulStore(MemoryStore):
    """Forgets which keys it has seen: the same request makes another turn."""

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        return await super().accept_turn(owner, replace(new, idempotency_key=None), node=node)


class CredulousStore(MemoryStore):
    """Lets a turn that waited begin at whatever time a node says that it is."""

    async def claim_next(self, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
        claimed = await super().claim_next(owner, session_id, at=at, node=node)
        if claimed is None:
            return None
        [logged] = claimed.events
        started = replace(logged, event=replace(logged.event, at=at))
        self._turns[claimed.record.turn_id].log[-1] = (started.id, msgspec.json.encode(started))
        return replace(claimed, events=[started])


BUGS = {
    "dropped-fence": Roles(store=UnfencedStore),
    "lost-step-restart": Roles(steps=SilentSteps),
    "double-append": Roles(store=StutteringStore),
    "bold-tool": Roles(tool=BoldTool),
    "rash-approval": Roles(steps=RashSteps),
    "forgotten-key": Roles(store=ForgetfulStore),
    "believed-clock": Roles(store=CredulousStore),
}
