"""What a person is asked in a terminal about a call of a tool: whether it may run, and what its tool wants to know.

The arguments are shown as those with which the call is made; no character among them can hide another.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from tertulia.cli.console import dim
from tertulia.domain.questions import Question
from tertulia.domain.steps import ToolCallStep
from tertulia.terminal.asking import Field, Said, can_be_edited, can_be_remembered, denied, edited, fields_of
from tertulia.terminal.text import shown, visible

T = TypeVar("T")


def ask_about(step: ToolCallStep) -> Said:
    """Ask until there is a decision. Raises EOFError when the person leaves, KeyboardInterrupt to stop the turn."""
    if step.question is not None:
        return _ask(step.question, step.tool_call.tool_name)
    name = visible(step.tool_call.tool_name)
    if step.attempt:
        _say(f"The server stopped while {name} ran: it may have had its effect.", shown(step.tool_call.arguments))
        return _said(_choose("Run it again?", {"y": "yes", "n": "no"}) == "y")
    _say(f"The agent asks whether it may run {name}:", shown(step.tool_call.arguments))
    return _approval(step)


def _approval(step: ToolCallStep) -> Said:
    choices = {"y": "yes", "n": "no"}
    if can_be_edited(step):
        choices["e"] = "edit the arguments"
    if can_be_remembered(step):
        choices["a"] = "always in this session"
    match _choose("Run it?", choices):
        case "y":
            return Said(verdict="approve", options={})
        case "a":
            return Said(verdict="approve", options={"remember": True})
        case "e":
            arguments = _edited(step.tool_call.arguments)
            return _approval(step) if arguments is None else Said(verdict="approve", options={"arguments": arguments})
        case _:
            return _said(approves=False)


def _said(approves: bool) -> Said:
    if approves:
        return Said(verdict="approve", options={})
    return denied(_read("Why? (the model is told; Enter for no reason) "))


def _edited(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Let a person edit arguments in their editor; None when they left them as they are, or wrote no object."""
    text = click.edit(json.dumps(arguments, indent=2, ensure_ascii=False) + "\n", extension=".json")
    if text is None:
        _say("Nothing was changed.")
        return None
    try:
        return edited(text)
    except ValueError as error:
        _say(str(error))
        return None


# --- questions ---


def _ask(question: Question, tool_name: str) -> Said:
    _say(f"{visible(tool_name)} asks: {visible(question.message)}")
    fields = fields_of(question)
    if _choose("Answer it?" if fields else "Agree?", {"y": "yes", "n": "no"}) == "n":
        return Said(verdict="deny", options={})
    return Said(verdict="approve", options={"answer": dict(_answers(fields))})


def _answers(fields: list[Field]) -> Iterator[tuple[str, Any]]:
    for field in fields:
        value = _again_until_read(lambda field=field: _answer(field))
        if value is not None:
            yield field.name, value


def _answer(field: Field) -> Any:
    """Read one field; None when it is left out. Raises ValueError with what is wrong."""
    hint = f" ({field.hint})" if field.hint else ""
    return field.read(_read(f"{field.title}{hint}{'' if field.is_required else ' [Enter leaves it out]'}: "))


# --- the terminal ---


def _choose(prompt: str, choices: dict[str, str]) -> str:
    offered = ", ".join(f"{key} = {words}" for key, words in choices.items())

    def choose() -> str:
        key = _read(f"{prompt} ({offered}) ").lower()[:1]
        if key not in choices:
            raise ValueError(f"Type one of {', '.join(choices)}.")
        return key

    return _again_until_read(choose)


def _again_until_read(read: Callable[[], T]) -> T:
    while True:
        try:
            return read()
        except ValueError as error:
            _say(str(error))


def _read(prompt: str) -> str:
    click.echo(prompt, nl=False, err=True)  # stdout is the answer's
    return input().strip()


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(dim(line), err=True)
