"""What calls are given, as it is sent: which sessions a list has, what a turn is started and gone on with."""

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import uuid4

from tertulia.client.request import Request
from tertulia.domain.agents import ToolConfig
from tertulia.domain.messages import InputMessage, ToolAnswer, UserMessage
from tertulia.domain.paging import Order
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import OnBusy, Turn


class WhichSessions(TypedDict, total=False):
    """Which of an agent's sessions a list has, and in which order."""

    q: str | None
    """A text to look for in names and previews; a page of those that have it may have few, or none, and yet lead on."""
    tag: str | None
    """A tag that they have, whatever its case; its pages are as those with a text."""
    archived: bool | None
    """Only those in the archive, or (as without this) only the others; None means either."""
    pinned: bool | None
    """Only those that are pinned, or only the others; None, as without this, means either."""
    order: Order
    """By last activity: newest (`desc`, as without this) or oldest (`asc`) first."""


def said_of(which: WhichSessions) -> dict[str, str | None]:
    """Return the parameters of a list of sessions: what may be either is `any`."""
    archived, pinned = _either(which.get("archived", False)), _either(which.get("pinned"))
    asked = {"q": which.get("q"), "tag": which.get("tag")}
    return {**asked, "order": which.get("order"), "archived": archived, "pinned": pinned}


class WhichHits(TypedDict, total=False):
    """Where a search looks."""

    archived: bool | None
    """In sessions in the archive, or (as without this) in the others; None means in either."""
    pinned: bool | None
    """In sessions that are pinned, or in the others; None, as without this, means in either."""
    session_id: str | None
    """In this session only."""
    has_file: bool | None
    """Turns with files, or without; None, as without this, means either."""
    since: str | None
    """Not before this date or time (RFC 3339)."""
    until: str | None
    """Before this date or time (RFC 3339)."""


def searched(which: WhichHits) -> dict[str, str | None]:
    """Return the parameters of a search: what may be either is `any`."""
    archived, pinned = _either(which.get("archived", False)), _either(which.get("pinned"))
    has_file, since, until = _either(which.get("has_file")), which.get("since"), which.get("until")
    places = {"session_id": which.get("session_id"), "archived": archived, "pinned": pinned}
    return {**places, "has_file": has_file, "since": since, "until": until}


def _either(flag: bool | None) -> str:
    return "any" if flag is None else str(flag).lower()


TurnInput = str | Sequence[InputMessage]
"""What a user says; or messages, where there is more than words of the user."""


class TurnOptions(TypedDict, total=False):
    """What else a turn can be started with."""

    on_busy: OnBusy
    """While another of its session runs: whether it waits (`enqueue`, as without this), is refused (`reject`), or stops
    the other (`interrupt`)."""
    toolgroups: list[str] | None
    """Other tools than the agent's, for this turn."""
    tool_config: ToolConfig | None
    """Another choice of tools than the agent's, for this turn."""
    parent_turn_id: str | None
    """The turn after which it comes, or None for the beginning; as without this, it goes on from the active branch."""
    idempotency_key: str | None
    """The same key starts one turn, however often it is sent; without one, each call makes one for its own retries."""


class RetryOptions(TypedDict, total=False):
    """What else another attempt at a turn can be started with: see `TurnOptions`."""

    on_busy: OnBusy
    idempotency_key: str | None


class DecisionOptions(TypedDict, total=False):
    """What else can be said when a person decides about a tool call."""

    reason: str
    """Why; of a call that is denied, the model is told."""
    arguments: dict[str, Any] | None
    """Other arguments than the model's, all of them, where the tool allows that."""
    answer: dict[str, Any] | None
    """The answer to what the tool asks: an object of the question's `requested_schema`."""
    remember: bool
    """Approve all calls of this tool for the rest of the session."""
    attempt: int
    """The step's, as it was seen: if the call has gone on since, the decision is refused as one that comes too late."""


def start_of(session_path: str, message: TurnInput, options: TurnOptions, **mode: bool) -> Request:
    """Return the request that starts a turn; what says nothing is left out."""
    messages = [UserMessage(content=message)] if isinstance(message, str) else list(message)
    said = {name: value for name, value in options.items() if value is not None or name == "parent_turn_id"}
    return _keyed(f"{session_path}/turn", {"messages": messages, **said, **mode})


def retry_of(turn_path: str, options: RetryOptions, **mode: bool) -> Request:
    """Return the request that tries a turn again."""
    return _keyed(f"{turn_path}/retry", {**options, **mode})


def _keyed(path: str, body: dict[str, Any]) -> Request:
    """Return a request that can be sent again under its key, which is said or made."""
    key = body.pop("idempotency_key", None) or uuid4().hex
    return Request(method="POST", path=path, headers={"Idempotency-Key": str(key)}, body=body, is_repeatable=True)


def has_answers(turn: Turn, answers: Sequence[ToolAnswer]) -> bool:
    """Tell whether a turn has been given these answers already."""
    given = {
        step.tool_response.call_id: (step.tool_response.content, step.tool_response.is_error)
        for step in turn.steps
        if isinstance(step, ToolCallStep) and step.tool_response is not None
    }
    return all(given.get(answer.call_id) == (answer.content, answer.is_error) for answer in answers)
