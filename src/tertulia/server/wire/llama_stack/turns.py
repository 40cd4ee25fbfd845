"""Turns and steps in Llama Stack's words.

It has four step types where the domain has three with kinds, and a tool step has lists, here of one. A turn has a
`status`, a `wait_reason`, an `error`, its `usage` and its `documents` besides: its clients keep what they do not know.
"""

from collections.abc import Iterator
from typing import Annotated, Any, assert_never

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from tertulia.domain.agents import ToolConfig, Toolgroup
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.messages import AssistantMessage, InputMessage, ToolResponse, UserMessage
from tertulia.domain.steps import InferenceStep, OtherKind, OtherStep, Step, StepType, ToolCallStep
from tertulia.domain.turns import OnBusy, Turn
from tertulia.server.wire.llama_stack.base import Json, Wire
from tertulia.server.wire.llama_stack.documents import Document, context_file, files_of, written_document
from tertulia.server.wire.llama_stack.messages import (
    InterleavedContent,
    WrittenMessage,
    WrittenToolMessage,
    WrittenUserMessage,
    message_of,
    result_of,
    words_of,
    written_answer,
    written_call,
    written_input,
)

HOW_TO_DECIDE = (
    "This turn goes on once that is decided, in the page of this server or by POST …/decision of its own API."
)


class WrittenToolConfig(Value):
    """How tools may be used in this turn; what is left out has its default."""

    tool_choice: str | None = None
    system_message_behavior: Annotated[str, Meta(pattern="^(append|replace)$")] | None = None

    def as_config(self) -> ToolConfig:
        """Return it with the defaults."""
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return ToolConfig(**said)


class CreateTurn(Value):
    """A new turn; `toolgroups` are added to the agent's. `on_busy` is ours.

    Clients from before turns could be resumed send the answers of their tools as messages: see `answers_of`.
    """

    messages: Annotated[list[WrittenMessage | WrittenToolMessage], Meta(min_length=1, max_length=100)]
    stream: bool | None = False
    documents: Annotated[list[Document], Meta(max_length=100)] | None = None
    toolgroups: list[Toolgroup] | None = None
    tool_config: WrittenToolConfig | None = None
    on_busy: OnBusy = "enqueue"


class WrittenToolResponse(Value):
    """What a client's tool answered."""

    call_id: str
    content: InterleavedContent
    tool_name: str = ""
    metadata: dict[str, Any] | None = None
    is_error: bool = False

    def as_response(self) -> ToolResponse:
        """Return it as the domain has it."""
        return ToolResponse(
            call_id=self.call_id,
            tool_name=self.tool_name,
            content=result_of(self.content),
            metadata=self.metadata or {},
            is_error=self.is_error,
        )


class ResumeTurn(Value):
    """The answers that a turn waits for, or that a client has to calls in its text."""

    tool_responses: Annotated[list[WrittenToolResponse], Meta(min_length=1, max_length=100)]
    stream: bool | None = False


def input_messages_of(data: CreateTurn) -> list[InputMessage]:
    """Return the messages of a new turn, with its documents on the last one of the user's. Raises InvalidRequest."""
    messages = [message_of(each) for each in data.messages if not isinstance(each, WrittenToolMessage)]
    contexts = [
        words_of(each.context) for each in data.messages if isinstance(each, WrittenUserMessage) and each.context
    ]
    files = [*files_of(data.documents or []), *map(context_file, contexts)]
    for place in reversed(range(len(messages))):
        message = messages[place]
        if files and isinstance(message, UserMessage):
            return [*messages[:place], replace(message, documents=files), *messages[place + 1 :]]
    return messages


def answers_of(data: CreateTurn) -> list[ToolResponse]:
    """Return the answers of tools that are sent as messages: all messages, or none. Raises InvalidRequest."""
    answers = [each for each in data.messages if isinstance(each, WrittenToolMessage)]
    if answers and len(answers) < len(data.messages):
        place = data.messages.index(answers[0])
        detail = "the answers of tools come alone, since they resume the turn that has asked for them"
        pointer = f"/messages/{place}/role"
        raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])
    return [
        ToolResponse(call_id=each.call_id, tool_name=each.tool_name, content=result_of(each.content))
        for each in answers
    ]


