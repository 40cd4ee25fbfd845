"""People at a server with accounts, each asking by a key or a cookie of theirs; none of them costs a password."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tertulia.domain.agents import AgentConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.domain.users import LOCAL_OWNER, SCOPES, Caller, Role, Scopes, User
from tertulia.runtime.callers import caller_of
from tertulia.runtime.turns import TurnRequest
from tertulia.server.auth import COOKIE
from tests.server.site import MODEL, Site
from tests.store.values import at

CANARY = "secret-canary"
ADMIN = User(user_id=LOCAL_OWNER, name="admin", role="admin", created_at=at(0))


class People:
    """A site, and how to ask it as whom."""

    def __init__(self, site: Site, ids: dict[str, str] | None = None) -> None:
        self.site = site
        self.ids = ids or {}
        self.accounts = site.services.accounts

    async def ask(self, headers: dict[str, str], method: str, path: str, body: Any = None) -> httpx.Response:
        """Send a request with the headers that say who asks."""
        return await self.site.client.request(method, path, json=body, headers=headers)

    async def add(self, name: str, role: Role = "user") -> User:
        """Add a user."""
        return await self.accounts.create_user(name, role=role)

    async def key(self, user: User, scopes: Scopes | None = None, *, expires_in: timedelta | None = None) -> str:
        """Make a key."""
        end = None if expires_in is None else datetime.now(UTC) + expires_in
        return (await self.accounts.create_key(caller_of(user, "cookie"), "test", scopes=scopes, expires_at=end)).key

    async def cookie(self, user: User) -> dict[str, str]:
        """Sign in; return the headers that say so."""
        return {"cookie": f"{COOKIE}={(await self.accounts.sign_in_as(user)).token}"}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def with_admin(site: Site) -> People:
    """People of whom there is the first admin."""
    await site.services.store.add_user(ADMIN)
    return People(site)


async def furnish(site: Site, owner: str) -> dict[str, str]:
    """Give an owner one of everything, with canaries in it; return its ids."""
    services = site.services
    agent = await services.agents.create(owner, AgentConfig(model=MODEL, instructions=CANARY))
    session = await services.sessions.create(owner, agent.agent_id, name="Hers")
    request = TurnRequest(messages=[UserMessage(content=CANARY)])
    turn = await services.turns.until_rest(
        await services.turns.start(owner, agent.agent_id, session.session_id, request)
    )

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield CANARY.encode()

    file = await services.files.upload(owner, lambda: FileAttachment(name=CANARY, type="text/plain"), pieces())
    share = await services.shares.create(owner, agent.agent_id, session.session_id)
    caller = Caller(owner=owner, scopes=SCOPES["user"])
    known = await services.accounts.create_key(caller, CANARY)
    return {
        "agent_id": agent.agent_id,
        "session_id": session.session_id,
        "turn_id": turn.turn_id,
        "step_id": turn.steps[0].step_id,
        "file_id": file.info.file_id,
        "share_id": share.share_id,
        "key_id": known.key_id,
        "user_id": owner,
        "toolgroup_id": "hers",
        "tool_name": "hers__read",
        "token": "no-such-link",
    }
