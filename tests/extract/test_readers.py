"""What can be had of files of every kind. The readers run in this process; what confines them has tests of its own."""

import datetime as dt
import io
from typing import Any

import pytest
from PIL import Image

from tertulia.extract.base import MAX_IMAGE_SIDE, Extract, ImageExtract, Job, NoExtract, Task, TextExtract
from tertulia.extract.worker import extract
from tests.extract import samples


def taken(content: bytes, task: Task = "document", **job: Any) -> Extract:
    return extract(content, Job(task=task, **job))


def text_of(content: bytes, task: Task = "document", **job: Any) -> TextExtract:
    found = taken(content, task, **job)
    assert isinstance(found, TextExtract), found
    return found


def image_of(content: bytes) -> tuple[ImageExtract, Image.Image]:
    found = taken(content, "image")
    assert isinstance(found, ImageExtract), found
    return found, Image.open(io.BytesIO(found.data))


def reason_of(content: bytes, task: Task = "document") -> str:
    found = taken(content, task)
    assert isinstance(found, NoExtract), found
    return found.reason


# --- Documents ---


def test_a_pdf_is_its_text_with_a_mark_for_each_page() -> None:
    found = text_of(samples.pdf("First things", "Second thoughts"))
    assert found.text == "[page 1 of 2]\nFirst things\n\n[page 2 of 2]\nSecond thoughts\n\n"
    assert (found.unit, found.total_units, found.total_chars) == ("page", 2, len(found.text))
    assert [found.text[start:].partition("\n")[0] for start in found.starts] == ["[page 1 of 2]", "[page 2 of 2]"]


def test_of_a_long_text_the_beginning_is_kept_and_all_of_it_counted() -> None:
    found = text_of(samples.pdf(*["x" * 100] * 10), kept_chars=300)
    assert len(found.text) == 300
    assert (found.total_chars > 1_000, found.is_counted, len(found.starts), found.total_units) == (True, True, 3, 10)


def test_a_reading_that_has_no_time_left_ends_with_what_it_has() -> None:
    found = text_of(samples.pdf(*["words"] * 10), seconds=0.0)
    assert found.text == "[page 1 of 10]\nwords\n\n"
    assert not found.is_counted


def test_a_pdf_of_images_says_that_it_has_no_text() -> None:
    assert "no text in it" in reason_of(samples.pdf("", ""))


def test_a_pdf_with_a_password_says_so_and_one_without_is_read() -> None:
    assert "encrypted with a password" in reason_of(samples.pdf("Secret", password="open sesame"))


def test_a_word_document_keeps_its_order_headings_and_tables() -> None:
    content = samples.word("Hello.", heading="Report", table=[["City", "Sun"], ["Lisbon", "yes"]])
    assert text_of(content).text == "# Report\n\nHello.\n\n| City | Sun |\n| Lisbon | yes |\n\n"


def test_a_workbook_is_its_values_sheet_by_sheet() -> None:
    day = dt.datetime(2026, 11, 26, tzinfo=None)  # noqa: DTZ001 - Excel knows no zones
    content = samples.excel(Sales=[["City", "Sum"], ["Lisbon, PT", 2.0], [None, None], [day, 2.5]], Empty=[])
    found = text_of(content)
    assert found.text == '[sheet Sales]\nCity,Sum\n"Lisbon, PT",2\n2026-11-26,2.5\n\n[sheet Empty]\n\n'
    assert (found.unit, found.total_units) == ("sheet", 2)


def test_a_presentation_is_its_slides_with_their_notes() -> None:
    found = text_of(samples.slides("One", "Two", notes="Smile."))
    assert found.text == "[slide 1 of 2]\nOne\nNotes: Smile.\n\n[slide 2 of 2]\nTwo\nNotes: Smile.\n\n"


@pytest.mark.parametrize("content", [samples.word(), samples.excel(Empty=[]), samples.slides()])
def test_documents_without_a_word_say_so(content: bytes) -> None:
    assert reason_of(content).startswith("there ")


