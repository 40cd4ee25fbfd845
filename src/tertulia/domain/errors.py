"""The error tree. Each class has a stable `code`; its docstring is its default message. Status: `server/errors.py`.

TertuliaError
├── InvalidRequest            invalid_request
│   ├── UnknownField          unknown_field
│   ├── InvalidCursor         invalid_cursor
│   └── UnknownToolCall       unknown_tool_call
├── NotFound
│   ├── AgentNotFound         agent_not_found
│   ├── SessionNotFound       session_not_found
│   ├── TurnNotFound          turn_not_found
│   ├── StepNotFound          step_not_found
│   ├── FileNotFound          file_not_found
│   ├── ModelNotFound         model_not_found
│   ├── ShareNotFound         share_not_found
│   ├── ShieldNotFound        shield_not_found
│   ├── ToolNotFound          tool_not_found
│   ├── ToolgroupNotFound     toolgroup_not_found
│   ├── UserNotFound          user_not_found
│   ├── KeyNotFound           key_not_found
│   └── NoAccounts            no_accounts: nobody has to sign in here
├── Conflict
│   ├── SessionBusy           session_busy
│   ├── TurnAwaitingInput     turn_awaiting_input
│   ├── TurnNotAwaitingInput  turn_not_awaiting_input
│   ├── AlreadyDecided        already_decided
│   ├── AlreadyAnswered       already_answered
│   ├── AgentWithdrawn        agent_withdrawn: it was shared, and is not any more
│   ├── BudgetReached         budget_reached
│   ├── IdempotencyMismatch   idempotency_mismatch
│   ├── NameTaken             name_taken
│   └── LastAdmin             last_admin
├── ShareGone                 share_gone
├── Stale                     stale
├── TooLarge                  too_large
│   └── StorageFull           storage_full
├── UnsupportedMediaType      unsupported_media_type
├── Unauthenticated           unauthenticated
│   ├── SignInRefused         sign_in_refused
│   └── SignInFailed          sign_in_failed: what a browser brought back from the identity provider lets nobody in
├── Forbidden                 forbidden
│   ├── SetUpRefused          set_up_refused
│   ├── HostNotAllowed        host_not_allowed
│   └── OriginNotAllowed      origin_not_allowed
├── QueueFull                 queue_full
├── TooManyRequests           too_many_requests: what looks like guessing
│   └── RateLimited           rate_limited: a limit of the owner's, which time or the end of something lifts
├── ModelError                model_unavailable: what a model server did; also `turn.error.code`
│   ├── ModelUnavailable      model_unavailable
│   ├── ModelTimeout          model_timeout
│   ├── ModelRefused          model_refused
│   └── ShieldFailed          shield_failed: a shield could not judge, so that nothing passes
├── ToolServerUnavailable     tool_server_unavailable: an MCP server cannot be reached, or does not speak as it should
├── IdentityProviderFailed    identity_provider_failed: who vouches for people cannot be asked
├── NotOffered                not_offered
├── StorageUnavailable        storage_unavailable
├── Overloaded                overloaded
├── LeaseLost                 lease_lost (inside only)
└── StartupError              startup_error: the server cannot start as asked (a sentence for the operator)
    └── SourceUnreadable      source_unreadable: nor can another server's store be read
"""

from typing import ClassVar

from tertulia.domain.base import Value
from tertulia.domain.limits import LimitName


class FieldError(Value):
    """What is wrong with one field: a JSON pointer into the body and a sentence."""

    pointer: str
    detail: str


class TertuliaError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "internal_error"

    def __init__(
        self, message: str | None = None, *, errors: list[FieldError] | None = None, retry_after: int | None = None
    ) -> None:
        self.message = message or " ".join((type(self).__doc__ or "").split())
        self.errors = errors or []
        self.retry_after = retry_after
        super().__init__(self.message)


class InvalidRequest(TertuliaError):
    """The request is not valid; nothing was stored."""

    code = "invalid_request"


class UnknownField(InvalidRequest):
    """The request has a field that the server does not know; nothing was stored."""

    code = "unknown_field"


class InvalidCursor(InvalidRequest):
    """This cursor is not one that the server made for this list. Start again without a cursor."""

    code = "invalid_cursor"


class UnknownToolCall(InvalidRequest):
    """The turn does not wait for an answer to this call."""

    code = "unknown_tool_call"


class NotFound(TertuliaError):
    """There is no such thing here."""

    code = "not_found"


class AgentNotFound(NotFound):
    """There is no agent with this id. GET /v1/agents lists yours."""

    code = "agent_not_found"


class SessionNotFound(NotFound):
    """There is no session with this id, or it was deleted. Start a new session."""

    code = "session_not_found"


class TurnNotFound(NotFound):
    """There is no turn with this id in this session."""

    code = "turn_not_found"


class StepNotFound(NotFound):
    """There is no step with this id in this turn."""

    code = "step_not_found"


class FileNotFound(NotFound):
    """There is no file with this id, or it was deleted. GET /v1/files lists yours."""

    code = "file_not_found"


class ModelNotFound(NotFound):
    """No model server offers this model. GET /v1/models lists what is there."""

    code = "model_not_found"


class ShareNotFound(NotFound):
    """There is no such link."""

    code = "share_not_found"


class ShieldNotFound(NotFound):
    """There is no shield with this id. Name it in TERTULIA_SHIELDS, or register it."""

    code = "shield_not_found"


class ToolNotFound(NotFound):
    """There is no tool with this name. GET /v1/tools lists what is there."""

    code = "tool_not_found"


class ToolgroupNotFound(NotFound):
    """There is no toolgroup with this id. GET /v1/toolgroups lists them."""

    code = "toolgroup_not_found"


