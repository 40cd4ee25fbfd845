"""Contents and tool calls of Llama Stack as the domain has them."""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.messages import Content, ImageItem, TextItem, ToolCall, text_of
from tertulia.sources.llama_stack.records import StoredCall, StoredContent

# How base64 of an image begins; Llama Stack does not store of which kind an image is.
MEDIA_TYPES = {"iVBOR": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}


def content_of(stored: StoredContent) -> Content:
    """Return what was said as the domain has it."""
    if isinstance(stored, str):
        return stored
    items = stored if isinstance(stored, list) else [stored]
    return [_with_media_type(item) if isinstance(item, ImageItem) else item for item in items]


def _with_media_type(item: ImageItem) -> ImageItem:
    data = item.image.data or ""
    media_type = next((kind for start, kind in MEDIA_TYPES.items() if data.startswith(start)), "image/png")
    return replace(item, image=replace(item.image, media_type=media_type))


def words_of(stored: StoredContent) -> str:
    """Return the text of what was said, which is all that an answer of a model or a tool has here."""
    return text_of(content_of(stored))


def beyond_words(stored: StoredContent) -> dict[str, Any]:
    """Return what the text leaves out, as metadata for the step: the whole content if there are images in it."""
    content = content_of(stored)
    if isinstance(content, str) or all(isinstance(item, TextItem) for item in content):
        return {}
    return {"content": msgspec.to_builtins(content)}


def call_of(stored: StoredCall) -> ToolCall:
    """Return a tool call, with its arguments as the model wrote them and as an object."""
    written = stored.arguments if isinstance(stored.arguments, str) else stored.arguments_json
    if isinstance(stored.arguments, dict):
        text = written or msgspec.json.encode(stored.arguments).decode()
        return ToolCall(
            call_id=stored.call_id, tool_name=stored.tool_name, arguments=stored.arguments, arguments_json=text
        )
    text = written or "{}"
    return ToolCall(call_id=stored.call_id, tool_name=stored.tool_name, arguments=_parsed(text), arguments_json=text)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}
