"""What a tool asks a person in the middle of a call, and what the person answers."""

from typing import Any, Literal

from msgspec import field

from tertulia.domain.base import Value

AnswerAction = Literal["accept", "decline"]


class Question(Value):
    """A tool's question. `requested_schema` is a JSON Schema of the object that it wants for an answer.

    `key` tells it from the other questions of the same call: the call is made again with the answers, by their keys.
    """

    key: str
    message: str
    requested_schema: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})


class Answer(Value):
    """A person's answer; who declines gives none."""

    action: AnswerAction
    content: dict[str, Any] = field(default_factory=dict[str, Any])
