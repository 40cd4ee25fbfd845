"""The words of an HTML page, without what a browser does not show as its text."""

import asyncio
from html.parser import HTMLParser

from tertulia.tools.web.fetch import WebPage

HIDDEN = frozenset({"script", "style", "noscript", "template", "svg", "nav", "footer", "iframe", "object", "head"})
INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}
)


class _Words(HTMLParser):
    """Gathers text line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden: list[str] = []
        self._lines: list[list[str]] = [[]]

    @property
    def text(self) -> str:
        """All lines that have words."""
        lines = (" ".join("".join(pieces).split()) for pieces in self._lines)
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self._hidden.append(tag)
        elif tag not in INLINE:
            self._lines.append([])

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        elif tag not in INLINE:
            self._lines.append([])

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._lines[-1].append(data)


async def read_html(page: WebPage, _owner: str) -> str:
    """Return the words of a page, in a thread: a large one takes a second."""
    return await asyncio.to_thread(_read, page)


def _read(page: WebPage) -> str:
    words = _Words()
    words.feed(page.text)
    words.close()
    return words.text
