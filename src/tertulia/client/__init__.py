"""The Python client: agents, sessions, turns, and streams that go on after a cut."""

from tertulia.client.client import AsyncClient
from tertulia.client.errors import ApiError, ClientError, ServerUnreachable, StreamLost

__all__ = ["ApiError", "AsyncClient", "ClientError", "ServerUnreachable", "StreamLost"]
