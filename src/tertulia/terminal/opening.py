"""Opens the terminal's page on a session, and tells how it was left."""

from tertulia.client import AsyncClient
from tertulia.domain.base import Value
from tertulia.domain.sessions import Session
from tertulia.terminal.page import TerminalPage


class Left(Value):
    """The session that was open last, and what the person had written that the server had not taken."""

    session: Session | None
    unsent: list[str]


async def open_page(client: AsyncClient, agent_id: str, session: Session | None) -> Left:
    """Show the page until the person leaves it. Raises ClientError before it is there."""
    config, agent = await client.get_config(), await client.get_agent(agent_id)
    page = TerminalPage(client, config.limits, agent, session)
    await page.run_async()
    return Left(session=page.session, unsent=page.unsent)
