# Made of client/aio by `make generate`: change it there.
"""Calls about sessions."""

from collections.abc import Generator, Sequence
from typing import Any, Unpack
from uuid import uuid4

from tertulia.client.input import WhichSessions, said_of
from tertulia.client.request import Request, path_of
from tertulia.client.sync.calls import EACH, Calls, each_row
from tertulia.domain.batches import BatchOp, BatchOutcome, BatchSessions, SessionOutcome
from tertulia.domain.exports import SessionExport
from tertulia.domain.lists import SessionList, TrashList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.tools import Grant, GrantList


class SessionCalls(Calls):
    """Start, list, read, change and delete sessions."""

    def create_session(
        self,
        agent_id: str,
        *,
        session_name: str | None = None,
        metadata: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Session:
        """Start a session; without a name it is named from its first message.

        The same key starts one session, however often it is sent; without one, a key is made for this call's retries.
        """
        request = Request(
            method="POST",
            path=path_of("agents", agent_id, "session"),
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
            body={"session_name": session_name, "metadata": metadata or {}},
            is_repeatable=True,
        )
        return self._transport.call(request, Session)

    def fork_session(
        self,
        agent_id: str,
        session_id: str,
        *,
        turn_id: str | None = None,
        to_agent: str | None = None,
        session_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Session:
        """Start a session that goes on from a turn of another one, or from its last one that has ended.

        It is the same agent's, or with `to_agent` that agent's, with copies of the turns. The key is as in
        `create_session`.
        """
        request = Request(
            method="POST",
            path=path_of("agents", agent_id, "session", session_id, "fork"),
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
            body={"turn_id": turn_id, "agent_id": to_agent, "session_name": session_name},
            is_repeatable=True,
        )
        return self._transport.call(request, Session)

    def get_session(self, agent_id: str, session_id: str, *, turns: str = "all") -> Session:
        """Read a session with its turns: `all`, `none` or `last:30`."""
        return self._get(Session, "agents", agent_id, "session", session_id, turns=turns)

    def list_sessions(
        self, agent_id: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None, **which: Unpack[WhichSessions]
    ) -> SessionList:
        """A page of an agent's sessions without their turns, the one with the newest activity first."""
        path = ("agents", agent_id, "sessions")
        return self._get(SessionList, *path, limit=limit, cursor=cursor, **said_of(which))

    def iter_sessions(self, agent_id: str, **which: Unpack[WhichSessions]) -> Generator[Session]:
        """All of an agent's sessions, as `list_sessions` has them."""
        return each_row(lambda cursor: self.list_sessions(agent_id, limit=EACH, cursor=cursor, **which))

    def update_session(
        self, agent_id: str, session_id: str, patch: SessionPatch, *, revision: int | None = None
    ) -> Session:
        """Change a session's name, tags, metadata, pin, place in the archive, active branch, or how long it stays.

        With the `revision` that the change is based on, it raises Stale if the session was changed since.
        """
        request = Request(
            method="PATCH",
            path=path_of("agents", agent_id, "session", session_id),
            headers={} if revision is None else {"If-Match": f'"{revision}"'},
            body=patch,
            is_repeatable=revision is None,
        )
        return self._transport.call(request, Session)

    def export_session(self, agent_id: str, session_id: str) -> SessionExport:
        """Take a session out with its turns, their logs and its files: what `import_session` brings in again."""
        return self._get(SessionExport, "agents", agent_id, "session", session_id, "export")

    def export_session_as_markdown(self, agent_id: str, session_id: str) -> str:
        """Take a session out for people to read, without the agent's instructions."""
        path = path_of("agents", agent_id, "session", session_id, "export")
        return self._text(Request(method="GET", path=path, params={"format": "markdown"}, is_repeatable=True))

    def import_session(self, agent_id: str, export: SessionExport) -> Session:
        """Bring in a session that was exported; one that was brought in before is found."""
        path = path_of("agents", agent_id, "sessions", "import")
        return self._transport.call(Request(method="POST", path=path, body=export, is_repeatable=True), Session)

    def delete_session(self, agent_id: str, session_id: str, *, for_good: bool = False) -> None:
        """Delete a session and all that hangs on it; a turn that runs is stopped.

        It can be had back from the trash for a time, unless it is deleted `for_good`.
        """
        path = path_of("agents", agent_id, "session", session_id)
        params = {"for_good": "true"} if for_good else {}
        self._transport.call(Request(method="DELETE", path=path, params=params, is_repeatable=True), type(None))

    def batch_sessions(
        self, agent_id: str, session_ids: Sequence[str], op: BatchOp, *, tags: Sequence[str] = ()
    ) -> list[SessionOutcome]:
        """Tag, archive, pin, delete or restore up to 200 sessions, or take that back; each has an outcome of its own.

        `tag` and `untag` are about `tags`; what else the sessions have stays.
        """
        request = Request(
            method="POST",
            path=path_of("agents", agent_id, "sessions", "batch"),
            body=BatchSessions(ids=[*session_ids], op=op, tags=[*tags]),
            is_repeatable=op not in {"delete", "restore"},
        )
        return (self._transport.call(request, BatchOutcome)).outcomes

    def list_trash(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> TrashList:
        """A page of the sessions that were deleted and can be had back, the last deleted first."""
        return self._get(TrashList, "trash", limit=limit, cursor=cursor)

    def restore_session(self, session_id: str) -> Session:
        """Take a session out of the trash, as it was."""
        return self._post(Session, "trash", session_id, "restore", body=None)

    def purge_session(self, session_id: str) -> None:
        """Delete a session of the trash for good."""
        self._delete("trash", session_id)

    def list_grants(self, agent_id: str, session_id: str) -> list[Grant]:
        """The tools that run unasked in a session, because a person has approved them for all of it."""
        return (self._get(GrantList, "agents", agent_id, "session", session_id, "grants")).grants

    def take_back_grants(self, agent_id: str, session_id: str) -> None:
        """Take back what was approved for all of a session: people are asked again."""
        self._delete("agents", agent_id, "session", session_id, "grants")
