"""A file on a message, or one that an agent puts out."""

from typing import Annotated

from msgspec import Meta

from tertulia.domain.base import Value

INLINE_BYTES = 32 * 1024
"""The largest file whose content stays in the message that brought it, besides where files stay."""
INLINE_TEXT_CHARS = 200_000
"""How much of a text file a model is given; what is beyond is left out with a note."""


class FileAttachment(Value):
    """The guide's `FileAttachment`: `content` is base64, `type` a media type, `size` in bytes once decoded.

    Once the server has taken it, its bytes are a file of their own: `file_id` names it, and `url` is where to get it.
    A client sends `content` with a name and a type, or the `file_id` of a file that is there, which says both. Of a
    file that is larger than `INLINE_BYTES` the content is left out where many turns are read.
    """

    name: Annotated[str, Meta(max_length=255)] = ""
    type: Annotated[str, Meta(max_length=255)] = ""
    content: str | None = None
    size: int | None = None
    file_id: str | None = None
    url: str | None = None
