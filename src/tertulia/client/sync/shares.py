# Made of client/aio by `make generate`: change it there.
"""Calls about links to sessions: make, list, revoke; and reading by one."""

from collections.abc import Generator
from datetime import datetime
from uuid import uuid4

from tertulia.client.request import Request, path_of
from tertulia.client.sync.calls import EACH, Calls, each_row
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.sessions import Session
from tertulia.domain.shares import Included, NewShare, Share, SharedSession, ShareList


class ShareCalls(Calls):
    """Let others read sessions."""

    def create_share(  # noqa: PLR0913 - what a link shows is for who makes it to choose
        self,
        agent_id: str,
        session_id: str,
        *,
        include: Included = "messages",
        live: bool = False,
        turn_id: str | None = None,
        signed: bool = False,
        expires_at: datetime | None = None,
    ) -> NewShare:
        """Make a link by which anybody can read a session; its secret, `token`, is not shown again.

        It shows the session as it is now, up to the turn `turn_id`, or with `live` as it is whenever it is read; if it
        is `signed`, with your name. `expires_at` has a zone.
        """
        body = {"include": include, "live": live, "turn_id": turn_id, "signed": signed, "expires_at": expires_at}
        return self._post(NewShare, "agents", agent_id, "session", session_id, "share", body=body)

    def list_shares(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> ShareList:
        """A page of your links, newest first."""
        return self._get(ShareList, "shares", limit=limit, cursor=cursor)

    def list_session_shares(
        self, agent_id: str, session_id: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
    ) -> ShareList:
        """A page of the links to a session, newest first."""
        path = ("agents", agent_id, "session", session_id, "shares")
        return self._get(ShareList, *path, limit=limit, cursor=cursor)

    def iter_shares(self) -> Generator[Share]:
        """All of your links."""
        return each_row(lambda cursor: self.list_shares(limit=EACH, cursor=cursor))

    def revoke_share(self, agent_id: str, session_id: str, share_id: str) -> None:
        """Let a link show nothing any more."""
        self._delete("agents", agent_id, "session", session_id, "share", share_id)

    def get_shared(self, token: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> SharedSession:
        """Read a page of what a link shows; it takes its secret, and no account."""
        return self._get(SharedSession, "shared", token, limit=limit, cursor=cursor)

    def fork_shared(self, token: str, agent_id: str, *, idempotency_key: str | None = None) -> Session:
        """Go on, with an agent of yours or a shared one, in a session that begins with what a link shows.

        The same key starts one session, however often it is sent; without one, a key is made for this call's retries.
        """
        request = Request(
            method="POST",
            path=path_of("shared", token, "fork"),
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
            body={"agent_id": agent_id},
            is_repeatable=True,
        )
        return self._transport.call(request, Session)
