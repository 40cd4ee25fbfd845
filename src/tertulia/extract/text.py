"""Plain text as people save it, read piece by piece: by the mark at its beginning, by what was said of it, else by its
look. Nothing here can be made to take long, so it is done in the server itself."""

import codecs
import re
from collections.abc import AsyncIterable

from tertulia.extract.base import KEPT_CHARS, TextExtract

HEAD_BYTES = 64 * 1024
"""How much is looked at to tell the encoding."""
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, which it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What no text has in it, though terminals write the escape between them."""
NOT_TEXT = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


async def read_text(content: AsyncIterable[bytes], *, charset: str = "", guess: bool = False) -> TextExtract | None:
    """Return the text, as far as it is kept, and how long it is; None when it is none.

    With `guess`, nobody has said that it is text, and only what is so beyond doubt counts.
    """
    pieces = aiter(content)
    head = bytearray()
    async for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    encoding = encoding_of(bytes(head), charset, is_whole=len(head) < HEAD_BYTES)
    if encoding is None or (guess and not encoding.startswith("utf")):
        return None
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    kept = decoder.decode(bytes(head))
    total = len(kept)
    async for piece in pieces:
        text = decoder.decode(piece)
        total += len(text)
        kept += text[: max(KEPT_CHARS - len(kept), 0)]
    rest = decoder.decode(b"", final=True)
    return TextExtract(text=_plain((kept + rest)[:KEPT_CHARS]), total_chars=total + len(rest))


def encoding_of(head: bytes, charset: str, *, is_whole: bool) -> str | None:
    """Tell how a text is encoded by its first bytes, or all of them; None when it is no text."""
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if head.startswith(NOT_TEXT):
        return None
    if b"\0" in head:
        return _wide(head)
    if _reads_as(head, "utf-8", is_whole=is_whole):
        return "utf-8"
    if charset and (said := _known(charset)) is not None and _reads_as(head, said, is_whole=is_whole):
        return said
    # What is left is most likely Western, and cp1252 has more of it than Latin-1, which in turn has every byte.
    return "cp1252" if _reads_as(head, "cp1252", is_whole=is_whole) else "latin-1"


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of most texts is zero."""
    half = len(head) // 2
    even, odd = head[: 2 * half : 2].count(0), head[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.4 * half and others < 0.05 * half:
            text = head[: 2 * half].decode(encoding, errors="replace")
            return None if CONTROLS.search(text) else encoding
    return None


def _reads_as(head: bytes, encoding: str, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _known(charset: str) -> str | None:
    """Return the name of an encoding of text, if it is one."""
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return None
    is_text: bool = getattr(info, "_is_text_encoding", True)
    return info.name if is_text else None


def _plain(text: str) -> str:
    """Return a text without NUL, which neither databases nor patterns like."""
    return text.replace("\0", "")
