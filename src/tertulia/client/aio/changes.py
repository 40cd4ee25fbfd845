"""Calls about what changes among an agent's sessions."""

from collections.abc import AsyncGenerator

from tertulia.client.aio.calls import AsyncCalls
from tertulia.client.async_http import pause
from tertulia.client.changes import changes_in
from tertulia.client.errors import ApiError, ServerUnreachable, StreamLost
from tertulia.client.request import Request, path_of
from tertulia.client.sse import FrameParser
from tertulia.domain.changes import ChangeId, LoggedChange


class AsyncChangeCalls(AsyncCalls):
    """Follow lists of sessions."""

    async def follow_sessions(self, agent_id: str, *, after: ChangeId | None = None) -> AsyncGenerator[LoggedChange]:
        """Give what changes among an agent's sessions, without an end, also across cut connections.

        The first is `following`: load your list after it, and anew whenever one says `has_missed`. After `after` it
        goes on from there. Raises ApiError or ServerUnreachable when our patience is at its end.
        """
        attempt = 0
        while True:
            failure: ApiError | ServerUnreachable = StreamLost()
            headers = {} if after is None else {"Last-Event-ID": str(after)}
            request = Request(method="GET", path=path_of("agents", agent_id, "events"), headers=headers)
            try:
                async with self._transport.stream(request) as response:
                    parser = FrameParser()
                    while chunk := await response.chunk():
                        for logged in changes_in(parser.feed(chunk)):
                            after, attempt = logged.id, 0
                            yield logged
            except (ApiError, ServerUnreachable) as error:
                failure = error
            attempt += 1
            wait = self._transport.patience.wait_after(failure, attempt)
            if wait is None:
                raise failure
            await pause(wait)
