"""What Llama Stack's agents store under a key, as the JSON of 0.1 to 0.3 has it.

Only what is used is named here; all else in a row is passed over. Where the versions differ, both shapes are read.
"""

import datetime as dt
from typing import Any

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.messages import ContentItem, ImageItem, TextItem
from tertulia.domain.steps import Violation

StoredContent = str | TextItem | ImageItem | list[ContentItem]
"""Llama Stack's `InterleavedContent`: what the domain has, and one item without a list."""


class StoredCall(Value):
    """A tool call. `arguments` is an object in 0.2 and its JSON in 0.3."""

    call_id: str
    tool_name: str
    arguments: str | dict[str, Any] | None = None
    arguments_json: str | None = None


class StoredResponse(Value):
    """What a tool answered."""

    call_id: str
    tool_name: str = ""
    content: StoredContent = ""
    metadata: dict[str, Any] | None = None


class StoredAnswer(Value):
    """What the model said."""

    content: StoredContent = ""
    stop_reason: str | None = None
    tool_calls: list[StoredCall] | None = None


class StoredUser(Value, tag_field="role", tag="user"):
    """What the user said. `context` is what a retrieval put beside it, for that turn only."""

    content: StoredContent
    context: StoredContent | None = None


class StoredToolMessage(Value, tag_field="role", tag="tool"):
    """What a client's tool answered, by a turn of its own: how clients did it before a turn could be resumed."""

    call_id: str
    content: StoredContent = ""


class StoredStep(Value, tag_field="step_type"):
    """What every step has."""

    step_id: str = ""
    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None


class StoredInference(StoredStep, tag="inference"):
    """The model was asked."""

    model_response: StoredAnswer


class StoredToolExecution(StoredStep, tag="tool_execution"):
    """Tools were run: one by the server, or all of a message by the client."""

    tool_calls: list[StoredCall] = field(default_factory=list[StoredCall])
    tool_responses: list[StoredResponse] = field(default_factory=list[StoredResponse])


class StoredShieldCall(StoredStep, tag="shield_call"):
    """Shields looked at what was said."""

    violation: Violation | None = None


class StoredRetrieval(StoredStep, tag="memory_retrieval"):
    """Context was looked up."""

    vector_db_ids: str | list[str] = ""
    inserted_context: StoredContent = ""


AnyStep = StoredInference | StoredToolExecution | StoredShieldCall | StoredRetrieval


class StoredTurn(Value):
    """A turn, as it was when it ended or began to wait for the client."""

    input_messages: list[StoredUser | StoredToolMessage]
    started_at: dt.datetime
    steps: list[AnyStep] = field(default_factory=list[AnyStep])
    output_message: StoredAnswer | None = None
    output_attachments: list[Any] | None = None
    completed_at: dt.datetime | None = None


class StoredUserId(Value):
    """Who a session belongs to, on a server with accounts."""

    principal: str = ""


class StoredSession(Value):
    """A session, without its turns."""

    session_name: str
    started_at: dt.datetime
    owner: StoredUserId | None = None
    vector_db_id: str | None = None
