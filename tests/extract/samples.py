"""Real files, made by the libraries that read them, and hostile ones, made by hand."""

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

import docx
import openpyxl
import pptx
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject


def pdf(*pages: str, password: str = "", script: str = "") -> bytes:
    """A PDF with one line on each page, and a script that runs when it is opened, where one does."""
    writer = PdfWriter()
    font = DictionaryObject()
    for name, value in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica")):
        font[NameObject(name)] = NameObject(value)
    for text in pages:
        page = writer.add_blank_page(300, 300)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = StreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = writer._add_object(content)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject(name): value for name, value in action.items()}
        )
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    return _written(writer.write)


def word(*paragraphs: str, heading: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    document = docx.Document()
    if heading:
        document.add_heading(heading, 1)
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, values in zip(grid.rows, table, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
    return _written(document.save)


def excel(**sheets: Sequence[Sequence[Any]]) -> bytes:
    workbook = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return _written(workbook.save)


def slides(*titles: str, notes: str = "") -> bytes:
    presentation = pptx.Presentation()
    for title in titles:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        assert slide.shapes.title is not None
        slide.shapes.title.text = title
        if notes:
            frame = slide.notes_slide.notes_text_frame
            assert frame is not None
            frame.text = notes
    return _written(presentation.save)


def image(
    size: tuple[int, int] = (4, 3), kind: str = "PNG", mode: str = "RGB", color: Any = "red", **options: Any
) -> bytes:
    return _written(lambda out: Image.new(mode, size, color).save(out, kind, **options))


def repacked(office: bytes, **parts: bytes) -> bytes:
    """An office file with other content in some of its parts, by the last part of their names (without the dot)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            short = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.get(short, old.read(name)))
    return out.getvalue()


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]


def _written(write: Any) -> bytes:
    out = io.BytesIO()
    write(out)
    return out.getvalue()
