"""A file on a message, as words in front of a model: its text between fences under its name, or a note about it.

The fence is longer than any run of backticks inside it, so that no file can end its own quotation.
"""

import re
import unicodedata

from tertulia.domain.attachments import FileAttachment
from tertulia.models.base import ImageRendering, Rendering, TextRendering

TEXT_TYPES = re.compile(
    r"text/.*|application/(json|ld\+json|x-ndjson|xml|yaml|x-yaml|toml|javascript|typescript|sql|x-sh|x-httpd-php"
    r"|x-python|graphql|rtf|csv)|image/svg\+xml|.*\+(json|xml)"
)


def media_type_of(file: FileAttachment) -> str:
    """Return the type without its parameters, in lower case."""
    return file.type.partition(";")[0].strip().lower()


def words_for(file: FileAttachment, rendering: Rendering | None) -> str:
    """Return the words that a model is given of a file; an image stands behind them."""
    match rendering:
        case TextRendering(text=text, note=note):
            return _quote(file, text) + (f"\n[{note}.]" if note else "")
        case ImageRendering(note=note):
            return f"Attached image: {_title(file)}" + (f" [{note}]" if note else "")
        case _:
            note = rendering.note if rendering is not None else ""
            return f"[Attached file: {_title(file)}. Its content is not shown{note and ': '}{note}.]"


def _quote(file: FileAttachment, text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    end = "" if text.endswith("\n") else "\n"
    return f"Attached file: {_title(file)}\n{fence}\n{text}{end}{fence}"


def _title(file: FileAttachment) -> str:
    """Name, type and size in one line; no control or direction character of a name gets through."""
    visible = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in file.name)
    name = " ".join(visible.split()) or "unnamed"
    size = f", {file.size:,} bytes" if file.size is not None else ""
    return f"{name} ({media_type_of(file) or 'unknown type'}{size})"
