"""Small tools for tests."""

import asyncio
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.questions import Question
from tertulia.domain.tools import ApprovalRule, ToolPolicy
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolResult


class EchoTool:
    """Answers with its text; with `expects`, only once that many calls run side by side."""

    toolgroup = "test::echo"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="echo", description="Say it again.")

    def __init__(self, *, expects: int = 1, gate: asyncio.Event | None = None) -> None:
        self._expects = expects
        self._gate = gate or asyncio.Event()
        self.keys: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.keys)

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.keys.append(context.idempotency_key)
        if self.calls >= self._expects:
            self._gate.set()
        await self._gate.wait()
        if arguments["text"] == "boom":
            raise ValueError("boom")
        return ToolResult(content=arguments["text"])


class StuckTool:
    """Never answers."""

    toolgroup = "test::stuck"
    policy = ToolPolicy()
    definition = ToolDef(name="stuck", description="Take for ever.")

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.was_cancelled = False

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        raise AssertionError("an event that nobody sets was set")


class PayTool:
    """Pays, if a person says that it may; remembers what it was called with, and then says `output`."""

    toolgroup = "test::pay"

    def __init__(
        self, rule: ApprovalRule = "always", *, is_editable: bool = True, says: str = "Pay.", output: str = "paid"
    ) -> None:
        self.policy = ToolPolicy(approval=rule, is_editable=is_editable)
        self.definition = ToolDef(
            name="pay",
            description=says,
            input_schema={
                "type": "object",
                "properties": {"to": {"type": "string"}, "euros": {"type": "number", "minimum": 0}},
                "required": ["to"],
                "additionalProperties": False,
            },
        )
        self.calls: list[dict[str, Any]] = []
        self._output = output

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.calls.append(arguments)
        return ToolResult(content=self._output)


class BookingTool:
    """Asks a person from which account, and then whether they are sure; says what it was answered."""

    toolgroup = "test::booking"
    policy = ToolPolicy()
    definition = ToolDef(name="book", description="Book a room.")
    account = Question(
        key="account",
        message="From which account?",
        requested_schema={
            "type": "object",
            "properties": {"name": {"type": "string", "minLength": 2}, "nights": {"type": "integer"}},
            "required": ["name"],
        },
    )
    sure = Question(key="sure", message="Are you sure?")

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.keys.append(context.idempotency_key)
        for question in (self.account, self.sure):
            answer = context.answers.get(question.key)
            if answer is None:
                raise AnswerNeeded(question)
            if answer.action == "decline":
                return ToolResult(content=f"Not booked: {question.key} was declined.", is_error=True)
        return ToolResult(content=f"booked from {context.answers['account'].content['name']}")
