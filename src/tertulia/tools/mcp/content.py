"""What MCP tools answer, as a result of ours: texts for the model, files for people, structured content beside it."""

import base64
import binascii
import mimetypes
from collections.abc import Iterator
from typing import Any, assert_never

import msgspec
from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from tertulia.tools.base import ToolFile, ToolResult
from tertulia.tools.mcp.redaction import Redaction

MAX_FILES = 20
MAX_FILE_BYTES = 25_000_000
MAX_STRUCTURED = 200_000
"""Bytes of structured content, as JSON; what is larger is left out with a note."""
DEFAULT_TYPE = "application/octet-stream"


class _Answer:
    """Gathers what is for the model and what is for people."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files: list[ToolFile] = []
        self._left = MAX_FILE_BYTES

    def add(self, block: ContentBlock) -> None:
        match block:
            case TextContent(text=text):
                self.texts.append(text)
            case ImageContent(data=data, mime_type=kind):
                self._file("image", kind, data)
            case AudioContent(data=data, mime_type=kind):
                self._file("audio", kind, data)
            case EmbeddedResource(resource=resource):
                self._resource(resource)
            case ResourceLink():
                self.texts.append(f"[{block.title or block.name}: {block.uri}]")
            case _:
                assert_never(block)

    def _resource(self, resource: TextResourceContents | BlobResourceContents) -> None:
        if isinstance(resource, TextResourceContents):
            self.texts.append(f"{resource.uri}:\n{resource.text}")
        else:
            self._file(_last_part(str(resource.uri)), resource.mime_type or DEFAULT_TYPE, resource.blob)

    def _file(self, name: str, kind: str, data: str) -> None:
        """Take a file, and tell the model that there is one."""
        name = name if "." in name else f"{name}-{len(self.files) + 1}{mimetypes.guess_extension(kind) or ''}"
        if len(self.files) >= MAX_FILES or len(data) * 3 // 4 > self._left:
            self.texts.append(f"[{name}, {kind}: left out, since the tool answered with too many or too large files]")
            return
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            self.texts.append(f"[{name}, {kind}: left out, since it is not valid base64]")
            return
        self._left -= len(content)
        self.files.append(ToolFile(name=name[:255], type=kind[:255], data=content))
        self.texts.append(f"[{name}, {kind}, {len(content)} bytes]")


def result_of(answer: CallToolResult, redaction: Redaction) -> ToolResult:
    """Return a result; structured content that no text says is what the model reads, as JSON."""
    gathered = _Answer()
    for block in answer.content:
        gathered.add(block)
    metadata: dict[str, Any] = {}
    if answer.structured_content is not None:
        structured = redaction.json(answer.structured_content)
        words = msgspec.json.encode(structured)
        if not any(isinstance(block, TextContent) for block in answer.content):
            gathered.texts.append(words.decode())
        metadata = dict(_structured(structured, len(words)))
    content = redaction.text("\n".join(gathered.texts))
    return ToolResult(content=content, is_error=answer.is_error, metadata=metadata, files=gathered.files)


def _structured(value: Any, size: int) -> Iterator[tuple[str, Any]]:
    if size <= MAX_STRUCTURED:
        yield "structured_content", value
    else:
        yield "structured_content_left_out", f"{size} bytes are more than the {MAX_STRUCTURED} that are kept"


def _last_part(uri: str) -> str:
    return uri.partition("?")[0].rstrip("/").rpartition("/")[2] or "file"
