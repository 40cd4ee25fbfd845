"""An answer that grows: Markdown to which its pieces are added, without what is there already being drawn anew.

Pieces that come faster than they can be drawn are drawn together.
"""

import asyncio

from textual.widgets import Markdown
from textual.worker import Worker

from tertulia.terminal.leaving import EndsItsWork
from tertulia.terminal.text import markdown_of

SECONDS_BETWEEN = 0.04
"""A reader sees no more of it, and a processor has a rest."""


class AnswerText(EndsItsWork, Markdown):
    """The text of one inference."""

    def __init__(self, text: str = "") -> None:
        super().__init__(markdown_of(text), open_links=False)
        self.said = text
        """All that was said, also what is not drawn yet."""
        self._waiting = ""
        self._drawing: Worker[None] | None = None

    def write(self, text: str) -> None:
        """Add what came next."""
        self.said += text
        self._waiting += markdown_of(text)
        if self._drawing is None or self._drawing.is_finished:
            self._drawing = self.run_worker(self._draw())

    async def settle(self) -> None:
        """Wait until all that was written is drawn."""
        if self._drawing is not None and not self._drawing.is_finished:
            await self._drawing.wait()

    async def replace(self, text: str) -> None:
        """Show another text."""
        self._waiting = ""
        await self.settle()
        self.said = text
        await self.update(markdown_of(text))

    async def _draw(self) -> None:
        while self._waiting:
            text, self._waiting = self._waiting, ""
            await self.append(text)
            await asyncio.sleep(SECONDS_BETWEEN)
