"""Steps of Llama Stack as the domain has them: an inference, a step for each tool call, a shield, a retrieval.

Ids and times are kept where they can be: Llama Stack gives the tools of a client the id of the inference that called
them, and a step of several calls is several steps here. What must be made up is made of the turn's id, so that it is
the same whenever it is read.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import assert_never

from tertulia.domain.messages import AssistantMessage, StopReason, ToolCall, ToolResponse
from tertulia.domain.steps import InferenceStep, OtherStep, Problem, Step, ToolCallStep
from tertulia.sources.llama_stack.content import beyond_words, call_of, words_of
from tertulia.sources.llama_stack.records import (
    AnyStep,
    StoredAnswer,
    StoredInference,
    StoredResponse,
    StoredRetrieval,
    StoredShieldCall,
    StoredStep,
    StoredToolExecution,
)
from tertulia.sources.times import Times

NO_RESULT = Problem(code="left_unfinished", message="Llama Stack has no result of this call.")


class StepReader:
    """Reads the steps of one turn, one after the other."""

    def __init__(self, turn_id: str, *, model: str, started_at: dt.datetime) -> None:
        self._turn_id = turn_id
        self._model = model
        self.times = Times(started_at)
        self._ids: set[str] = set()
        self._calls: dict[str, ToolCall] = {}
        """What the model has called so far, by the id of the call."""

    def read(self, stored: AnyStep) -> Sequence[Step]:
        """Return a stored step as what it is here."""
        match stored:
            case StoredInference():
                return [self._inference(stored)]
            case StoredToolExecution():
                return list(self._tool_calls(stored))
            case StoredShieldCall() | StoredRetrieval():
                return [self._other(stored)]
            case _:
                assert_never(stored)

    def _inference(self, stored: StoredInference) -> InferenceStep:
        response = answer_of(stored.model_response)
        self._calls |= {call.call_id: call for call in response.tool_calls}
        return InferenceStep(
            turn_id=self._turn_id,
            step_id=self._id(stored.step_id),
            started_at=self.times.next(stored.started_at),
            completed_at=self.times.next(stored.completed_at),
            status="completed",
            metadata=beyond_words(stored.model_response.content),
            model=self._model,
            model_response=response,
        )

    def _tool_calls(self, stored: StoredToolExecution) -> Sequence[ToolCallStep]:
        """A step for each call, in the order of the calls; also for answers to calls that only the client had seen."""
        responses = {response.call_id: response for response in stored.tool_responses}
        calls = {call.call_id: call_of(call) for call in stored.tool_calls}
        for response in stored.tool_responses:
            made_up = ToolCall(call_id=response.call_id, tool_name=response.tool_name)
            calls.setdefault(response.call_id, self._calls.get(response.call_id, made_up))
        return [self._tool_call(stored, call, responses.get(call_id)) for call_id, call in calls.items()]

    def _tool_call(self, stored: StoredStep, call: ToolCall, response: StoredResponse | None) -> ToolCallStep:
        return ToolCallStep(
            turn_id=self._turn_id,
            step_id=self._id(stored.step_id),
            started_at=self.times.next(stored.started_at),
            completed_at=self.times.next(stored.completed_at),
            status="completed" if response else "failed",
            error=None if response else NO_RESULT,
            tool_call=call,
            tool_response=response and response_of(response, call),
        )

    def _other(self, stored: StoredShieldCall | StoredRetrieval) -> OtherStep:
        is_retrieval = isinstance(stored, StoredRetrieval)
        return OtherStep(
            turn_id=self._turn_id,
            step_id=self._id(stored.step_id),
            started_at=self.times.next(stored.started_at),
            completed_at=self.times.next(stored.completed_at),
            status="completed",
            metadata={"vector_db_ids": stored.vector_db_ids, **beyond_words(stored.inserted_context)}
            if is_retrieval
            else {},
            kind="memory_retrieval" if is_retrieval else "shield_call",
            violation=None if is_retrieval else stored.violation,
            inserted_context=words_of(stored.inserted_context) if is_retrieval else None,
        )

    def _id(self, stored: str) -> str:
        step_id = stored
        if not stored or stored in self._ids:
            step_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._turn_id} {len(self._ids)}"))
        self._ids.add(step_id)
        return step_id


def answer_of(stored: StoredAnswer) -> AssistantMessage:
    """Return what the model said. One that calls tools asks for them, whatever the version made of that."""
    calls = [call_of(call) for call in stored.tool_calls or []]
    stop_reason: StopReason = "end_of_message" if calls else "end_of_turn"
    return AssistantMessage(
        content=words_of(stored.content),
        stop_reason="out_of_tokens" if stored.stop_reason == "out_of_tokens" else stop_reason,
        tool_calls=calls,
    )


def response_of(stored: StoredResponse, call: ToolCall) -> ToolResponse:
    """Return what a tool answered."""
    return ToolResponse(
        call_id=stored.call_id,
        tool_name=stored.tool_name or call.tool_name,
        content=words_of(stored.content),
        metadata={**(stored.metadata or {}), **beyond_words(stored.content)},
    )
