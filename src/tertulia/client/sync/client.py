# Made of client/aio by `make generate`: change it there.
"""`Client`: everything that can be asked of a server, one method an operation.

with Client("http://127.0.0.1:8321") as client:
    session = client.create_session(agent_id)
    with client.stream_turn(agent_id, session.session_id, "What time is it in Lisbon?") as events:
        for logged in events:
            print(logged.event)
"""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tertulia.client.address import DEFAULT_URL, Address
from tertulia.client.patience import Patience, Timeouts
from tertulia.client.request import key_in, with_key
from tertulia.client.sync.accounts import AccountCalls
from tertulia.client.sync.agents import AgentCalls
from tertulia.client.sync.changes import ChangeCalls
from tertulia.client.sync.files import FileCalls
from tertulia.client.sync.limits import LimitCalls
from tertulia.client.sync.search import SearchCalls
from tertulia.client.sync.server import ServerCalls
from tertulia.client.sync.sessions import SessionCalls
from tertulia.client.sync.shares import ShareCalls
from tertulia.client.sync.transport import Transport
from tertulia.client.sync.turns import TurnCalls


class Client(
    ServerCalls,
    AccountCalls,
    AgentCalls,
    SessionCalls,
    SearchCalls,
    ChangeCalls,
    TurnCalls,
    ShareCalls,
    FileCalls,
    LimitCalls,
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
        self._transport = Transport(
            Address(base_url), patience or Patience(), timeouts or Timeouts(), with_key(self.api_key, headers or {})
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """Where the server is."""
        return self._transport.address.base_url

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()
