"""Which requests are deeds, and the one place where they are recorded: in every dialect, before they are answered.

An operation that is no reading stands either in `ACTIONS` or, with the reason, in `EXCEPTIONS`:
tests/security/test_audit.py fails for one that stands in neither. An operation has the same name in every dialect.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.domain.audit import AuditEntry, Outcome
from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.audit import Audit, Deed, one_deed
from tertulia.server.auth import Caller, address_of
from tertulia.server.errors import request_id_of
from tertulia.server.repeats import Repeats

log = structlog.get_logger()

ACTIONS = {
    "create_agent": "agent.create",
    "update_agent": "agent.change",
    "delete_agent": "agent.delete",
    "create_session": "session.create",
    "delete_session": "session.delete",
    "restore_session": "session.restore",
    "purge_session": "session.purge",
    "export_session": "session.export",
    "sign_in": "account.sign_in",
    "sign_in_elsewhere": "account.sign_in_elsewhere",
    "sign_out": "account.sign_out",
    "set_up": "account.set_up",
    "update_account": "account.change",
    "create_key": "key.create",
    "delete_key": "key.revoke",
    "create_user": "user.create",
    "update_user": "user.change",
    "delete_user": "user.delete",
    "set_user_limits": "user.limits",
    "export_account": "account.export",
    "import_session": "session.import",
    "batch_sessions": "session.batch",
    "fork_session": "session.fork",
    "create_share": "share.create",
    "revoke_share": "share.revoke",
    "get_shared": "share.read",
    "fork_shared": "share.continue",
    "delete_turn": "turn.delete",
    "decide_turn": "turn.decide",
    "cancel_turn": "turn.cancel",
    "take_back_grants": "session.take_back_grants",
    "upload_file": "file.create",
    "delete_file": "file.delete",
    "register_toolgroup": "toolgroup.create",
    "accept_toolgroup": "toolgroup.accept",
    "unregister_toolgroup": "toolgroup.delete",
    "register_shield": "shield.create",
    "unregister_shield": "shield.delete",
    "call_tool": "tool.call",
    "invoke_tool": "tool.call",
}
"""What is recorded, and as what."""
BY_ITS_LOG = "a turn's log says who asked for it, what and when; and taking one on waits for nothing else"
KEEPS_NOTHING = "it changes nothing that is kept here"
EXCEPTIONS = {
    "create_turn": BY_ITS_LOG,
    "resume_turn": BY_ITS_LOG,
    "retry_turn": BY_ITS_LOG,
    "update_session": "how one's own list looks: its revision says how often, and nothing is lost by it",
    "update_preferences": "how the page looks and listens to oneself: it says nothing to anybody else",
    "rate_turn": "what one thinks of an answer: nothing follows from it, and only who said it sees it",
    "unrate_turn": "it takes back what was not recorded either",
    "run_shield": KEEPS_NOTHING,
    "create_chat_completion": KEEPS_NOTHING,
    "create_completion": KEEPS_NOTHING,
    "create_embeddings": KEEPS_NOTHING,
    "chat_completion": KEEPS_NOTHING,
    "complete_text": KEEPS_NOTHING,
    "embed_texts": KEEPS_NOTHING,
    "register_model": "it is refused to everybody",
    "unregister_model": "it is refused to everybody",
    "say_what_is_missing": "it is refused to everybody",
}
"""What is not, and why."""
NOT_UNDERSTOOD = frozenset({400, 405, 413, 415, 422, 429})
"""Nothing was tried: what was asked was no request of ours, or came too often."""


COMING_IN = frozenset({"account.sign_in", "account.set_up"})


OnError = Callable[[Request[Any, Any, Any], Exception], Any]
"""How a dialect answers with an error."""


class Audited(ASGIMiddleware):
    """Records deeds. One that was done is not answered as done unless it is recorded."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, audit: Audit, on_error: OnError) -> None:
        self._audit = audit
        self._on_error = on_error
        self._repeats = Repeats()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Handle one request."""
        action = ACTIONS.get(name_of(scope["route_handler"]))
        if action is None:
            await next_app(scope, receive, send)
            return
        with one_deed() as deed:
            recording = _Recording(partial(self._record, scope, action, deed))
            deed.on_settled = recording.record

            async def send_once_recorded(message: Message) -> None:
                if message["type"] == "http.response.start":
                    try:
                        await recording.record(message["status"])
                    except StorageUnavailable as error:
                        recording.has_failed = True
                        answer = self._on_error(request := Request[Any, Any, Any](scope, receive), error)
                        await answer.to_asgi_response(app=None, request=request)(scope, receive, send)
                if not recording.has_failed:
                    await send(message)

            await next_app(scope, receive, send_once_recorded)

    async def _record(self, scope: Scope, action: str, deed: Deed, status: int) -> None:
        entry = _entry(scope, action, deed, status)
        if status in NOT_UNDERSTOOD or _is_noise(entry) or self._repeats.has(entry):
            return
        try:
            await self._audit.record(entry, deed.parts)
            self._repeats.note(entry)
        except StorageUnavailable:
            if entry.outcome == "done":
                raise
            log.warning("audit.not_recorded", action=action, request_id=entry.request_id)


class _Recording:
    """That a deed is recorded once, when it is settled or when it is answered; and whether that could be done."""

    def __init__(self, keep: Callable[[int], Awaitable[None]]) -> None:
        self._keep = keep
        self._is_begun = False
        self.has_failed = False

    async def record(self, status: int = 200) -> None:
        """Record it, unless that has begun. Raises StorageUnavailable."""
        if not self._is_begun:
            self._is_begun = True
            await self._keep(status)


def name_of(handler: Any) -> str:
    """Return the name of an operation, which is that of its function."""
    return handler.fn.__name__ if hasattr(handler, "fn") else ""


def _is_noise(entry: AuditEntry) -> bool:
    """Tell whether a stranger was refused, of whom there is no end; who tries to come in is another matter."""
    return entry.outcome == "refused" and not entry.actor and not entry.owner and entry.action not in COMING_IN


def _entry(scope: Scope, action: str, deed: Deed, status: int) -> AuditEntry:
    state = scope["state"]
    caller: Caller | None = state.get("caller")
    asks = caller.owner if caller else ""
    return AuditEntry(
        entry_id="",
        at="",
        action=deed.action or action,
        actor=deed.actor or asks,
        owner=deed.owner or asks,
        outcome=_outcome(status),
        subject=_ids_in(scope) | deed.subject,
        via=caller.via if caller else "",
        code=state.get("problem_code") if status >= 400 else None,
        request_id=request_id_of(scope),
        address=address_of(scope),
    )


def _outcome(status: int) -> Outcome:
    if status < 400:
        return "done"
    return "refused" if status < 500 else "failed"


def _ids_in(scope: Scope) -> dict[str, str]:
    """The ids in a path; secrets that stand in paths are none."""
    given = scope["path_params"]
    return {name: str(text).removeprefix("/") for name, text in given.items() if name.endswith(("_id", "_name"))}
