"""`tertulia serve` with tools for people to watch: one that must be approved, one that asks, one that takes its time.

What was sent stands in a file, as its effect on the world; the slow one goes on while a second file is there.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.questions import Question
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolResult
from tests.e2e.own_tools import serve_with

GROUP = "functions::office"
POLL_S = 0.02


class SendMail:
    """Sends nothing, but writes down what it would."""

    toolgroup = GROUP
    policy = ToolPolicy(approval="always")
    definition = ToolDef(
        name="send_mail",
        description="Send an e-mail in the name of the person who talks.",
        input_schema={
            "type": "object",
            "properties": {
                "to": {"type": "string", "format": "email", "description": "Whom it goes to."},
                "subject": {"type": "string", "maxLength": 100},
                "body": {"type": "string", "maxLength": 5000},
                "urgent": {"type": "boolean", "default": False},
            },
            "required": ["to", "subject"],
        },
    )

    def __init__(self, sent: Path) -> None:
        self._sent = sent

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        with self._sent.open("a") as file:
            file.write(json.dumps(arguments) + "\n")
        return ToolResult(content=f"Sent to {arguments['to']}.")


class BookTable:
    """Asks how many will come."""

    toolgroup = GROUP
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="book_table", description="Book a table for tonight.")
    question = Question(
        key="table",
        message="For how many people, and where would you like to sit?",
        requested_schema={
            "type": "object",
            "properties": {
                "people": {"type": "integer", "title": "People", "minimum": 1, "maximum": 12},
                "place": {"type": "string", "title": "Place", "enum": ["Inside", "Terrace"], "default": "Terrace"},
            },
            "required": ["people"],
        },
    )

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        answer = context.answers.get(self.question.key)
        if answer is None:
            raise AnswerNeeded(self.question)
        if answer.action == "decline":
            return ToolResult(content="No table was booked.")
        return ToolResult(content=json.dumps([{"guest": n} | answer.content for n in (1, 2)]))


class Build:
    """Says how far it is until it may end."""

    toolgroup = GROUP
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="build", description="Build the project.")

    def __init__(self, going: Path) -> None:
        self._going = going

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self._going.touch()
        for step in range(1, 9):
            await context.output(f"[{step}/8] compiling part {step}\n")
        while self._going.exists():  # noqa: ASYNC110 - the test that lets it end is another process
            await asyncio.sleep(POLL_S)
        return ToolResult(content="# Built\n\n**8 parts**, no warnings.", metadata={"structured_content": {"parts": 8}})


if __name__ == "__main__":
    serve_with(lambda data: [SendMail(data.with_suffix(".sent")), BookTable(), Build(data.with_suffix(".going"))])
