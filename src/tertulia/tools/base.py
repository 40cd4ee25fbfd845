"""What agents can use: the role that every tool plays."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol

from msgspec import field

from tertulia.domain.agents import ToolDef
from tertulia.domain.base import Value
from tertulia.domain.tools import ToolPolicy


class ToolFile(Value):
    """A file that a tool made: it becomes one of the turn's `output_attachments`."""

    name: str
    type: str
    data: bytes


class ToolResult(Value):
    """What a tool answers. `content` is what the model reads; people get the files, too."""

    content: str
    is_error: bool = False
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    files: list[ToolFile] = field(default_factory=list[ToolFile])


class Question(Value):
    """What a tool asks a person: in words, and as a JSON Schema of the answer. `key` tells its questions apart."""

    key: str
    message: str
    requested_schema: dict[str, Any] = field(default_factory=dict[str, Any])


class Answer(Value):
    """What a person said to a question."""

    action: Literal["accept", "decline"]
    content: dict[str, Any] | None = None


class AnswerNeeded(Exception):
    """A tool cannot go on without a person's answer. It is called again once there is one."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(question.message)


class ToolContext(Value):
    """Who asks, and where live output goes. `idempotency_key` is the same when a call is made again after a crash."""

    owner: str
    session_id: str
    turn_id: str
    idempotency_key: str
    output: Callable[[str], Awaitable[None]]
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])


class Tool(Protocol):
    """Something an agent can call on the server."""

    @property
    def definition(self) -> ToolDef: ...

    @property
    def toolgroup(self) -> str:
        """The group by which agents are given it, e.g. `builtin::clock`."""
        ...

    @property
    def policy(self) -> ToolPolicy: ...

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Run it. What it raises becomes an error result for the model."""
        ...
