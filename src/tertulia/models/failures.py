"""What went wrong with a model server, in words for people: which server, what it said, what to do about it.

An upstream's own message is quoted, because it is the most useful part, but one line of it, bounded, and without
anything that looks like a key.
"""

import math
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import msgspec
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientPayloadError,
    ClientResponseError,
    ConnectionTimeoutError,
)

from tertulia.domain.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable
from tertulia.models.server_spec import ServerSpec

MAX_QUOTE_CHARS = 300
MAX_DEPTH = 4
"""How deep the sentence of an error object is looked for."""
RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 529})
SECRETS = re.compile(
    r"(?i)\b(bearer\s+|(?:api[-_ ]?)?key[\"']?\s*[:=]\s*[\"']?)[^\s\"',]+|\b(?:sk|pk|gsk|xai)-[\w*.-]{6,}"
)


@dataclass(frozen=True)
class Retry:
    """That it may be tried again, and how long the server wants to be left alone."""

    after_s: float | None = None


class Failure(Exception):
    """One try that failed: the error that people will see, and whether another try makes sense (`retry`)."""

    def __init__(self, error: ModelError, retry: Retry | None = None) -> None:
        self.error = error
        self.retry = retry
        super().__init__(error.message)


# --- What the server answered ---


def of_status(server: ServerSpec, status: int, body: bytes, retry_after: float | None = None) -> Failure:
    """Say what an answer with an error status means. `body` may be anything."""
    return of_error(server, status, _parse(body), retry_after)


def of_error(server: ServerSpec, status: int | None, error: object, retry_after: float | None = None) -> Failure:
    """Say what an error object means, whether it was the answer or came in the middle of a stream."""
    reason = quote(server, message_in(error)).removesuffix(".")  # it stands within a sentence of ours
    said = ": ".join(filter(None, [str(status or ""), reason])) or "no reason given"
    wait = None if retry_after is None else math.ceil(retry_after)
    if status == 429 and "insufficient_quota" not in _codes_in(error):
        return Failure(
            ModelUnavailable(
                f"{_the(server)} takes no more requests just now ({said}). Try again later.", retry_after=wait
            ),
            Retry(retry_after),
        )
    if status is None or status >= 500 or status in RETRYABLE_STATUSES - {429}:
        return Failure(
            ModelUnavailable(f"{_the(server)} failed ({said}). Try again; its own log may say more.", retry_after=wait),
            Retry(retry_after) if status in RETRYABLE_STATUSES else None,
        )
    return Failure(ModelRefused(f"{_the(server)} refused the request ({said}). {_advice(server, status)}"))


def of_redirect(server: ServerSpec, status: int) -> Failure:
    """A key must not follow a redirect, so nothing does."""
    return Failure(
        ModelUnavailable(f"{_the(server)} redirects to another address ({status}). Give it that URL instead.")
    )


def _advice(server: ServerSpec, status: int) -> str:
    if status in (401, 403):
        has_key = "The API key is not valid there" if server.api_key else "It wants an API key"
        return f"{has_key}: set OPENAI_BASE_URL and OPENAI_API_KEY, and restart."
    return _ADVICE.get(status, "Change the message or the agent's settings.")


_ADVICE = {
    402: "Look at the plan and billing of your account there.",
    404: "Choose a model that it has; if it should have this one, check the server's URL.",
    413: "Start a new session, or send less at once.",
    429: "Look at the plan and billing of your account there.",
}


# --- What the network did ---


def of_network(server: ServerSpec, error: Exception) -> Failure:
    """Say what an error below HTTP means. Nothing of `error` is kept: it may hold the request's headers."""
    if isinstance(error, ConnectionTimeoutError):
        return Failure(ModelTimeout(f"{_the(server)} does not accept connections at {server.url}. Is it overloaded?"))
    if isinstance(error, ClientConnectorCertificateError | ClientConnectorSSLError | ssl.SSLError):
        return Failure(_unreachable(server, "its TLS certificate is not accepted"))
    if isinstance(error, ClientConnectorError):
        return Failure(_unreachable(server, _why_unreachable(error)), Retry())
    if isinstance(error, ClientResponseError):
        return malformed(server, "it is not HTTP")
    if isinstance(error, ClientPayloadError) and "content-encoding" in str(error):
        return malformed(server, "it cannot be decompressed")
    return broke_off(server)


def _why_unreachable(error: ClientConnectorError) -> str:
    if isinstance(error, ClientConnectorDNSError):
        return "no machine has that name"
    return "the connection was refused" if isinstance(error.os_error, ConnectionRefusedError) else "no connection"


def broke_off(server: ServerSpec) -> Failure:
    """The connection ended before the answer did."""
    return Failure(ModelUnavailable(f"{_the(server)} broke off before its answer was complete. Try again."), Retry())


def malformed(server: ServerSpec, what: str) -> Failure:
    """It answers, but not as a model server does."""
    return Failure(ModelUnavailable(f"{_the(server)} sent an answer that cannot be read: {what}."))


def too_slow(server: ServerSpec, what: str, seconds: float) -> Failure:
    """It was silent for too long."""
    return Failure(
        ModelTimeout(f"{_the(server)} {what} within {seconds:g} seconds. Try again; its own log may say more.")
    )


def _unreachable(server: ServerSpec, reason: str) -> ModelUnavailable:
    return ModelUnavailable(f"{_the(server)} cannot be reached at {server.url}: {reason}. Start it, or check its URL.")


def _the(server: ServerSpec) -> str:
    return f"The model server {server.name}"


# --- Reading what it said ---


def quote(server: ServerSpec, text: str) -> str:
    """Return an upstream's message as one line that is short and holds no key."""
    text = text[: 16 * MAX_QUOTE_CHARS]
    if server.api_key:
        text = text.replace(server.api_key, "…")
    line = " ".join("".join(char if char.isprintable() else " " for char in SECRETS.sub("…", text)).split())
    return line if len(line) <= MAX_QUOTE_CHARS else line[: MAX_QUOTE_CHARS - 1] + "…"


def message_in(error: object, depth: int = MAX_DEPTH) -> str:
    """Find the sentence in an error object. Servers nest it differently, and some send only a text."""
    if isinstance(error, str):
        return error
    if not isinstance(error, dict) or not depth:
        return ""
    fields = cast("dict[str, Any]", error)
    return next(filter(None, (message_in(fields.get(key), depth - 1) for key in ("error", "message", "detail"))), "")


def status_in(error: object, depth: int = MAX_DEPTH) -> int | None:
    """Return the HTTP status that an error object in a stream names as its `code` or `status`, if it does."""
    if not isinstance(error, dict) or not depth:
        return None
    fields = cast("dict[str, Any]", error)
    for key in ("code", "status", "status_code"):
        if re.fullmatch("[45][0-9][0-9]", code := str(fields.get(key))):
            return int(code)
    return status_in(fields.get("error"), depth - 1)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3); None when there is none or it says nothing."""
    header = headers.get("Retry-After", "")
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _parse(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body.decode("utf-8", errors="replace").strip()
        return "" if text.startswith("<") else text  # a page of HTML helps nobody here


def _codes_in(error: object, depth: int = MAX_DEPTH) -> set[str]:
    if not isinstance(error, dict) or not depth:
        return set()
    fields = cast("dict[str, Any]", error)
    return {str(fields.get("code")), str(fields.get("type"))} | _codes_in(fields.get("error"), depth - 1)
