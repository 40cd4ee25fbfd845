"""What a person can say about a call that waits for them: which answers there are, and how typed words become one.

Pure: how it is asked is the page's, or the lines' (`cli/decisions.py`).
"""

import json
from typing import Any, cast

from tertulia.client.input import DecisionOptions
from tertulia.domain.base import Value
from tertulia.domain.questions import Question
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn, Verdict
from tertulia.terminal.text import visible


class Said(Value):
    """What a person has decided about a call."""

    verdict: Verdict
    options: DecisionOptions


class Field(Value):
    """One thing that a question wants to know."""

    name: str
    title: str
    hint: str
    kind: str
    choices: list[str]
    is_required: bool

    def read(self, text: str) -> Any:
        """Return what was typed as a value; None when it is left out. Raises ValueError with what is wrong."""
        if not text:
            if self.is_required:
                raise ValueError("This is needed.")
            return None
        if self.choices and text not in self.choices:
            raise ValueError("This is none of them.")
        return _value(text, self.kind)


def undecided(turn: Turn) -> list[ToolCallStep]:
    """Return the calls of a turn about which a person is asked."""
    steps = [step for step in turn.steps if isinstance(step, ToolCallStep) and step.status == "running"]
    return [step for step in steps if step.question is not None or step.approval == "pending"]


def can_be_edited(step: ToolCallStep) -> bool:
    """Tell whether a person may change the arguments with which a call is made."""
    return not step.attempt and bool(step.metadata.get("is_editable"))


def can_be_remembered(step: ToolCallStep) -> bool:
    """Tell whether a person may approve all calls of the tool for the rest of the session."""
    return not step.attempt and step.metadata.get("approval_rule") == "always"


def denied(reason: str) -> Said:
    """Return a refusal, with what the model is told."""
    return Said(verdict="deny", options={"reason": reason} if reason else {})


def edited(text: str) -> dict[str, Any]:
    """Read arguments that a person has written. Raises ValueError with what is wrong."""
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}.") from None
    if not isinstance(arguments, dict):
        raise ValueError("Arguments are a JSON object.")
    return cast(dict[str, Any], arguments)


def fields_of(question: Question) -> list[Field]:
    """Return what a question wants to know, in its order."""
    properties = cast(dict[str, dict[str, Any]], question.requested_schema.get("properties", {}))
    required = question.requested_schema.get("required", [])
    return [_field(name, schema, is_required=name in required) for name, schema in properties.items()]


def _field(name: str, schema: dict[str, Any], *, is_required: bool) -> Field:
    choices, kind = [str(each) for each in schema.get("enum", [])], str(schema.get("type", "string"))
    kinds = [] if kind == "string" else ["yes or no" if kind == "boolean" else kind]
    return Field(
        name=name,
        title=visible(str(schema.get("title") or schema.get("description") or name)),
        hint=", ".join([*(["one of " + ", ".join(map(visible, choices))] if choices else []), *map(visible, kinds)]),
        kind=kind,
        choices=choices,
        is_required=is_required,
    )


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
