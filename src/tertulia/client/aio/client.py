"""`AsyncClient`: everything that can be asked of a server, one method an operation.

async with AsyncClient("http://127.0.0.1:8321") as client:
    session = await client.create_session(agent_id)
    async with client.stream_turn(agent_id, session.session_id, "What time is it in Lisbon?") as events:
        async for logged in events:
            print(logged.event)
"""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tertulia.client.address import DEFAULT_URL, Address
from tertulia.client.aio.accounts import AsyncAccountCalls
from tertulia.client.aio.agents import AsyncAgentCalls
from tertulia.client.aio.changes import AsyncChangeCalls
from tertulia.client.aio.files import AsyncFileCalls
from tertulia.client.aio.limits import AsyncLimitCalls
from tertulia.client.aio.search import AsyncSearchCalls
from tertulia.client.aio.server import AsyncServerCalls
from tertulia.client.aio.sessions import AsyncSessionCalls
from tertulia.client.aio.shares import AsyncShareCalls
from tertulia.client.aio.transport import AsyncTransport
from tertulia.client.aio.turns import AsyncTurnCalls
from tertulia.client.patience import Patience, Timeouts
from tertulia.client.request import key_in, with_key


class AsyncClient(
    AsyncServerCalls,
    AsyncAccountCalls,
    AsyncAgentCalls,
    AsyncSessionCalls,
    AsyncSearchCalls,
    AsyncChangeCalls,
    AsyncTurnCalls,
    AsyncShareCalls,
    AsyncFileCalls,
    AsyncLimitCalls,
):
    """A client of one server. Its methods raise ApiError when the server refuses, ServerUnreachable without one."""

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        patience: Patience | None = None,
        timeouts: Timeouts | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`api_key`, else what is in TERTULIA_API_KEY, says who asks to a server with accounts.

        `headers` go with every request, such as what a proxy before the server asks for.
        """
        self.api_key = api_key or key_in(os.environ)
        self._transport = AsyncTransport(
            Address(base_url), patience or Patience(), timeouts or Timeouts(), with_key(self.api_key, headers or {})
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def base_url(self) -> str:
        """Where the server is."""
        return self._transport.address.base_url

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()
