"""The text of a Word document, in its order: headings, paragraphs, lists and tables."""

import re
from contextlib import suppress
from io import BytesIO

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from tertulia.extract.base import Extract, Job, NoExtract
from tertulia.extract.collecting import Collector, Enough

HEADING = re.compile(r"Heading ([1-6])")


def read(content: bytes, job: Job) -> Extract:
    """Return the text, with headings, lists and tables marked as in Markdown."""
    document = Document(BytesIO(content))
    found = Collector(job)
    with suppress(Enough):
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                _add_table(found, block)
            elif text := _paragraph(block):
                found.add(text + "\n\n")
    return NoExtract(reason="there is no text in it") if found.is_empty else found.extract()


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text.strip()
    style = (paragraph.style.name if paragraph.style else "") or ""
    if text and (heading := HEADING.fullmatch(style)):
        return f"{'#' * int(heading[1])} {text}"
    return f"- {text}" if text and style.startswith("List") else text


def _add_table(found: Collector, table: Table) -> None:
    for row in table.rows:
        cells: list[str] = []
        before: object = None
        for cell in row.cells:
            element: object = cell._tc  # pyright: ignore[reportPrivateUsage] - python-docx has no other identity of a cell
            if element is not before:  # a merged cell comes once for each column that it spans
                cells.append(" ".join(cell.text.split()))
            before = element
        found.add("| " + " | ".join(cells) + " |\n")
    found.add("\n")
