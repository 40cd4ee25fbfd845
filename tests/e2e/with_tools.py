"""`tertulia serve` with tools for people to watch: one that must be approved, one that asks, one that takes its time.

What was sent stands in a file, as its effect on the world; the slow one goes on while a second file is there.
"""

import asyncio
import json
import os
from pathlib import Path
from socket import socket
from typing import Any

import click
import uvicorn

from tertulia.asgi import app_of
from tertulia.cli.options import setting_options
from tertulia.domain.agents import ToolDef
from tertulia.domain.questions import Question
from tertulia.domain.tools import ToolPolicy
from tertulia.server.logs import configure_logs
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolResult
from tertulia.wiring import Services

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


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()
        click.echo(f"Tertulia with-tools is ready at http://{host}:{port} — models: those that were named")


@click.command()
@click.argument("command", type=click.Choice(["serve"]))
@setting_options("port", "data_dir", "model_servers", "discover")
def main(command: str, **given: object) -> None:
    settings = Settings.from_env(os.environ, **given)
    configure_logs(settings.log_level, settings.log_format)
    store = SqlStore(SqliteDatabase(settings.data_dir / "tertulia.db"))
    data = settings.data_dir
    tools = [SendMail(data.with_suffix(".sent")), BookTable(), Build(data.with_suffix(".going"))]
    services = Services(settings, store, tools=tools)
    _Server(uvicorn.Config(app_of(services), port=settings.port, lifespan="on", log_config=None)).run()


if __name__ == "__main__":
    main()
