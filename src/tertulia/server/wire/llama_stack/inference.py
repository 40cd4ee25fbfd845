"""A model asked without an agent, in Llama Stack's words: `inference.chat_completion`, and its answer or stream.

What its clients leave out counts as Llama Stack's default. Log probabilities are not kept, so there are none.
"""

from collections.abc import Sequence
from typing import Any, assert_never

import msgspec
from msgspec import field

from tertulia.domain.agents import ResponseFormat, ToolDef
from tertulia.domain.base import Value
from tertulia.domain.messages import AssistantMessage, Message, ToolCall, ToolMessage
from tertulia.domain.steps import Usage
from tertulia.domain.tool_parameters import schema_of
from tertulia.engine.assembly import Assembly, add, message_of, parse_arguments
from tertulia.models.base import Finished, ModelRequest, Piece
from tertulia.runtime.steps import STOP_REASONS
from tertulia.server.wire.llama_stack import messages
from tertulia.server.wire.llama_stack.agents import sampling_of
from tertulia.server.wire.llama_stack.base import V1, Json
from tertulia.server.wire.llama_stack.messages import (
    InterleavedContent,
    WrittenSystemMessage,
    WrittenToolMessage,
    WrittenUserMessage,
    words_of,
    written_answer,
    written_call,
)
from tertulia.server.wire.llama_stack.turns import WrittenToolConfig


class WrittenToolCall(Value):
    """A call that the model has made; its arguments as an object, or as the text that it wrote."""

    call_id: str
    tool_name: str
    arguments: dict[str, Any] | str = ""
    arguments_json: str | None = None

    def as_call(self) -> ToolCall:
        """Return it as the domain has it."""
        written = self.arguments_json or self.arguments
        text = written if isinstance(written, str) else msgspec.json.encode(written).decode()
        return ToolCall(
            call_id=self.call_id,
            tool_name=self.tool_name,
            arguments=parse_arguments(text) or {},
            arguments_json=text or "{}",
        )


class WrittenCompletion(Value, tag_field="role", tag="assistant"):
    """What the model has said."""

    content: InterleavedContent = ""
    tool_calls: list[WrittenToolCall] | None = None


WrittenTalk = WrittenUserMessage | WrittenSystemMessage | WrittenToolMessage | WrittenCompletion


class WrittenTool(Value):
    """A tool; its parameters are an object by name here, and nowhere else."""

    tool_name: str
    description: str | None = None
    parameters: dict[str, dict[str, Any]] | None = None

    def as_tool(self) -> ToolDef:
        """Return it as the domain has it."""
        listed = [
            {"name": name, "parameter_type": each.get("param_type"), **each}
            for name, each in (self.parameters or {}).items()
        ]
        for each in listed:
            each.pop("param_type", None)
        return ToolDef(name=self.tool_name, description=self.description or "", input_schema=schema_of(listed))


class ChatCompletion(Value):
    """What a model is asked."""

    model_id: str
    messages: list[WrittenTalk]
    sampling_params: dict[str, Any] | None = None
    tools: list[WrittenTool] | None = None
    tool_choice: str | None = None
    tool_config: WrittenToolConfig | None = None
    response_format: ResponseFormat | None = None
    stream: bool | None = False

    def as_request(self) -> ModelRequest:
        """Return it as a model server is asked. Raises InvalidRequest."""
        choice = (self.tool_config and self.tool_config.tool_choice) or self.tool_choice or "auto"
        return ModelRequest(
            model="",
            messages=[talk_of(message) for message in self.messages],
            tools=[tool.as_tool() for tool in self.tools or []],
            tool_choice=choice,
            sampling=sampling_of(self.sampling_params),
            response_format=self.response_format,
        )


def talk_of(written: WrittenTalk) -> Message:
    """Return a message of any role as the domain has it."""
    match written:
        case WrittenUserMessage() | WrittenSystemMessage():
            return messages.message_of(written)
        case WrittenToolMessage(call_id=call_id, tool_name=name, content=content):
            return ToolMessage(call_id=call_id, tool_name=name, content=words_of(content))
        case WrittenCompletion(content=content, tool_calls=calls):
            return AssistantMessage(content=words_of(content), tool_calls=[call.as_call() for call in calls or []])
        case _:
            assert_never(written)


class Completion(Value):
    """What came of an answer so far."""

    assembly: Assembly = field(default_factory=Assembly)
    finished: Finished | None = None

    def plus(self, batch: Sequence[Piece]) -> "Completion":
        """Return it with more pieces."""
        assembly, finished = self.assembly, self.finished
        for piece in batch:
            if isinstance(piece, Finished):
                finished = piece
            else:
                assembly = add(assembly, piece)
        return Completion(assembly=assembly, finished=finished)

    @property
    def message(self) -> AssistantMessage:
        """It as a message."""
        return message_of(self.assembly, STOP_REASONS[self.finished.reason] if self.finished else None)


def written_completion(completion: Completion) -> Json:
    """Return an answer in one piece."""
    return {
        "completion_message": written_answer(completion.message, V1),
        "logprobs": None,
        "metrics": _metrics(completion.finished.usage if completion.finished else None),
    }


def _metrics(usage: Usage | None) -> list[Json] | None:
    if usage is None:
        return None
    counted = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
    return [{"metric": name, "value": value, "unit": "tokens"} for name, value in counted.items()]


def start_frame() -> bytes:
    """How a stream of an answer begins."""
    return _frame("start", {"type": "text", "text": ""})


def text_frame(text: str) -> bytes:
    """More of the answer."""
    return _frame("progress", {"type": "text", "text": text})


def last_frames(completion: Completion) -> bytes:
    """The calls of an answer, whole, and its end."""
    message = completion.message
    calls = [
        _frame("progress", {"type": "tool_call", "tool_call": written_call(call, V1), "parse_status": "succeeded"})
        for call in message.tool_calls
    ]
    stop_reason = written_answer(message, V1)["stop_reason"]
    metrics = written_completion(completion)["metrics"]
    return b"".join(
        [*calls, _frame("complete", {"type": "text", "text": ""}, stop_reason=stop_reason, metrics=metrics)]
    )


def _frame(event_type: str, delta: Json, *, stop_reason: str | None = None, metrics: object = None) -> bytes:
    event = {"event_type": event_type, "delta": delta, "logprobs": None, "stop_reason": stop_reason}
    return b"data: " + msgspec.json.encode({"event": event, "metrics": metrics}) + b"\n\n"
