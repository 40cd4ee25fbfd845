"""A file on a message, as a model is given it: an image, its text, or a note that it is there.

A model never sees more of a text than `INLINE_TEXT_CHARS`, and the fence around it is longer than any run of backticks
inside it, so that no file can end its own quotation.
"""

import base64
import binascii
import codecs
import re
import unicodedata

from tertulia.domain.attachments import INLINE_TEXT_CHARS, FileAttachment

IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What vision models take, by OpenAI's list; every other image is named in a note."""
TEXT_TYPES = re.compile(
    r"text/.*|application/(json|ld\+json|x-ndjson|xml|yaml|x-yaml|toml|javascript|typescript|sql|x-sh|x-httpd-php"
    r"|x-python|graphql|rtf|csv)|image/svg\+xml|.*\+(json|xml)"
)
UNTOLD_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What browsers say when they do not know: then the bytes decide."""

MAX_TEXT_BYTES = 4 * INLINE_TEXT_CHARS
"""No character of UTF-8 is longer than four bytes."""


def media_type_of(file: FileAttachment) -> str:
    """Return the type without its parameters, in lower case."""
    return file.type.partition(";")[0].strip().lower()


def is_image(file: FileAttachment) -> bool:
    """Whether a vision model can look at it."""
    return media_type_of(file) in IMAGE_TYPES and bool(file.content)


def words_for(file: FileAttachment) -> str:
    """Return the text of the file between fences under its name, or a note when it has none to show."""
    media_type = media_type_of(file)
    if file.content and (media_type in UNTOLD_TYPES or TEXT_TYPES.fullmatch(media_type)):
        text = _decode(file.content, guess=media_type in UNTOLD_TYPES)
        if text is not None:
            return _quote(file, text)
    return f"[Attached file: {_title(file)}. Its content is not shown.]"


def _quote(file: FileAttachment, text: str) -> str:
    shown = text[:INLINE_TEXT_CHARS]
    longest = max((len(run) for run in re.findall(r"`{3,}", shown)), default=2)
    fence = "`" * (longest + 1)
    end = "" if shown.endswith("\n") else "\n"
    note = (
        f"\n[The file goes on; only its first {len(shown):,} characters are shown.]" if len(text) > len(shown) else ""
    )
    return f"Attached file: {_title(file)}\n{fence}\n{shown}{end}{fence}{note}"


def _title(file: FileAttachment) -> str:
    """Name, type and size in one line; no control or direction character of a name gets through."""
    visible = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in file.name)
    name = " ".join(visible.split()) or "unnamed"
    size = f", {file.size:,} bytes" if file.size is not None else ""
    return f"{name} ({media_type_of(file) or 'unknown type'}{size})"


def _decode(content: str, *, guess: bool) -> str | None:
    """Read base64 as text, no further than it is shown; None when it cannot be read or, if we guess, is no text."""
    length = 4 * (MAX_TEXT_BYTES // 3 + 2)
    is_cut = len(content) > length
    try:
        raw = base64.b64decode(content[:length], validate=True)
    except (binascii.Error, ValueError):
        return None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(raw, final=not is_cut)
    except UnicodeDecodeError:
        return None if guess else raw.decode("utf-8", errors="replace")
    return None if guess and "\0" in text else text
