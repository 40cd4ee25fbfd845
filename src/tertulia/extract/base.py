"""What can be had of a file: its text, an image that a model can look at, or the reason why there is neither.

Files come from strangers. What reads them runs in a process of its own (`worker`), with limits of time, memory and
output, and is gone when it has answered; the server itself only ever sees the values here.
"""

from typing import Literal

from msgspec import field

from tertulia.domain.attachments import INLINE_TEXT_CHARS
from tertulia.domain.base import Value

VERSION = 1
"""Goes up when the same file would give something else: what was kept of it before is then read anew."""

KEPT_CHARS = INLINE_TEXT_CHARS
"""How much of a file's text is kept: no model is given more of one."""
COUNTED_CHARS = 10_000_000
"""How far a text is counted; then the reading ends."""
MAX_IMAGE_SIDE = 1568
"""Pixels: a larger image is scaled down. The vision models of Anthropic and OpenAI do the same, near this size:
https://docs.claude.com/en/docs/build-with-claude/vision and https://platform.openai.com/docs/guides/images-vision."""

Task = Literal["document", "html", "image"]


class Job(Value):
    """What is wanted of a file. `charset` is what its sender said; `seconds` is for reading, not for starting."""

    task: Task
    charset: str = ""
    seconds: float = 10.0
    kept_chars: int = KEPT_CHARS
    max_image_side: int = MAX_IMAGE_SIDE


class Extracted(Value, tag_field="kind"):
    """The base of what a file gives."""


class TextExtract(Extracted, tag="text"):
    """The text of a file: all of it, or its beginning.

    `total_chars` is how long the whole is; with `is_counted` false, it is longer still. `starts` has the place in the
    text at which each `unit` (a page, a sheet, a slide) begins, as far as the text goes; there are `total_units`.
    """

    text: str
    total_chars: int
    is_counted: bool = True
    unit: str = ""
    starts: list[int] = field(default_factory=list[int])
    total_units: int = 0


class ImageExtract(Extracted, tag="image"):
    """An image of a type that models take, with nothing else in it; `note` says what was done to it."""

    media_type: str
    data: bytes
    width: int
    height: int
    note: str = ""


class NoExtract(Extracted, tag="none"):
    """Nothing can be had; `reason` is a clause for the model and for people. `is_final`: it would be so again."""

    reason: str
    is_final: bool = True


Extract = TextExtract | ImageExtract | NoExtract
