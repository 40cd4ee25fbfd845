"""S15: files that are made to hurt whoever reads them. Each ends soon, as a note with a reason."""

import base64
import io
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from tertulia.extract.base import Extract, ImageExtract, Job, NoExtract, Task, TextExtract
from tertulia.extract.extractor import ExtractLimits, Extractor
from tertulia.runtime.places import Places
from tests.extract import samples
from tests.server.site import Site

pytestmark = pytest.mark.slow

LIMITS = ExtractLimits(seconds=6)
PATIENT = ExtractLimits(seconds=60)
"""For files that are to be read, however busy the machine is."""
AT_MOST_S = 4 * LIMITS.seconds
"""Until a note is there; the limit, and what a busy machine adds."""


async def read(content: bytes, task: Task = "document", limits: ExtractLimits = PATIENT) -> Extract:
    extractor = Extractor(limits, take=Places(2, most_waiting=10).take)
    return await extractor.extract(Job(task=task), samples.pieces(content), owner="ana")


async def survive(bomb: bytes, task: Task = "document") -> Extract:
    """Read what is made to hurt."""
    began = time.monotonic()
    found = await read(bomb, task, LIMITS)
    assert time.monotonic() - began < AT_MOST_S
    return found


# --- Archives and XML ---


def zip_bomb() -> bytes:
    """Half a megabyte that unpacks to 320 of them."""
    out = io.BytesIO(samples.word("Hello"))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/media/image1.png", "w") as member,
    ):
        for _ in range(320):
            member.write(bytes(1_000_000))
    return out.getvalue()


def lying_zip_bomb() -> bytes:
    """The same, but the archive says that it is small."""
    honest = bytearray(samples.repacked(samples.word("Hello"), document=bytes(10_000_000)))
    size, small = struct.pack("<I", 10_000_000), struct.pack("<I", 500)
    return bytes(honest).replace(size, small)


def many_members() -> bytes:
    out = io.BytesIO(samples.word("Hello"))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"word/{number}", b"")
    return out.getvalue()


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
).encode()
XXE = b'<!DOCTYPE x [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>'
WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CELLS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def word_with(prolog: bytes, body: str = "<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>") -> bytes:
    document = f"<w:document {WORDS}><w:body>{body}</w:body></w:document>".encode()
    return samples.repacked(samples.word("Hello"), document=prolog + document)


def excel_with(prolog: bytes, rows: str, dimension: str = "A1") -> bytes:
    sheet = f'<worksheet {CELLS}><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'.encode()
    return samples.repacked(samples.excel(S=[["Hello"]]), sheet1=prolog + sheet)


def excel_of_nothing() -> bytes:
    """A sheet that says it has 17 billion cells, and has one at its far end."""
    last = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>last</t></is></c></row>'
    return excel_with(b"", last, "A1:XFD1048576")


def wide_merge() -> bytes:
    """A table whose one cell says that it spans two billion columns."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p><w:r><w:t>wide</w:t></w:r></w:p></w:tc>'
    return word_with(b"", f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>")


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a zip bomb": zip_bomb,
    "a zip bomb that lies": lying_zip_bomb,
    "too many members": many_members,
    "ten million paragraphs": lambda: word_with(b"", "<w:p/>" * 10_000_000),
    "a tree as deep as it is long": lambda: word_with(b"", "<w:p>" * 2_000_000),
    "a billion laughs in Word": lambda: word_with(LAUGHS),
    "a billion laughs in Excel": lambda: excel_with(LAUGHS, '<row><c t="inlineStr"><is><t>&l11;</t></is></c></row>'),
    "a cell that spans all": wide_merge,
    "an encrypted archive": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(10_000),
}


@pytest.mark.parametrize("bomb", ARCHIVES)
async def test_an_office_file_cannot_hurt(bomb: str) -> None:
    found = await survive(ARCHIVES[bomb]())
    assert isinstance(found, NoExtract), repr(found)[:300]
    assert found.reason


async def test_a_sheet_that_says_it_is_endless_gives_what_is_in_it() -> None:
    found = await survive(excel_of_nothing())
    assert isinstance(found, NoExtract) or found.text.endswith("last\n\n")  # type: ignore[union-attr] - no image


async def test_no_file_of_the_server_gets_into_a_text() -> None:
    found = await read(word_with(XXE))
    assert "root:" not in str(found)


# --- PDF ---


def pdf_of(*objects: bytes) -> bytes:
    """Write a PDF by hand; the first object is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)


