"""Office files are ZIP archives: what kind one is, and whether it may be unpacked at all."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 300_000_000
"""Of all members together, as the archive says; zipfile reads no further than it says."""
KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
"""The part that only one kind has."""


class Refused(Exception):
    """The file is not read; the message is the reason."""


def kind_of(content: bytes) -> str | None:
    """Tell which kind of office file it is; None for any other archive. Raises Refused."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        raise Refused("it is damaged") from None
    kind = next((KINDS[member.filename] for member in members if member.filename in KINDS), None)
    if kind is not None:
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise Refused("it would be far too large once it is unpacked")
        if any(member.flag_bits & 1 for member in members):
            raise Refused("it is encrypted with a password")
    return kind
