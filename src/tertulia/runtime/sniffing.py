"""What a file is, by its first bytes: what is sniffed goes before what its sender claims.

Only among kinds of text does the claim decide, for a text does not say whether it is a table or a program. Whatever
begins like a page or a drawing that can run scripts is called that, whatever it was said to be.
"""

import re
from mimetypes import guess_type
from typing import Any, cast

from tertulia.domain.files import UNTYPED
from tertulia.models.files import TEXT_TYPES

HEAD = 64 * 1024
"""How many of a file's first bytes are looked at."""
PLAIN, HTML, SVG, ZIP = "text/plain", "text/html", "image/svg+xml", "application/zip"
LOOKS_LIKE_TEXT = {
    b"%PDF-": "application/pdf",
    b"{\\rtf": "application/rtf",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
"""Files of letters, at least at their beginning, that are no text."""
# Possessive, for these bytes are a stranger's: no beginning makes it look at any byte again and again.
ACTIVE = re.compile(
    rb"\s*+(?>(?:<\?xml[^>]*+>|<!--(?s:.*?)-->)\s*+)*+"
    rb"<(?:(?P<html>!doctype\s++html|html|head|body|script|iframe)|(?P<svg>svg|!doctype\s++svg))\b",
    re.IGNORECASE,
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LONGEST = 64
"""How much of a name within an archive is looked at."""
ZIP_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
IN_ZIP = re.compile(r"application/(vnd\.(openxmlformats|oasis|ms-)|epub|java-archive)[A-Za-z0-9.+-]*")
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
"""What may stand in a header: a claim that is none of these is no claim."""
CHARSET = re.compile(r";\s*charset=\"?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
BETTER_NAMES = {
    "application/x-gzip": "application/gzip",
    "image/x-ms-bmp": "image/bmp",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "application/octet-stream": UNTYPED,
}


def sniff(head: bytes, *, claimed: str = "", name: str = "") -> str:
    """Return the media type of a file that begins with `head`."""
    said = claimed.partition(";")[0].strip().lower()
    for beginning, kind in LOOKS_LIKE_TEXT.items():
        if head.startswith(beginning):
            return kind
    if not head or is_text(head, may_be_old=bool(TEXT_TYPES.fullmatch(said))):
        return _text_type(head, claimed, name)
    return _binary_type(head, said)


def is_text(head: bytes, *, may_be_old: bool = False) -> bool:
    """Tell whether bytes are the beginning of a text: in UTF-8, in UTF-16 with its mark, or in an old encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return not head.startswith(b"\xff\xfe\x00\x00")
    if CONTROL.search(head):
        return False
    try:
        head[: len(head) - _cut(head)].decode()
    except UnicodeDecodeError:
        return may_be_old
    return True


def _cut(head: bytes) -> int:
    """How many bytes at the end are the beginning of a character that was cut off."""
    for back in range(1, min(4, len(head) + 1)):
        byte = head[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if needed > back else 0
        if byte < 0x80:
            return 0
    return 0


def _text_type(head: bytes, claimed: str, name: str) -> str:
    if active := ACTIVE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return HTML if active["html"] else SVG
    by_name = guess_type(name, strict=False)[0] or ""
    candidates = (claimed.partition(";")[0].strip().lower(), by_name)
    # A claim to be active, of what does not begin like it, is one that nobody needs to believe; but it harms nobody.
    kind = next((each for each in candidates if MEDIA_TYPE.fullmatch(each) and TEXT_TYPES.fullmatch(each)), PLAIN)
    charset = CHARSET.search(claimed)
    return f"{kind}; charset={charset[1].lower()}" if charset else kind


def _binary_type(head: bytes, said: str) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(head, said)
    import puremagic  # noqa: PLC0415 - it reads a table of a thousand kinds, and most turns bring no file

    try:
        found: str = cast(Any, puremagic).from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return UNTYPED
    kind = found.lower() if MEDIA_TYPE.fullmatch(found.lower()) else UNTYPED
    # What is no text is no text, even if a table of beginnings takes it for one.
    return UNTYPED if TEXT_TYPES.fullmatch(kind) else BETTER_NAMES.get(kind, kind)


def _zip_type(head: bytes, said: str) -> str:
    """Office files are ZIP archives: what they hold says which."""
    names = [
        head[entry.end() : entry.end() + min(int.from_bytes(entry[1], "little"), LONGEST)]
        for entry in ZIP_ENTRY.finditer(head)
    ]
    if names and names[0] == b"mimetype":
        begin = 30 + len(names[0]) + int.from_bytes(head[28:30], "little")
        inside = head[begin:][: int.from_bytes(head[18:22], "little")].decode("latin-1")
        return inside if IN_ZIP.fullmatch(inside) else ZIP
    for folder, kind in OFFICE.items():
        if any(name.startswith(folder.encode()) for name in names):
            return kind
    has_types = b"[Content_Types].xml" in names
    return said if has_types and said in OFFICE.values() else ZIP
