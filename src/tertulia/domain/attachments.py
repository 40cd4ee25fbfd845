"""A file on a message, or one that an agent puts out."""

from typing import Annotated

from msgspec import Meta

from tertulia.domain.base import Value

INLINE_TEXT_CHARS = 200_000
"""How much of a text file a model is given; what is beyond is left out with a note."""


class FileAttachment(Value):
    """The guide's `FileAttachment`: `content` is base64, `type` a media type, `size` in bytes once decoded.

    Once the server has taken it, its bytes are a file of their own: `file_id` names it, and `url` is where to get it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    type: Annotated[str, Meta(min_length=1, max_length=255)]
    content: str | None = None
    size: int | None = None
    file_id: str | None = None
    url: str | None = None
