"""The text of a PowerPoint presentation: what stands on each slide, and the speaker's notes."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from pptx import Presentation

from tertulia.extract.base import Extract, Job, NoExtract
from tertulia.extract.collecting import Collector, Enough

MAX_DEPTH = 20
"""Of groups within groups."""


def read(content: bytes, job: Job) -> Extract:
    """Return the text, each slide under its number."""
    slides: list[Any] = list(Presentation(BytesIO(content)).slides)
    found = Collector(job, unit="slide", total_units=len(slides))
    has_text = False
    with suppress(Enough):
        for n, slide in enumerate(slides, 1):
            lines = [line for line in _lines(slide) if line]
            has_text = has_text or bool(lines)
            found.begin_unit()
            found.add("\n".join([f"[slide {n} of {len(slides)}]", *lines, "", ""]))
    return found.extract() if has_text else NoExtract(reason="there is no text in it, only images")


def _lines(slide: Any) -> Iterator[str]:
    yield from _lines_of_shapes(slide.shapes, MAX_DEPTH)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        notes = frame.text.strip()
        if notes:
            yield f"Notes: {notes}"


def _lines_of_shapes(shapes: Iterable[Any], depth: int) -> Iterator[str]:
    for shape in shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text.strip()
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield "| " + " | ".join(" ".join(cell.text.split()) for cell in row.cells) + " |"
        elif depth and hasattr(shape, "shapes"):
            yield from _lines_of_shapes(shape.shapes, depth - 1)