class UserNotFound(NotFound):
    """There is no user with this id. GET /v1/users lists them."""

    code = "user_not_found"


class KeyNotFound(NotFound):
    """You have no key with this id. GET /v1/account/keys lists yours."""

    code = "key_not_found"


class NoAccounts(NotFound):
    """Nobody has to sign in to this server, so there are no accounts. The operator can change that by TERTULIA_AUTH."""

    code = "no_accounts"


class Conflict(TertuliaError):
    """The request does not fit the state of things."""

    code = "conflict"


class SessionBusy(Conflict):
    """A turn of this session is running. Wait for it, cancel it, or send with on_busy "enqueue"."""

    code = "session_busy"

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        super().__init__()


class TurnAwaitingInput(Conflict):
    """The last turn of this session waits for input: answer it with resume, or cancel it."""

    code = "turn_awaiting_input"

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        super().__init__()


class TurnNotAwaitingInput(Conflict):
    """This turn does not wait for input."""

    code = "turn_not_awaiting_input"


class AlreadyDecided(Conflict):
    """This tool call was decided on before."""

    code = "already_decided"


class AlreadyAnswered(Conflict):
    """This tool call was answered before; nothing was stored. GET the turn shows which calls it still waits for."""

    code = "already_answered"


class AgentWithdrawn(Conflict):
    """This agent was shared with you and is not any more. Its sessions can be read; go on with another agent."""

    code = "agent_withdrawn"


class BudgetReached(Conflict):
    """This session has cost as many tokens as it may. Start a new session, or raise the budget of its agent."""

    code = "budget_reached"


class IdempotencyMismatch(Conflict):
    """This Idempotency-Key was used with another body. Use a new key for a new request."""

    code = "idempotency_mismatch"


class NameTaken(Conflict):
    """Another user has this name, or one that looks the same. Take another."""

    code = "name_taken"


class LastAdmin(Conflict):
    """No other admin could sign in then. Make another user an admin first."""

    code = "last_admin"


class ShareGone(TertuliaError):
    """This link has expired, or was revoked. Ask whoever gave it to you for another one."""

    code = "share_gone"


class Stale(TertuliaError):
    """It was changed since you read it. Read it again, then apply your change."""

    code = "stale"


class TooLarge(TertuliaError):
    """The request is larger than the server takes."""

    code = "too_large"


class StorageFull(TooLarge):
    """There is no room for this file among what you may keep. Delete files, or sessions that use them."""

    code = "storage_full"


class UnsupportedMediaType(TertuliaError):
    """The server reads application/json here."""

    code = "unsupported_media_type"


class Unauthenticated(TertuliaError):
    """Sign in first, or send an API key: Authorization: Bearer …"""

    code = "unauthenticated"


class SignInRefused(Unauthenticated):
    """There is no user with this name and password."""

    code = "sign_in_refused"


class SignInFailed(Unauthenticated):
    """This did not sign you in. Sign in once more."""

    code = "sign_in_failed"


class Forbidden(TertuliaError):
    """This is not allowed."""

    code = "forbidden"


class SetUpRefused(Forbidden):
    """This set-up link was used, or is older than a day. `tertulia set-up` makes a new one."""

    code = "set_up_refused"


class HostNotAllowed(Forbidden):
    """The server is not known by the name in Host. Add a proxy's name to TERTULIA_ALLOWED_HOSTS."""

    code = "host_not_allowed"


class OriginNotAllowed(Forbidden):
    """Pages from this Origin may not call the server. Add it to TERTULIA_ALLOWED_ORIGINS to let them."""

    code = "origin_not_allowed"


class QueueFull(TertuliaError):
    """Too many turns of this session wait already. Send it again, with the same Idempotency-Key, when one has ended."""

    code = "queue_full"


class TooManyRequests(TertuliaError):
    """That was too often. Wait for as long as Retry-After says."""

    code = "too_many_requests"


class RateLimited(TooManyRequests):
    """You have used as much as you may for now. Send it again after Retry-After, with the same Idempotency-Key."""

    code = "rate_limited"

    def __init__(self, limit: LimitName, message: str, *, retry_after: int) -> None:
        self.limit: LimitName = limit
        super().__init__(message, retry_after=retry_after)


class ModelError(TertuliaError):
    """The model server did not answer as it should."""

    code = "model_unavailable"


class ModelUnavailable(ModelError):
    """The model server cannot be reached, or it failed."""

    code = "model_unavailable"


class ModelTimeout(ModelError):
    """The model server took too long."""

    code = "model_timeout"


class ModelRefused(ModelError):
    """The model server refused the request."""

    code = "model_refused"


class ShieldFailed(ModelError):
    """A shield could not judge this message, and what is not judged does not pass."""

    code = "shield_failed"


class ToolServerUnavailable(TertuliaError):
    """The MCP server cannot be reached, or it does not answer as it should."""

    code = "tool_server_unavailable"


class IdentityProviderFailed(TertuliaError):
    """The identity provider cannot be reached, or does not answer as it should. Try again in a moment."""

    code = "identity_provider_failed"


class NotOffered(TertuliaError):
    """This server does not offer this."""

    code = "not_offered"


class StorageUnavailable(TertuliaError):
    """The database cannot be written to just now; nothing was stored."""

    code = "storage_unavailable"


class Overloaded(TertuliaError):
    """The server is stopping. Send it again in a moment, with the same Idempotency-Key; what waits starts then."""

    code = "overloaded"


class LeaseLost(TertuliaError):
    """Another runner has this turn now."""

    code = "lease_lost"


class StartupError(TertuliaError):
    """The server cannot start like this."""

    code = "startup_error"


class SourceUnreadable(StartupError):
    """The store that is to be brought over cannot be read."""

    code = "source_unreadable"
