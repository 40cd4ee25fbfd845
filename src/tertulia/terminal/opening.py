"""Opens the terminal's page on a session, and tells which one it was left with."""

from tertulia.client import AsyncClient
from tertulia.domain.sessions import Session
from tertulia.terminal.page import TerminalPage


async def open_page(client: AsyncClient, agent_id: str, session: Session | None) -> Session | None:
    """Show the page until the person leaves it. Raises ClientError before it is there."""
    config, agent = await client.get_config(), await client.get_agent(agent_id)
    page = TerminalPage(client, config.limits, agent, session)
    await page.run_async()
    return page.session
