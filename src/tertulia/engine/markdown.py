"""A session as Markdown, for people: who said what, which tools were called, which files there were.

What people and models wrote is Markdown already and stays as it is; what tools wrote is fenced, by a fence that nothing
in it can close. Instructions and reasoning are left out: this is what is passed on.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.exports import SessionExport
from tertulia.domain.messages import UserMessage, files_of, text_of
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep
from tertulia.domain.turns import Turn

LONGEST_OUTPUT = 20_000
"""Characters of what a tool answered."""


def heading_of(export: SessionExport) -> str:
    """Say what session this is, and with whom."""
    session, config = export.session, export.agent.agent_config
    who = _line(config.name or config.model)
    return f"# {_line(session.session_name)}\n\n*With {who}, begun {_day(session.started_at)}*\n"


def turn_in_markdown(turn: Turn) -> str:
    """Return a turn: the question, what was done, the answer, and how it ended if not well."""
    parts = [f"## You, {_day(turn.started_at)}"]
    for message in turn.input_messages:
        if isinstance(message, UserMessage):
            parts += [text_of(message.content), *_listed(files_of(message))]
    parts.append("## Answer")
    parts += [part for step in turn.steps for part in _of_step(step)]
    parts += _listed(turn.output_attachments)
    match turn.status:
        case "completed":
            pass
        case "failed":
            parts.append(f"*This turn failed: {_line(turn.error.message) if turn.error else 'nobody knows why'}*")
        case "cancelled":
            parts.append("*This turn was stopped.*")
        case "queued" | "running" | "awaiting_input":
            parts.append("*This turn has not ended.*")
        case _:
            assert_never(turn.status)
    return "".join(["\n" + part.strip("\n") + "\n" for part in parts if part.strip()])


def _of_step(step: Step) -> Iterator[str]:
    match step:
        case InferenceStep(model_response=said):
            yield said.content
        case ToolCallStep(tool_call=call, tool_response=response):
            yield f"**Tool** `{_line(call.tool_name).replace('`', '')}`"
            yield _fenced(call.arguments_json, "json")
            if response is not None:
                yield _fenced(response.content, "text")
        case OtherStep(refusal=str(words)):
            yield words
        case OtherStep():
            pass
        case _:
            assert_never(step)


def _fenced(text: str, language: str) -> str:
    shown = text if len(text) <= LONGEST_OUTPUT else text[:LONGEST_OUTPUT] + "\n…"
    longest = max((len(run) for run in re.findall(r"`{3,}", shown)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _listed(files: list[FileAttachment]) -> list[str]:
    return ["\n".join(f"- Attached: {_escaped(_line(file.name or 'a file'))}" for file in files)] if files else []


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def _day(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"
