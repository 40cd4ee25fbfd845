"""Files that a server keeps: uploaded, brought by a message, or made by a tool.

A file is what its owner calls it; its bytes are a blob, which is named by their hash and may be those of many files.
"""

import unicodedata
from typing import Annotated

from msgspec import Meta

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value

LONGEST_NAME = 255
UNTYPED = "application/octet-stream"


class FileInfo(Value):
    """A file, without its content. `type` is what its bytes are, which may be another than was claimed.

    `size` is in bytes, `sha256` of the content in hex; `url` is where to get it.
    """

    file_id: str
    name: Annotated[str, Meta(max_length=LONGEST_NAME)]
    type: str
    size: int
    sha256: str
    created_at: str
    url: str

    def as_attachment(self, content: str | None = None) -> FileAttachment:
        """Return it as messages have it, with or without its content in base64."""
        return FileAttachment(
            name=self.name, type=self.type, content=content, size=self.size, file_id=self.file_id, url=self.url
        )


def url_of(file_id: str) -> str:
    """Return the path of a file's content."""
    return f"/v1/files/{file_id}/content"


def clean_name(name: str) -> str:
    """Return what a file is called: the last part of a path, without what cannot be seen or turns writing round.

    Nothing is stored under this name; it is for people, and for the disk of who downloads it.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in last)
    plain = " ".join(visible.split()).strip(". ")
    return _shortened(plain) or "unnamed"


def _shortened(name: str) -> str:
    """Cut a name in its middle: its end says of what kind it is."""
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    kept = f"{dot}{extension}" if stem and len(extension) <= 16 else ""
    return name[: LONGEST_NAME - len(kept)] + kept
