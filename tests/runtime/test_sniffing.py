"""What a file is, by its first bytes (S15): a claim counts only among kinds of text."""

import io
import time
import zipfile

import pytest

from tertulia.runtime.sniffing import HEAD, sniff

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def archive(*names: str, first: str = "<x/>") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for place, name in enumerate(names):
            file.writestr(name, first if place == 0 else "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "application/pdf"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (archive("mimetype", "content.xml", first="application/vnd.oasis.opendocument.text"),
         "application/vnd.oasis.opendocument.text"),
        (archive("mimetype", first="text/html"), "application/zip"),
        (archive("a.txt"), "application/zip"),
        (b"\x00\x01\x02\x03 nobody knows", "application/octet-stream"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_text_are_what_they_are(head: bytes, kind: str) -> None:
    for claimed in ("", "text/plain", "image/jpeg", "text/html; charset=utf-8", DOCX.replace("word", "excel")):
        assert sniff(head, claimed=claimed, name="a.txt") == kind


@pytest.mark.parametrize(
    ("head", "claimed", "name", "kind"),
    [
        (b"a,b\n1,2\n", "text/csv", "", "text/csv"),
        (b"a,b\n1,2\n", "", "table.csv", "text/csv"),
        (b'{"a": 1}', "application/json", "", "application/json"),
        (b"print(1)", "application/octet-stream", "a.py", "text/x-python"),
        (b"Hello", "image/png", "a.png", "text/plain"),
        (b"Hello", "", "", "text/plain"),
        (b"", "", "", "text/plain"),
        ("Olá 🦊".encode()[:-1], "", "", "text/plain"),
        ("Olá".encode("latin-1") + b" e mais", "text/plain; charset=ISO-8859-1", "", "text/plain; charset=iso-8859-1"),
        ("Olá".encode("utf-16"), "", "", "text/plain"),
        (b"BM is how this text begins", "image/bmp", "", "text/plain"),
    ],
)
def test_a_text_is_the_kind_of_text_that_it_is_said_to_be(head: bytes, claimed: str, name: str, kind: str) -> None:
    assert sniff(head, claimed=claimed, name=name) == kind


@pytest.mark.parametrize(
    "claimed", ["text/x\rSet-Cookie: a=b", "text/x\0", "text/\u0436", "text/a b", "text/a,text/html"]
)
def test_a_claim_that_could_not_stand_in_a_header_is_none(claimed: str) -> None:
    assert sniff(b"Hello", claimed=claimed) == "text/plain"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"\xef\xbb\xbf\n <!-- <svg> -->\n<HTML>", "text/html"),
        (b"<script>alert(1)</script>", "text/html"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="x()">', "image/svg+xml"),
    ],
)
def test_what_can_run_scripts_is_called_so_whatever_it_claims(head: bytes, kind: str) -> None:
    for claimed in ("", "text/plain", "image/png", "application/json"):
        assert sniff(head, claimed=claimed, name="a.txt") == kind


def test_a_polyglot_is_the_kind_whose_magic_it_begins_with_and_never_a_page() -> None:
    assert sniff(b"GIF89a/*<script>*/=1;alert(1)", claimed="text/html") == "image/gif"
    assert sniff(b"%PDF-1.4\n<html><script>", claimed="text/html") == "application/pdf"


@pytest.mark.parametrize("piece", [b"<!--", b" ", b"<?xml", b"<!-- -->", b"PK\x03\x04", b"<?xml><!--x--> "])
def test_a_hostile_beginning_costs_no_more_than_its_length(piece: bytes) -> None:
    begun = time.process_time()
    assert sniff((piece * HEAD)[:HEAD])
    assert time.process_time() - begun < 5, "it is milliseconds, unless bytes are looked at again and again"
