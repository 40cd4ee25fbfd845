"""The performer of shields: each look is a step of its turn, with a start and an end in the log."""

from tertulia.domain.errors import ModelError, NotFound
from tertulia.domain.events import StepCompleted, StepStarted
from tertulia.domain.steps import OtherStep, Problem, Violation
from tertulia.engine.turn import OpenStep, RunShield, last_message
from tertulia.runtime.clock import Clock, NewId
from tertulia.runtime.feed import Feed
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.renderings import Renderings
from tertulia.runtime.shields import Said, Shields


class ShieldSteps:
    """Lets shields look, and logs what they find."""

    def __init__(self, feed: Feed, shields: Shields, renderings: Renderings, *, clock: Clock, new_id: NewId) -> None:
        self._feed = feed
        self._shields = shields
        self._renderings = renderings
        self._clock = clock
        self._new_id = new_id

    async def perform(self, live: LiveTurn, action: RunShield, begun: OpenStep | None, *, owner: str) -> None:
        """Let one shield of an owner's look, anew if its step has begun before.

        Raises ModelError, NotFound, LeaseLost.
        """
        started = self._begin(live, action) if begun is None else begun.started
        try:
            violation = await self._shields.judge(owner, action.shield_id, await self._said(live, action))
        except (ModelError, NotFound) as error:
            self._complete(live, started, error=Problem(code=error.code, message=error.message))
            raise
        self._complete(live, started, violation)

    async def _said(self, live: LiveTurn, action: RunShield) -> Said:
        user = await self._renderings.words_of(live.record.owner, live.state.head.input_messages)
        last = last_message(live.state)
        if action.touchpoint == "user-input" or last is None:
            return Said(user=user)
        return Said(user=user, answer=last.content)

    def _begin(self, live: LiveTurn, action: RunShield) -> StepStarted:
        started = StepStarted(
            step_id=self._new_id(),
            step_type="other",
            kind="shield_call",
            at=self._clock(),
            metadata={"shield_id": action.shield_id, "touchpoint": action.touchpoint},
        )
        self._feed.append(live, started)
        return started

    def _complete(
        self, live: LiveTurn, started: StepStarted, violation: Violation | None = None, *, error: Problem | None = None
    ) -> None:
        step = live.state.steps[started.step_id]
        at = self._clock()
        details = OtherStep(
            turn_id=live.turn_id,
            step_id=started.step_id,
            started_at=started.at,
            completed_at=at,
            status="completed" if error is None else "failed",
            attempt=step.attempt,
            error=error,
            metadata=started.metadata,
            kind="shield_call",
            violation=violation,
        )
        self._feed.append(live, StepCompleted(step_id=started.step_id, step_type="other", step_details=details, at=at))
