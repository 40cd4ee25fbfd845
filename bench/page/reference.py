"""The reference page, measured in the same run as ours so that ratios can be compared between machines.

It is the least that a browser can do for the same: an empty document, and a text that grows in a `<pre>`, once a frame.
"""

import time
from pathlib import Path

from aiohttp import web

from bench.page.model import paced
from bench.page.script import parse

PAGES = Path(__file__).parent / "reference_pages"


class Reference:
    """Serves the pages, and the text that one of them shows, whose times it keeps."""

    def __init__(self) -> None:
        self.times: list[float] = []
        """When each token of the last text was written, by the clock on the wall."""

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/reference/text", self._text)
        app.router.add_get("/reference/{page:empty|stream}", self._page)

    async def _page(self, request: web.Request) -> web.Response:
        page = PAGES / f"{request.match_info['page']}.html"
        return web.Response(text=page.read_text(encoding="utf-8"), content_type="text/html")

    async def _text(self, request: web.Request) -> web.StreamResponse:
        """Say what the query asks for, as plain text."""
        self.times = []
        response = web.StreamResponse(headers={"Content-Type": "text/plain; charset=utf-8"})
        await response.prepare(request)
        async for piece in paced(parse(request.query["ask"])):
            self.times.append(time.time())
            await response.write(piece.encode())
        return response
