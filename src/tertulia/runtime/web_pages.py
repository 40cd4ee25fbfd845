"""The readable text of web pages, for tools that fetch them: read like an attached page, in a process of its own."""

from typing import assert_never

from tertulia.extract.base import ImageExtract, NoExtract, TextExtract
from tertulia.extract.extractor import Extractor
from tertulia.tools.builtin.web_fetch import ReadHtml
from tertulia.tools.web.fetch import NoPage, WebPage


def page_reader(extractor: Extractor) -> ReadHtml:
    """Return what reads a page for an owner."""

    async def read(page: WebPage, owner: str) -> str:
        found = await extractor.text_of_html(page.body, charset=page.charset, owner=owner)
        match found:
            case TextExtract(text=text):
                return text
            case NoExtract(reason=reason):
                raise NoPage(f"The page at {page.url} cannot be read: {reason}.")
            case ImageExtract():
                raise NoPage(f"What is at {page.url} is an image.")
            case _:
                assert_never(found)

    return read