def test_what_a_document_is_its_bytes_decide() -> None:
    assert "Hello" in text_of(b"\n\n" + samples.pdf("Hello")).text
    assert "no text can be had" in reason_of(b"%!PS-Adobe")
    assert "before 2007" in reason_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


@pytest.mark.parametrize("whole", [samples.pdf("Hello"), samples.word("Hello"), samples.excel(S=[["Hello"]])])
def test_broken_documents_are_damaged(whole: bytes) -> None:
    assert "damaged" in reason_of(whole[: len(whole) // 3])


# --- Pages ---

PAGE = """<!DOCTYPE html><html><head><title>Sun &amp; rain</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav><script>alert(1)</script>
<main><h2>Lisbon</h2><p>It is <b>sunny</b>. %s</p><ul><li>one<li>two</ul>
<table><tr><th>a<th>b<tr><td>1<td>2</table></main><footer>imprint</footer></body></html>"""


def test_a_web_page_is_its_main_part_as_markdown() -> None:
    text = text_of((PAGE % ("So it stays. " * 20)).encode(), "html").text
    assert text.startswith("# Sun & rain\n\n## Lisbon\n\nIt is **sunny**.")
    assert "| 1 | 2 |" in text
    for absent in ("alert", "Home", "imprint", "p {}"):
        assert absent not in text


def test_a_page_is_read_in_the_encoding_that_was_said() -> None:
    assert "Ελλάδα" in text_of("<p>Ελλάδα</p>".encode("iso-8859-7"), "html", charset="iso-8859-7").text
    assert "café" in text_of("<p>café</p>".encode(), "html", charset="no such thing").text


def test_a_page_without_words_says_so() -> None:
    assert reason_of(b"<script>1</script>", "html") == "there is no text in it"


# --- Images ---


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("GIF", "P"),
        ("WEBP", "RGB"),
        ("BMP", "1"),
        ("TIFF", "CMYK"),
        ("TIFF", "F"),
    ],
)
def test_images_of_many_formats_become_png(kind: str, mode: str) -> None:
    found, seen = image_of(
        samples.image(kind=kind, mode=mode, color=0 if mode not in ("RGB", "RGBA", "CMYK") else None)
    )
    assert (found.media_type, seen.format, seen.size, found.note) == ("image/png", "PNG", (4, 3), "")


def test_a_photograph_stays_jpeg_is_upright_and_says_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: its right side is up
    exif[0x010F] = "Camera canary"
    photo = Image.new("RGB", (40, 20), "white")
    photo.paste("red", (0, 0, 20, 20))
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"comment canary")
    found, seen = image_of(out.getvalue())
    assert (found.media_type, seen.size) == ("image/jpeg", (20, 40))
    colors = [seen.convert("RGB").resize((1, 2)).getpixel((0, row)) for row in (0, 1)]
    assert [(red > 200, green > 100) for red, green, _ in colors] == [(True, False), (True, True)]  # type: ignore[misc, union-attr] - RGB has three bands
    assert b"canary" not in found.data
    assert dict(seen.getexif()) == {}


def test_a_large_image_is_scaled_down_and_says_from_what() -> None:
    found, seen = image_of(samples.image((4_000, 1_000), "JPEG"))
    assert seen.size == (found.width, found.height) == (MAX_IMAGE_SIDE, MAX_IMAGE_SIDE // 4)
    assert found.note == "scaled down from 4000 × 1000"


def test_of_a_moving_image_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (4, 3), color) for color in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    found, seen = image_of(out.getvalue())
    assert seen.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert found.note == "the first of 3 frames"


def test_an_image_that_would_be_long_as_png_is_sent_as_jpeg() -> None:
    noise = Image.effect_noise((1_200, 1_200), 90)
    out = io.BytesIO()
    noise.convert("RGBA").save(out, "PNG")
    assert image_of(out.getvalue())[0].media_type == "image/jpeg"


def test_what_is_no_image_is_said_to_be_none() -> None:
    assert "cannot be read" in reason_of(samples.pdf("Hello"), "image")
    assert "damaged" in reason_of(samples.image((400, 300))[:100], "image")
