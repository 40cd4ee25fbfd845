"""What a person is asked in a terminal about a call of a tool: whether it may run, and what its tool wants to know.

The arguments are shown as those with which the call is made; no character among them can hide another.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import click

from tertulia.cli.console import dim, plain
from tertulia.client.input import DecisionOptions
from tertulia.domain.base import Value
from tertulia.domain.questions import Question
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn, Verdict

T = TypeVar("T")

HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Kinds of characters (Unicode's general categories) that are not seen, or change how others are."""


class Said(Value):
    """What a person has decided about a call."""

    verdict: Verdict
    options: DecisionOptions


def undecided(turn: Turn) -> list[ToolCallStep]:
    """Return the calls of a turn about which a person is asked."""
    steps = [step for step in turn.steps if isinstance(step, ToolCallStep) and step.status == "running"]
    return [step for step in steps if step.question is not None or step.approval == "pending"]


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
    if step.metadata.get("is_editable"):
        choices["e"] = "edit the arguments"
    if step.metadata.get("approval_rule") == "always":
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
    reason = _read("Why? (the model is told; Enter for no reason) ")
    return Said(verdict="deny", options={"reason": reason} if reason else {})


def _edited(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Let a person edit arguments in their editor; None when they left them as they are, or wrote no object."""
    text = click.edit(json.dumps(arguments, indent=2, ensure_ascii=False) + "\n", extension=".json")
    try:
        edited = None if text is None else json.loads(text)
    except ValueError as error:
        _say(f"This is not JSON: {error}.")
        return None
    if not isinstance(edited, dict):
        _say("Nothing was changed." if edited is None else "Arguments are a JSON object.")
        return None
    return cast(dict[str, Any], edited)


# --- questions ---


def _ask(question: Question, tool_name: str) -> Said:
    _say(f"{visible(tool_name)} asks: {visible(question.message)}")
    fields = cast(dict[str, Any], question.requested_schema.get("properties", {}))
    if _choose("Answer it?" if fields else "Agree?", {"y": "yes", "n": "no"}) == "n":
        return Said(verdict="deny", options={})
    required = question.requested_schema.get("required", [])
    return Said(verdict="approve", options={"answer": dict(_answers(fields, required))})


def _answers(fields: dict[str, Any], required: list[str]) -> Iterator[tuple[str, Any]]:
    for name, schema in fields.items():
        value = _again_until_read(lambda name=name, schema=schema: _answer(name, schema, is_required=name in required))
        if value is not None:
            yield name, value


def _answer(name: str, schema: dict[str, Any], *, is_required: bool) -> Any:
    """Read one field; None when it is left out. Raises ValueError with what is wrong."""
    title = visible(str(schema.get("title") or schema.get("description") or name))
    choices = [str(each) for each in schema.get("enum", [])]
    hint = ", ".join([*(["one of " + ", ".join(map(visible, choices))] if choices else []), *_kind(schema)])
    text = _read(f"{title}{f' ({hint})' if hint else ''}{'' if is_required else ' [Enter leaves it out]'}: ")
    if not text:
        if is_required:
            raise ValueError("This is needed.")
        return None
    if choices and text not in choices:
        raise ValueError("This is none of them.")
    return _value(text, schema.get("type", "string"))


def _kind(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", "string")
    return [] if kind == "string" else ["yes or no" if kind == "boolean" else str(kind)]


def _value(text: str, kind: str) -> Any:
    if kind == "string":
        return text
    if kind == "boolean":
        if text.lower() not in {"y", "yes", "n", "no", "true", "false"}:
            raise ValueError("Yes or no?")
        return text.lower() in {"y", "yes", "true"}
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"This is no {kind}.") from None


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


def shown(arguments: dict[str, Any]) -> str:
    """Return arguments as JSON in which everything is seen."""
    return visible(json.dumps(arguments, indent=2, ensure_ascii=False), keeps="\n")


def visible(text: str, keeps: str = "") -> str:
    """Return a text with what is not seen, or changes how the rest is, as its code point."""
    return plain(
        "".join(
            f"\\u{ord(each):04x}" if each not in keeps and unicodedata.category(each) in HIDDEN else each
            for each in text
        )
    )
