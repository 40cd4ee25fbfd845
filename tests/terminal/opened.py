"""The terminal's page, opened on a real server, with a person at its keyboard: as `tertulia chat` opens it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual import events
from textual.pilot import Pilot

from tertulia.client import AsyncClient
from tertulia.models.scripted import Reply
from tertulia.terminal.ask_panel import AskPanel
from tertulia.terminal.composer import Composer
from tertulia.terminal.page import TerminalPage
from tests.runtime.tools import BookingTool, EchoTool, PayTool
from tests.server.live import serve_live
from tests.server.site import Site

GIVES_UP = 1500
"""Looks at the screen, of which each lasts some hundredths of a second, after which a test gives up."""

Tools = list[PayTool | BookingTool | EchoTool]


class Person:
    """Presses keys, and sees what is on the screen."""

    def __init__(self, page: TerminalPage, pilot: Pilot[None], client: AsyncClient, site: Site | None = None) -> None:
        self.page = page
        self.pilot = pilot
        self.client = client
        self._site = site

    @property
    def site(self) -> Site:
        """The server behind the page, where it runs in this process."""
        assert self._site is not None
        return self._site

    @property
    def segments(self) -> list[Segment]:
        """What is on the screen, as it goes to the terminal: after all filters."""
        strips = self.page.screen._compositor.render_strips()
        return [segment for strip in strips for segment in strip]

    @property
    def screen(self) -> str:
        """The words on the screen."""
        return "\n".join(strip.text.rstrip() for strip in self.page.screen._compositor.render_strips())

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def types(self, words: str) -> None:
        """Write words, as they are pasted, and do not send them."""
        self.page.query_one(Composer).focus()
        await self.pastes(words)

    async def pastes(self, text: str) -> None:
        """Paste a text."""
        self.page.post_message(events.Paste(text))
        await self.pilot.pause()

    async def says(self, words: str) -> None:
        """Write words and send them."""
        await self.types(words)
        await self.press("enter")

    async def sees(self, words: str) -> None:
        """Wait until some words are on the screen."""
        await self.until(lambda: words in self.screen)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds. (A screen rings no bell.)"""
        for _ in range(GIVES_UP):
            if holds():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"In vain; on the screen is:\n{self.screen}")

    async def is_asked(self, words: str) -> AskPanel:
        """Wait until the page asks so, and heeds keys."""
        panel = self.page.query_one(AskPanel)
        await self.until(lambda: words in self.screen and panel.is_ready)
        return panel

    async def answer(self) -> str:
        """The last answer, once its turn rests and all of it is drawn."""
        view = self.page.talk.newest
        assert view is not None
        await self.until(lambda: view.turn is not None)
        return view.answer


@asynccontextmanager
async def opened(
    client: AsyncClient, agent_id: str, session_id: str | None = None, *, size: tuple[int, int] = (80, 30)
) -> AsyncGenerator[Person]:
    """Open the page for as long as the block runs."""
    config, agent = await client.get_config(), await client.get_agent(agent_id)
    session = await client.get_session(agent_id, session_id, turns="last:1") if session_id else None
    page = TerminalPage(client, config.limits, agent, session)
    async with page.run_test(size=size, notifications=True) as pilot:
        try:
            yield Person(page, pilot, client)
        finally:
            await leave(page)


async def leave(page: TerminalPage) -> None:
    """Leave the page as a person does. (The library's way out of a test clears the screen while the page goes on.)"""
    page.exit()
    assert page._task is not None
    await page._task


@asynccontextmanager
async def person(
    *replies: Reply, tools: Tools | None = None, size: tuple[int, int] = (80, 30), **config: Any
) -> AsyncGenerator[Person]:
    """A server whose model says this, and a person before its page."""
    given = tools or []
    async with serve_live(*replies, tools=given) as live:
        agent_id = (await live.site.new_agent(toolgroups=[tool.toolgroup for tool in given], **config)).rpartition("/")[
            2
        ]
        async with AsyncClient(f"http://127.0.0.1:{live.port}") as client, opened(client, agent_id, size=size) as one:
            yield Person(one.page, one.pilot, client, live.site)


def file_at(path: Path, content: bytes) -> Path:
    """Write a file."""
    path.write_bytes(content)
    return path
