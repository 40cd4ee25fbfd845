"""The text of a PDF, page by page. Scanned pages have none: nothing here reads letters in images."""

from contextlib import suppress
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError

from tertulia.extract.base import Extract, Job, NoExtract
from tertulia.extract.collecting import Collector, Enough

LOCKED = "it is encrypted with a password: save it without one, and attach it again"


def read(content: bytes, job: Job) -> Extract:
    """Return the text, each page under its number."""
    pdf = PdfReader(BytesIO(content))
    if pdf.is_encrypted and not _opens(pdf):
        return NoExtract(reason=LOCKED)
    count = len(pdf.pages)
    found = Collector(job, unit="page", total_units=count)
    has_text = False
    with suppress(Enough):
        for n in range(count):
            text = _text_of_page(pdf, n)
            has_text = has_text or bool(text)
            found.begin_unit()
            found.add(f"[page {n + 1} of {count}]\n{text}\n\n")
    if not has_text:
        return NoExtract(reason="there is no text in it, only images: it is most likely a scan")
    return found.extract()


def _opens(pdf: PdfReader) -> bool:
    """Try without a password, which is how files that only forbid printing open."""
    try:
        return bool(pdf.decrypt(""))
    except (DependencyError, NotImplementedError):  # a cipher that would need another library
        return False


def _text_of_page(pdf: PdfReader, n: int) -> str:
    try:
        return pdf.pages[n].extract_text().strip()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - one broken page does not take the others with it
        return "(this page cannot be read)"
