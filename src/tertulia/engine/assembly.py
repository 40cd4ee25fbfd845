"""Deltas of a running step, put together.

An `Assembly` is what came of one step so far. Adding to it makes a new one; nothing here looks at a clock or a network.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart, ToolOutputDelta
from tertulia.domain.messages import AssistantMessage, StopReason, ToolCall


class Assembly(Value):
    """The text, the reasoning, the tool calls (by `index`) and the tool output that came so far."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCallPart, ...] = ()
    output: str = ""


NOTHING = Assembly()


def add(assembly: Assembly, delta: Delta) -> Assembly:
    """Return the assembly with one more delta."""
    match delta:
        case TextDelta(text=text):
            return replace(assembly, text=assembly.text + text)
        case ReasoningDelta(text=text):
            return replace(assembly, reasoning=assembly.reasoning + text)
        case ToolCallDelta(tool_call=part):
            return replace(assembly, calls=_add_part(assembly.calls, part))
        case ToolOutputDelta(text=text):
            return replace(assembly, output=assembly.output + text)


def _add_part(calls: tuple[ToolCallPart, ...], part: ToolCallPart) -> tuple[ToolCallPart, ...]:
    for place, call in enumerate(calls):
        if call.index == part.index:
            joined = ToolCallPart(
                index=call.index,
                call_id=call.call_id or part.call_id,
                tool_name=call.tool_name or part.tool_name,
                arguments_json=call.arguments_json + part.arguments_json,
            )
            return (*calls[:place], joined, *calls[place + 1 :])
    return (*calls, part)


def message_of(assembly: Assembly, stop_reason: StopReason | None = None) -> AssistantMessage:
    """Return the assembly as the message that it is, or is becoming."""
    calls = sorted(assembly.calls, key=lambda part: part.index)
    return AssistantMessage(
        content=assembly.text,
        reasoning=assembly.reasoning,
        stop_reason=stop_reason,
        tool_calls=[tool_call_of(part) for part in calls],
    )


def tool_call_of(part: ToolCallPart) -> ToolCall:
    """Return a tool call with its arguments parsed; `{}` where the text is not (yet) a JSON object."""
    return ToolCall(
        call_id=part.call_id,
        tool_name=part.tool_name,
        arguments=parse_arguments(part.arguments_json) or {},
        arguments_json=part.arguments_json,
    )


def parse_arguments(text: str) -> dict[str, Any] | None:
    """Parse the arguments that a model wrote: no text means no arguments; None when it is not a JSON object."""
    if not text.strip():
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return None
