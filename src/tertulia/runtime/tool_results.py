"""What is kept of a tool's answer: text that can be stored, JSON, and of both no more than their limits.

What a function returns is nobody's to trust: one text that no encoding has, in the log, and nothing could be written.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.tools.base import ToolFile, ToolResult

MAX_TOOL_OUTPUT = 200_000
"""Characters of an answer that are kept, and of the live output before it."""
MAX_TOOL_METADATA = 400_000
"""Bytes of an answer's metadata, as JSON; what is larger is left out with a note."""


def kept(result: ToolResult) -> ToolResult:
    """Return what is kept of an answer. Raises whatever comes of one that is none."""
    return replace(
        result,
        content=bounded(mended(result.content)),
        is_error=bool(result.is_error),
        metadata=_kept_metadata(result.metadata) if result.metadata else {},
        files=[
            ToolFile(name=mended(file.name), type=mended(file.type), data=bytes(memoryview(file.data)))
            for file in result.files
        ],
    )


def bounded(text: str) -> str:
    """Return what is kept of a tool's answer: the whole, or its beginning and a note."""
    if len(text) <= MAX_TOOL_OUTPUT:
        return text
    left = MAX_TOOL_OUTPUT - 100
    return f"{text[:left]}\n[{len(text) - left} more characters were left out]"


def mended(text: str) -> str:
    """Return a text, and nothing but one, without halves of characters: file names have those that are not UTF-8."""
    text = f"{text}"
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _kept_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    try:
        words = msgspec.json.encode(metadata)
        kept = msgspec.json.decode(words, type=dict[str, Any])
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        return {"metadata_left_out": f"it cannot be written as JSON: {mended(str(error))[:200]}"}
    if len(words) > MAX_TOOL_METADATA:
        return {"metadata_left_out": f"{len(words)} bytes are more than the {MAX_TOOL_METADATA} that are kept"}
    return kept