CATALOGUE = b"<</Type /Catalog /Pages 2 0 R>>"


def flate_bomb() -> bytes:
    packer = zlib.compressobj(1)
    packed = b"".join([packer.compress(bytes(10_000_000)) for _ in range(60)]) + packer.flush()
    stream = b"<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R>>"
    return pdf_of(CATALOGUE, b"<</Type /Pages /Kids [3 0 R] /Count 1>>", page, stream)


def deep_pages() -> bytes:
    depth = 50_000
    nodes = [b"<</Type /Pages /Kids [%d 0 R] /Count 1>>" % (number + 1) for number in range(2, depth)]
    return pdf_of(CATALOGUE, *nodes, b"<</Type /Page /MediaBox [0 0 9 9]>>")


PDFS: dict[str, Callable[[], bytes]] = {
    "600 megabytes in one stream": flate_bomb,
    "pages in pages in pages": deep_pages,
    "pages that contain themselves": lambda: pdf_of(CATALOGUE, b"<</Type /Pages /Kids [2 0 R 2 0 R] /Count 9>>"),
    "an array as deep as it is long": lambda: pdf_of(CATALOGUE, b"[" * 1_000_000),
    "two billion pages": lambda: pdf_of(CATALOGUE, b"<</Type /Pages /Kids [] /Count 2000000000>>"),
    "nothing but its name": lambda: b"%PDF-1.7",
}


@pytest.mark.parametrize("bomb", PDFS)
async def test_a_pdf_cannot_hurt(bomb: str) -> None:
    found = await survive(PDFS[bomb]())
    assert isinstance(found, NoExtract) or len(found.text) < 1_000, repr(found)[:300]  # type: ignore[union-attr] - no image


# --- Images ---


def png(width: int, height: int, rows: bytes) -> bytes:
    """Write a PNG of one bit a pixel by hand."""

    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


IMAGES: dict[str, Callable[[], bytes]] = {
    "a square of 2.5 billion pixels": lambda: png(50_000, 50_000, zlib.compress(bytes(10_000_000))),
    "a line of two billion pixels": lambda: png(2_000_000_000, 1, zlib.compress(bytes(10))),
    "a size and nothing else": lambda: png(5_000, 5_000, b""),
}


@pytest.mark.parametrize("bomb", IMAGES)
async def test_an_image_cannot_hurt(bomb: str) -> None:
    found = await survive(IMAGES[bomb](), "image")
    assert isinstance(found, NoExtract), type(found)
    assert found.reason


# --- What is two things at once ---


async def test_of_an_image_that_is_a_page_and_a_document_too_only_the_pixels_are_left() -> None:
    polyglot = samples.image() + b"<script>alert('canary')</script>" + samples.pdf("canary") + samples.word("canary")
    found = await read(polyglot, "image")
    assert isinstance(found, ImageExtract)
    assert b"canary" not in found.data
    assert len(found.data) < 200


async def test_what_is_named_a_document_is_what_its_first_bytes_are() -> None:
    found = await read(samples.pdf("Hello") + samples.word("canary"))
    assert isinstance(found, TextExtract)
    assert "Hello" in found.text
    assert "canary" not in found.text


async def test_a_page_as_deep_as_it_is_long_cannot_hurt() -> None:
    found = await survive(b"<div>" * 50_000 + b"<p>end", "html")
    assert isinstance(found, NoExtract | TextExtract)


# --- The whole way ---


@pytest.mark.parametrize(
    ("name", "bomb"), [("a.docx", zip_bomb), ("b.pdf", flate_bomb), ("c.png", IMAGES["a line of two billion pixels"])]
)
async def test_a_turn_with_a_bomb_goes_on_and_says_why_it_was_not_read(
    site: Site, name: str, bomb: Callable[[], bytes]
) -> None:
    file = {"name": name, "type": "", "content": base64.b64encode(bomb()).decode()}
    session = await site.new_session()
    body = {"messages": [{"role": "user", "content": "Look", "file": file}]}
    turn = (await site.post(f"{session}/turn", body)).json()
    (told,) = turn["steps"][0]["metadata"]["attachments"]
    assert (turn["status"], told["name"], told["kind"], told["is_whole"]) == ("completed", name, "note", False)
    assert (await site.turn(session, "Still there?"))["status"] == "completed"
