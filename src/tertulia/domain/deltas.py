"""The pieces of a running step."""

from typing import Literal

from tertulia.domain.base import Value

ParseStatus = Literal["started", "in_progress", "succeeded", "failed"]


class TextDelta(Value, tag_field="type", tag="text"):
    """More of the answer."""

    text: str


class ReasoningDelta(Value, tag_field="type", tag="reasoning"):
    """More of what the model thinks before it answers."""

    text: str


class ToolCallPart(Value):
    """A part of a tool call: `index` says which of the parallel calls, `arguments_json` is the next fragment."""

    index: int
    call_id: str = ""
    tool_name: str = ""
    arguments_json: str = ""


class ToolCallDelta(Value, tag_field="type", tag="tool_call"):
    """More of a tool call that the model writes."""

    tool_call: ToolCallPart
    parse_status: ParseStatus = "in_progress"


class ToolOutputDelta(Value, tag_field="type", tag="tool_output"):
    """More of what a running tool puts out."""

    text: str


Delta = TextDelta | ReasoningDelta | ToolCallDelta | ToolOutputDelta
