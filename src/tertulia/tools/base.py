"""What agents can use: the role that every tool plays."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from msgspec import field

from tertulia.domain.agents import ToolDef
from tertulia.domain.base import Value
from tertulia.domain.questions import Answer, Question
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


class AnswerNeeded(Exception):
    """Raised by a tool that cannot go on without a person's answer.

    The call is given up, and made again with the answer in `ToolContext.answers`, by the question's key. Nothing must
    have been done by then that may not be done twice.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(question.message)


class ToolContext(Value):
    """Who asks, and where live output goes. `idempotency_key` is the same when a call is made again.

    `answers` are a person's, by the keys of the questions that this call has asked before (see `AnswerNeeded`).
    """

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
        """Run it. What it raises becomes an error result for the model; AnswerNeeded, a question to a person."""
        ...
