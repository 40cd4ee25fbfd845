"""The readable text of a web page as Markdown: without scripts, styles, forms and what only leads elsewhere."""

import re
import warnings
from contextlib import suppress

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import ATX, MarkdownConverter

from tertulia.extract.base import Extract, Job, NoExtract
from tertulia.extract.collecting import Collector, Enough

UNREADABLE = [
    *("head", "title", "script", "style", "noscript", "template"),
    *("svg", "canvas", "iframe", "object", "form", "dialog"),
]
BESIDES = ["nav", "header", "footer", "aside"]
"""What stands around the text of a page."""
CONVERTER = MarkdownConverter(
    heading_style=ATX, strip=["img"], escape_misc=False, escape_asterisks=False, escape_underscores=False
)
LEAST_CHARS = 200
"""A part that says it is the main one counts as that from this length."""


def read(content: bytes, job: Job) -> Extract:
    """Return the page's text, under its title."""
    warnings.simplefilter("ignore")  # what the parser thinks of the page is of no use to anyone
    try:
        page = BeautifulSoup(content, "lxml", from_encoding=job.charset or None)
    except (ParserRejectedMarkup, LookupError):
        return NoExtract(reason="it is no HTML that can be read")
    title = " ".join(page.title.get_text().split()) if page.title else ""
    for tag in page.find_all(UNREADABLE):
        tag.decompose()
    text = _markdown(_main_part(page))
    if not (title or text):
        return NoExtract(reason="there is no text in it")
    found = Collector(job)
    with suppress(Enough):
        found.add((f"# {title}\n\n" if title and not text.startswith(f"# {title}") else "") + text)
    return found.extract()


def _main_part(page: BeautifulSoup) -> Tag:
    """The part that says it is the main one, else all but what stands around."""
    for name in ("main", "article"):
        parts = page.find_all(name)
        if len(parts) == 1 and len(parts[0].get_text(strip=True)) >= LEAST_CHARS:
            return parts[0]
    if len(page.get_text(strip=True)) >= LEAST_CHARS:
        for tag in page.find_all(BESIDES):
            tag.decompose()
    return page


def _markdown(part: Tag) -> str:
    try:
        text = CONVERTER.convert_soup(part)
    except RecursionError:  # nested too deeply for the converter: the words without their form
        text = part.get_text("\n", strip=True)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