def written_turn(turn: Turn, wire: Wire) -> Json:
    """Return a turn."""
    users = [message for message in turn.input_messages if isinstance(message, UserMessage)]
    return {
        "turn_id": turn.turn_id,
        "session_id": turn.session_id,
        "input_messages": [written_input(message) for message in turn.input_messages],
        "steps": [written_step(step, wire) for step in turn.steps],
        "output_message": written_answer(_open(turn), wire),
        "output_attachments": [written_document(file) for file in turn.output_attachments],
        "started_at": turn.started_at,
        "completed_at": turn.completed_at,
        "status": turn.status,
        "wait_reason": turn.wait_reason,
        "error": msgspec.to_builtins(turn.error),
        "usage": msgspec.to_builtins(turn.usage),
        "documents": [written_document(file) for message in users for file in message.documents or []],
    }


def _open(turn: Turn) -> AssistantMessage:
    """What the model said last; of a turn that waits with only the calls that it waits for: clients answer them all.

    A decision about the server's own tool is a person's, by our own API: no call of that is a client's to run. So that
    a client ends there, and its user knows why, it is told in words.
    """
    said = turn.output_message
    if turn.status != "awaiting_input":
        return said
    if turn.wait_reason != "client_tools":
        words = "\n\n".join(part for part in (said.content, *_awaited(turn), HOW_TO_DECIDE) if part)
        return replace(said, content=words, tool_calls=[], stop_reason="end_of_turn")
    answered: set[str] = set()
    for step in reversed(turn.steps):
        if isinstance(step, InferenceStep):
            break
        if isinstance(step, ToolCallStep):
            answered.add(step.tool_call.call_id)
    return replace(said, tool_calls=[call for call in said.tool_calls if call.call_id not in answered])


def _awaited(turn: Turn) -> Iterator[str]:
    """Yield a sentence for each call about which a person is asked."""
    for step in turn.steps:
        if not isinstance(step, ToolCallStep):
            continue
        name = step.tool_call.tool_name
        if step.question is not None:
            yield f"The tool {name} asks: {step.question.message}"
        elif step.approval == "pending" and step.attempt:
            yield f"The server stopped while the tool {name} ran: a person decides whether it runs again."
        elif step.approval == "pending":
            yield f"A person must approve this call of the tool {name}: {step.tool_call.arguments_json}"


def written_step(step: Step, wire: Wire) -> Json:
    """Return a step."""
    base = {
        "turn_id": step.turn_id,
        "step_id": step.step_id,
        "started_at": step.started_at,
        "completed_at": step.completed_at,
    }
    match step:
        case InferenceStep(model_response=said):
            return {**base, "step_type": "inference", "model_response": written_answer(said, wire)}
        case ToolCallStep(tool_call=call, tool_response=response):
            return {
                **base,
                "step_type": "tool_execution",
                "tool_calls": [written_call(call, wire)],
                "tool_responses": [] if response is None else [written_response(response)],
            }
        case OtherStep():
            return {**base, "step_type": step.kind, **_written_other(step)}
        case _:
            assert_never(step)


def _written_other(step: OtherStep) -> Json:
    match step.kind:
        case "memory_retrieval":
            sources = step.metadata.get("vector_db_ids", "")
            return {"vector_db_ids": sources, "inserted_context": step.inserted_context or ""}
        case "shield_call":
            return {"violation": msgspec.to_builtins(step.violation)}
        case _:
            assert_never(step.kind)


def written_response(response: ToolResponse) -> Json:
    """Return what a tool answered."""
    return {
        "call_id": response.call_id,
        "tool_name": response.tool_name,
        "content": response.content,
        "metadata": response.metadata or None,
        "is_error": response.is_error,
    }


def step_type_of(step_type: StepType, kind: OtherKind | None) -> str:
    """Return the name of a step's type."""
    match step_type:
        case "inference":
            return "inference"
        case "tool_call":
            return "tool_execution"
        case "other":
            return kind or "shield_call"
        case _:
            assert_never(step_type)
