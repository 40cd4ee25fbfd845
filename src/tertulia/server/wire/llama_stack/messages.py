"""Messages in Llama Stack's words. A single content item stands for a list of one; `context` comes as a document."""

from typing import Any, assert_never

import msgspec

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.messages import (
    AssistantMessage,
    Content,
    ContentItem,
    ImageItem,
    InputMessage,
    StopReason,
    SystemMessage,
    TextItem,
    ToolCall,
    UserMessage,
    text_of,
)
from tertulia.server.wire.llama_stack.base import Json, Wire

InterleavedContent = str | TextItem | ImageItem | list[ContentItem]

STOP_REASONS: dict[StopReason | None, str] = {
    "end_of_turn": "end_of_turn",
    "end_of_message": "end_of_message",
    "out_of_tokens": "out_of_tokens",
    "max_infer_iters": "end_of_turn",
    "cancelled": "end_of_turn",
    None: "end_of_message",
}
"""Its clients know three. One that runs on has not ended its turn; of what was stopped no tool is to be run."""


IMAGE = "[An image, which the result of a tool cannot show.]"


class WrittenUserMessage(Value, tag_field="role", tag="user"):
    """What the user says."""

    content: InterleavedContent
    context: InterleavedContent | None = None
    file: FileAttachment | None = None


class WrittenSystemMessage(Value, tag_field="role", tag="system"):
    """An instruction for this turn."""

    content: InterleavedContent


class WrittenToolMessage(Value, tag_field="role", tag="tool"):
    """What a tool answered."""

    call_id: str
    content: InterleavedContent
    tool_name: str = ""


WrittenMessage = WrittenUserMessage | WrittenSystemMessage


def content_of(written: InterleavedContent) -> Content:
    """Return content as the domain has it."""
    return [written] if isinstance(written, TextItem | ImageItem) else written


def message_of(written: WrittenMessage) -> InputMessage:
    """Return a message as the domain has it, without its context."""
    match written:
        case WrittenUserMessage(content=content, file=file):
            return UserMessage(content=content_of(content), file=file)
        case WrittenSystemMessage(content=content):
            return SystemMessage(content=content_of(content))
        case _:
            assert_never(written)


def words_of(written: InterleavedContent) -> str:
    """Return the words of content."""
    return text_of(content_of(written))


def result_of(written: InterleavedContent) -> str:
    """Return content as the result of a tool, which is text: of an image it says that there was one."""
    content = content_of(written)
    if isinstance(content, str):
        return content
    return "\n".join(item.text if isinstance(item, TextItem) else IMAGE for item in content)


def written_input(message: InputMessage) -> Json:
    """Return an input message as it was sent; documents stand on the turn."""
    match message:
        case UserMessage(content=content, file=file):
            shown = {"role": "user", "content": _written_content(content), "context": None}
            return shown if file is None else {**shown, "file": msgspec.to_builtins(file)}
        case SystemMessage(content=content):
            return {"role": "system", "content": msgspec.to_builtins(content)}
        case _:
            assert_never(message)


def _written_content(content: Content) -> Any:
    """Return content without the ids of its images: they have a `url` where they have no `data`."""
    if isinstance(content, str):
        return content
    written: list[Json] = msgspec.to_builtins(content)
    for item in written:
        item.get("image", {}).pop("file_id", None)
    return written


def written_answer(message: AssistantMessage, wire: Wire) -> Json:
    """Return what the model said."""
    return {
        "role": "assistant",
        "content": message.content,
        "stop_reason": STOP_REASONS[message.stop_reason],
        "tool_calls": [written_call(call, wire) for call in message.tool_calls],
    }


def written_call(call: ToolCall, wire: Wire) -> Json:
    """Return a tool call; its arguments as the prefix says them."""
    arguments: dict[str, Any] = (
        {"arguments": call.arguments_json or "{}"}
        if wire.is_alpha
        else {"arguments": call.arguments, "arguments_json": call.arguments_json or "{}"}
    )
    return {"call_id": call.call_id, "tool_name": call.tool_name, **arguments}
