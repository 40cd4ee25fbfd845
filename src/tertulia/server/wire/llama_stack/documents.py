"""Documents of a turn, in Llama Stack's words: `{content, mime_type}`.

They become files on the last message of the user's, beside its content and never in it; the model is given them as it
is given any file. What a document only points to is not fetched: a server that reads any address for anybody can be
made to read what only it can reach.
"""

import base64
import binascii
import mimetypes
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.messages import ContentItem, ImageItem, ImageSource, TextItem
from tertulia.models.files import TEXT_TYPES, media_type_of
from tertulia.server.wire.llama_stack.base import Json

PLAIN = "text/plain"


class Document(Value):
    """Something that a turn is about. `content` is text, base64, one or more content items, or `{uri}`."""

    content: str | dict[str, Any] | list[ContentItem]
    mime_type: str = PLAIN


class DocumentUrl(Value):
    """Where a document can be read."""

    uri: str


def files_of(documents: Sequence[Document]) -> list[FileAttachment]:
    """Return documents as files. Raises InvalidRequest, which names the document."""
    return [
        _file(f"document-{place + 1}", media_type, data)
        for place, document in enumerate(documents)
        for media_type, data in _contents(document, f"/documents/{place}/content")
    ]


def context_file(words: str) -> FileAttachment:
    """Return the `context` of a message as a file."""
    return _file("context", PLAIN, words.encode())


def written_document(file: FileAttachment) -> Json:
    """Return a file as a document: text as text, all else as base64; one that is not here, by where it is."""
    if file.content is None:
        return {"content": {"uri": file.url or ""}, "mime_type": file.type, "name": file.name}
    content = file.content
    if TEXT_TYPES.fullmatch(media_type_of(file)):
        content = base64.b64decode(content).decode("utf-8", errors="replace")
    return {"content": content, "mime_type": file.type, "name": file.name}


def _file(stem: str, media_type: str, data: bytes) -> FileAttachment:
    extension = mimetypes.guess_extension(media_type.partition(";")[0].strip()) or ""
    return FileAttachment(
        name=stem + extension, type=media_type, content=base64.b64encode(data).decode(), size=len(data)
    )


def _contents(document: Document, pointer: str) -> list[tuple[str, bytes]]:
    """The files that a document is, each with its media type: one, or one for each image among its items."""
    content = document.content
    if isinstance(content, str):
        return [_of_text(content, document.mime_type, pointer)]
    if isinstance(content, dict):
        if "uri" in content:
            return [_of_uri(_convert(content, DocumentUrl, pointer).uri, document.mime_type, pointer)]
        content = [_convert(content, ContentItem, pointer)]
    words = "\n".join(item.text for item in content if isinstance(item, TextItem))
    images = [_of_image(item.image, document.mime_type, pointer) for item in content if isinstance(item, ImageItem)]
    return [*([(document.mime_type, words.encode())] if words else []), *images]


def _convert(written: Json, kind: Any, pointer: str) -> Any:
    try:
        return msgspec.convert(written, kind)
    except msgspec.ValidationError as error:
        raise _invalid(pointer, str(error)) from None


def _of_text(text: str, media_type: str, pointer: str) -> tuple[str, bytes]:
    if text.startswith("data:"):
        return _of_uri(text, media_type, pointer)
    if TEXT_TYPES.fullmatch(media_type.partition(";")[0].strip().lower()):
        return media_type, text.encode()
    return media_type, _decoded(text, pointer)


def _of_image(image: ImageSource, media_type: str, pointer: str) -> tuple[str, bytes]:
    kind = media_type if media_type.startswith("image/") else image.media_type
    if image.data is not None:
        return kind, _decoded(image.data, pointer)
    return _of_uri(image.url.uri if image.url else "", kind, pointer)


def _of_uri(uri: str, media_type: str, pointer: str) -> tuple[str, bytes]:
    scheme, _, rest = uri.partition(":")
    head, comma, data = rest.partition(",")
    if scheme.lower() != "data" or not comma:
        raise _invalid(pointer, "documents are not fetched from where they are: send the content itself")
    said, _, encoding = head.rpartition(";") if head.endswith(";base64") else (head, "", "")
    found = said.partition(";")[0] or media_type
    return found, _decoded(data, pointer) if encoding else unquote_to_bytes(data)


def _decoded(data: str, pointer: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(pointer, "the content of what is no text is sent as base64") from None


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])
