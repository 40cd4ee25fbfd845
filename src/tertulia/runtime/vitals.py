"""How this node does: what it is at right now, and what it has counted since it began.

Counters are plain numbers that are added to where things happen; whoever wants to know reads them. Nothing here says
of whom anything is.
"""

from tertulia.domain.base import Value
from tertulia.domain.events import StepCompleted, TurnEvent
from tertulia.domain.steps import InferenceStep
from tertulia.domain.turns import AT_REST, TurnStatus


class Tally:
    """What was counted."""

    def __init__(self) -> None:
        self.accepted = 0
        self.taken_over = 0
        """Turns that another node, or an earlier process, had left."""
        self.rested: dict[TurnStatus, int] = dict.fromkeys(sorted(AT_REST), 0)
        """How often turns came to rest, once that was stored; one that was answered rests again."""
        self.input_tokens = 0
        self.output_tokens = 0
        self.storage_retries = 0
        self.leases_lost = 0

    def note(self, event: TurnEvent) -> None:
        """Count what a model has read and said, if that is what happened."""
        if isinstance(event, StepCompleted) and isinstance(step := event.step_details, InferenceStep) and step.usage:
            self.input_tokens += step.usage.input_tokens
            self.output_tokens += step.usage.output_tokens


class Vitals(Value):
    """What a node is at. `waiting` turns want one of its places; those of `unstored` are not in the store wholly."""

    running: int
    waiting: int
    free_places: int
    unstored: int
    is_draining: bool
    tally: Tally
