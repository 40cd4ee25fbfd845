"""A person at the page: finds things by their roles and names, as people do, and says what it wants in a few words."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tertulia.domain.agents import Agent
from tests.e2e.watch import Watch


@dataclass
class Visitor:
    """One tab, and the agent that this test made for itself."""

    page: Page
    watch: Watch
    agent: Agent

    @property
    def agent_id(self) -> str:
        return self.agent.agent_id

    # --- Places ---

    async def open(self, path: str) -> None:
        await self.page.goto(path)

    async def begin(self) -> None:
        """Go to where a new session with the agent begins."""
        await self.open(f"/a/{self.agent_id}")
        await expect(self.composer).to_be_visible()

    async def open_session(self, session_id: str) -> None:
        await self.open(f"/a/{self.agent_id}/s/{session_id}")

    async def wait_for_session(self) -> str:
        """Wait until the address is that of a session; return its id."""
        await self.page.wait_for_url(re.compile(r"/s/[\w-]+$"))
        return self.page.url.rpartition("/")[2]

    async def second_tab(self) -> "Visitor":
        """Open another tab of the same browser."""
        return Visitor(await self.page.context.new_page(), self.watch, self.agent)

    # --- Talking ---

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Write a message")

    @property
    def turns(self) -> Locator:
        return self.page.get_by_role("article")

    def turn(self, asked: str) -> Locator:
        return self.page.get_by_role("article", name=asked, exact=True)

    def answer_to(self, asked: str) -> Locator:
        """What the agent said in a turn: what stands under its name."""
        name = self.turn(asked).get_by_role("heading", name=self.agent.agent_config.name, exact=True)
        return name.locator("xpath=following-sibling::*")

    @property
    def stop(self) -> Locator:
        return self.page.get_by_role("button", name="Stop", exact=True)

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    # --- The sidebar ---

    @property
    def sidebar(self) -> Locator:
        return self.page.get_by_role("navigation", name="Sessions")

    def row(self, name: str) -> Locator:
        """A session in the list; behind its name stands a time."""
        return self.sidebar.get_by_role("link", name=re.compile(f"^(The .*)?(Unread\\s*)?{re.escape(name)}"))

    async def choose(self, session: str, action: str) -> None:
        """Choose from a session's menu in the list."""
        await self.row(session).hover()
        await self.sidebar.get_by_role("button", name=f"Actions for {session}").click()
        await self.page.get_by_role("menuitem", name=action).click()

    def title(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=name)

    def notice(self, name: str) -> Locator:
        return self.page.get_by_role("region", name="Notices").get_by_role("group", name=name)

    # --- Looking ---

    async def is_wider_than_screen(self) -> bool:
        return await self.page.evaluate("document.documentElement.scrollWidth > innerWidth")


Visit = Callable[..., Awaitable[Visitor]]
"""Opens a browser of its own for a visitor: `await visit(agent, viewport={...}, color_scheme="dark")`."""
