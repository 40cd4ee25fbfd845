"""What happened to the shared store, written down independently of it: every claim and every event, in their order.

The store may drop deltas, and a store with a bug may take what it should refuse; the ledger forgets nothing.
"""

from collections import defaultdict
from typing import Any

from tertulia.domain.events import (
    LoggedEvent,
    StepCompleted,
    StepDecided,
    StepProgressed,
    StepRestarted,
    StepStarted,
    TurnCancelled,
    TurnCompleted,
    TurnFailed,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import text_of
from tertulia.store.log import Append, Appended
from tertulia.store.turns import Accepted


class Broken(Exception):
    """An invariant does not hold; the message says which and where."""


class Ledger:
    """One for each world, told by every link after each operation that took effect."""

    def __init__(self, broken: list[BaseException]) -> None:
        self._broken = broken
        self.logs: defaultdict[str, list[LoggedEvent]] = defaultdict(list)
        self.epochs: dict[str, int] = {}
        """The newest epoch of each turn: whoever holds another may not write."""
        self.sessions: dict[str, str] = {}
        self.running: dict[str, str] = {}
        """The turn of each session that has begun and not ended."""
        self.begun: defaultdict[str, int] = defaultdict(int)
        """How often each step was begun, with all its restarts."""
        self._approved: set[str] = set()
        """The steps that a person has approved, and the sessions in which a person has approved more."""
        self.inputs: defaultdict[str, list[str]] = defaultdict(list)
        """What was said in each session, in the order of its turns."""
        self.session_of: dict[str, str] = {}
        """In which session something was said."""
        self.times: defaultdict[str, str] = defaultdict(str)
        """The newest time in each log."""
        self.begins: dict[str, str] = {}
        """When each step was begun first."""
        self.dropped = False

    def breaks(self, message: str) -> None:
        """An invariant does not hold: the world ends here."""
        self._broken.append(Broken(message))

    def is_approved(self, turn_id: str, step_id: str) -> bool:
        """Tell whether a person has approved a call, by itself or with others of its session."""
        return bool(self._approved & {step_id, self.sessions[turn_id]})

    def note(self, operation: str, arguments: tuple[Any, ...], result: Any) -> None:
        match operation, result:
            case (("accept_turn" | "claim_next" | "claim"), Accepted(is_repeat=False)):
                self._claimed(result)
            case "append", Appended():
                for each in arguments[0]:
                    if each.turn_id not in result.lost:
                        self._appended(each)
            case "drop_deltas", _:
                self.dropped = True
            case _:
                pass

    def _claimed(self, accepted: Accepted) -> None:
        record = accepted.record
        if record.epoch < self.epochs.get(record.turn_id, 0):
            self.breaks(f"I4: {record.turn_id} was claimed under an old epoch")
        self.epochs[record.turn_id] = record.epoch
        self.sessions[record.turn_id] = record.session_id
        for logged in accepted.events:
            self._add(record.turn_id, logged)

    def _look_at_times(self, turn_id: str, logged: LoggedEvent) -> None:
        event, last = logged.event, self.times[turn_id]
        if isinstance(event, StepProgressed):
            return
        if event.at < last or (event.at == last and not isinstance(event, TurnStarted)):
            self.breaks(f"I4: {turn_id} has {logged.id} at {event.at} after {last}")
        self.times[turn_id] = event.at
        if isinstance(event, StepCompleted):
            step = event.step_details
            if step.completed_at != event.at or step.started_at != self.begins[event.step_id]:
                self.breaks(f"I4: step {event.step_id} was not from {step.started_at} to {step.completed_at}")
        elif isinstance(event, StepStarted):
            self.begins[event.step_id] = event.at

    def _appended(self, append: Append) -> None:
        if append.epoch != self.epochs[append.turn_id]:
            self.breaks(f"I4: {append.turn_id} was written under epoch {append.epoch}, not {self.epochs}")
        for logged in append.events:
            self._add(append.turn_id, logged)

    def _add(self, turn_id: str, logged: LoggedEvent) -> None:
        log = self.logs[turn_id]
        if log and logged.id <= log[-1].id:
            self.breaks(f"I4: {turn_id} has {logged.id} after {log[-1].id}")
        self._look_at_times(turn_id, logged)
        log.append(logged)
        match event := logged.event:
            case TurnQueued():
                words = text_of(event.input_messages[0].content)
                self.inputs[event.session_id].append(words)
                self.session_of[words] = event.session_id
                if len(self.inputs[event.session_id]) != event.n:
                    self.breaks(f"I2: {turn_id} is number {event.n} of {self.inputs[event.session_id]}")
            case TurnStarted():
                other = self.running.setdefault(self.sessions[turn_id], turn_id)
                if other != turn_id:
                    self.breaks(f"I2: {turn_id} begins while {other} runs")
            case StepStarted() | StepRestarted() | StepDecided():
                self._note_step(turn_id, event)
            case TurnCompleted() | TurnFailed() | TurnCancelled():
                if self.running.get(self.sessions[turn_id]) == turn_id:
                    del self.running[self.sessions[turn_id]]
            case _:
                pass

    def _note_step(self, turn_id: str, event: StepStarted | StepRestarted | StepDecided) -> None:
        match event:
            case StepStarted(attempt=0):
                pass  # it waits for a person
            case StepStarted() | StepRestarted():
                self.begun[event.step_id] += 1
            case StepDecided(decision=decision, grant=grant):
                if decision == "approve":
                    self._approved |= {event.step_id, *([self.sessions[turn_id]] if grant else [])}
