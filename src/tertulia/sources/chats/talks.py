"""What was said in a chat, one after the other, as the turns that it would have been here.

Chats know messages only. A turn begins with what the user says; what the model says up to its next tool is one step,
what the tool answers is another. Every call has an answer, if only that there was none.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from tertulia.domain.events import TurnCompleted, TurnEvent, TurnFailed, TurnQueued, TurnStarted
from tertulia.domain.messages import AssistantMessage, InputMessage, ToolCall, ToolResponse, UserMessage
from tertulia.domain.steps import InferenceStep, Problem, Step, ToolCallStep
from tertulia.sources.base import FoundTurn
from tertulia.sources.chats.said import ModelSaid, Said, ToolSaid, UserSaid
from tertulia.sources.logs import events_of_step
from tertulia.sources.times import Times

UNANSWERED = Problem(code="left_unfinished", message="There is no answer to this message. Send it again.")
NO_RESULT = Problem(code="left_unfinished", message="There is no result of this call.")


def turns_of(agent_id: str, session_id: str, said: Sequence[Said]) -> Iterator[FoundTurn]:
    """Yield the turns of a chat. The ids of their own follow from those of its session and its messages."""
    for n, part in enumerate(_cut(said), start=1):
        turn_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{session_id} {part[0].message_id}"))
        yield FoundTurn(turn_id=turn_id, events=_Turn(turn_id, part).events(agent_id, session_id, n))


def _cut(said: Sequence[Said]) -> Iterator[list[Said]]:
    """Yield the messages of one turn each: it begins with the user's, and who asks twice has one answer."""
    part: list[Said] = []
    for each in said:
        if isinstance(each, UserSaid) and any(not isinstance(earlier, UserSaid) for earlier in part):
            yield part
            part = []
        part.append(each)
    if part:
        yield part


@dataclass(slots=True)
class _Inference:
    """An answer of the model while it is put together, and what came of its calls, by call id."""

    said: ModelSaid
    answers: dict[str, ToolSaid] = field(default_factory=dict[str, ToolSaid])


class _Turn:
    """Puts one turn together."""

    def __init__(self, turn_id: str, said: Sequence[Said]) -> None:
        self._turn_id = turn_id
        self._input: list[InputMessage] = []
        self._inferences: list[_Inference] = []
        self._start = said[0].at
        for each in said:
            self._add(each)

    def _add(self, said: Said) -> None:
        match said:
            case UserSaid(text=text):
                self._input.append(UserMessage(content=text))
            case ModelSaid():
                self._add_model(said)
            case ToolSaid():
                self._add_tool(said)
            case _:
                assert_never(said)

    def _add_model(self, said: ModelSaid) -> None:
        last = self._inferences[-1] if self._inferences else None
        if last is None or last.answers or (last.said.calls and not said.calls):
            self._inferences.append(_Inference(said))
            return
        last.said = replace(
            last.said,
            text="\n\n".join(filter(None, (last.said.text, said.text))),
            reasoning="\n\n".join(filter(None, (last.said.reasoning, said.reasoning))),
            calls=[*last.said.calls, *said.calls],
            model=said.model or last.said.model,
        )

    def _add_tool(self, said: ToolSaid) -> None:
        if not self._inferences:
            self._inferences.append(_Inference(ModelSaid(message_id=said.message_id, at=said.at)))
        last = self._inferences[-1]
        open_calls = [call for call in last.said.calls if call.call_id not in last.answers]
        call = next((call for call in open_calls if said.call_id in ("", call.call_id)), None)
        if call is not None:
            last.answers[call.call_id] = said
        elif said.call_id in last.answers or (not said.call_id and last.answers):
            call_id = said.call_id or [*last.answers][-1]  # what one call came to may be told in several messages
            before = last.answers[call_id]
            last.answers[call_id] = replace(before, content=f"{before.content}\n{said.content}")
        else:
            call = ToolCall(call_id=said.call_id or said.message_id, tool_name=said.tool_name)
            last.said = replace(last.said, calls=[*last.said.calls, call])
            last.answers[call.call_id] = said

    def events(self, agent_id: str, session_id: str, n: int) -> list[TurnEvent]:
        """Return the log."""
        times = Times(self._start)
        at = times.next(None)
        queued = TurnQueued(
            turn_id=self._turn_id, session_id=session_id, agent_id=agent_id, n=n, input_messages=self._input, at=at
        )
        started = TurnStarted(turn_id=self._turn_id, session_id=session_id, n=n, at=at)
        told = [event for step in self._steps(times) for event in events_of_step(step)]
        if not self._inferences:
            return [queued, started, TurnFailed(error=UNANSWERED, at=times.next(None))]
        return [queued, started, *told, TurnCompleted(stop_reason="end_of_turn", at=times.next(None))]

    def _steps(self, times: Times) -> Iterator[Step]:
        count = 0
        for inference in self._inferences:
            yield self._inference(inference.said, times, count)
            count += 1
            for call in inference.said.calls:
                yield self._tool(call, inference.answers.get(call.call_id), times, count)
                count += 1

    def _inference(self, said: ModelSaid, times: Times, count: int) -> InferenceStep:
        response = AssistantMessage(
            content=said.text,
            reasoning=said.reasoning,
            tool_calls=said.calls,
            stop_reason="end_of_message" if said.calls else "end_of_turn",
        )
        return InferenceStep(
            turn_id=self._turn_id,
            step_id=self._step_id(count),
            started_at=times.next(None),
            completed_at=times.next(said.at),
            status="completed",
            model=said.model,
            model_response=response,
        )

    def _tool(self, call: ToolCall, answer: ToolSaid | None, times: Times, count: int) -> ToolCallStep:
        response = ToolResponse(
            call_id=call.call_id,
            tool_name=call.tool_name,
            content=NO_RESULT.message if answer is None else answer.content,
            is_error=answer is None or answer.is_error,
        )
        return ToolCallStep(
            turn_id=self._turn_id,
            step_id=self._step_id(count),
            started_at=times.next(None),
            completed_at=times.next(answer.at if answer else None),
            status="completed" if answer else "failed",
            error=None if answer else NO_RESULT,
            tool_call=call,
            tool_response=response,
        )

    def _step_id(self, count: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._turn_id} {count}"))


def moment_of(seconds: float | None, otherwise: datetime) -> datetime:
    """Return a time that a chat has in seconds since 1970; one that is none is another."""
    try:
        return otherwise if seconds is None else datetime.fromtimestamp(seconds, otherwise.tzinfo)
    except (OverflowError, OSError, ValueError):
        return otherwise
