"""Shields: what looks at a message before a model is given it, or before its answer counts.

A shield says nothing of who may ask, only of what is said. Two kinds: a list of patterns, which costs nothing, and a
model that judges, such as Llama Guard. What it finds is a `Violation`; one of level `error` ends the turn.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from tertulia.domain.base import END, Value

ShieldId = Annotated[str, Meta(min_length=1, max_length=200, pattern=rf"^[A-Za-z0-9][A-Za-z0-9_.:/-]*{END}")]
ViolationLevel = Literal["info", "warn", "error"]
Touchpoint = Literal["user-input", "assistant-output"]
"""Where a shield looks: at what the user sends, before the first inference, or at the answer."""

DEFAULT_MESSAGE = "A shield of this agent stopped this. Please put it another way, or ask something else."

Rule = Annotated[str, Meta(min_length=1, max_length=1_000)]
Rules = Annotated[list[Rule], Meta(max_length=500)]
UserMessageText = Annotated[str, Meta(min_length=1, max_length=2_000)]


class PatternShield(Value, tag_field="kind", tag="pattern"):
    """Finds `words` (whole ones, whatever their case) and `patterns` (regular expressions, `(?i)` for any case)."""

    shield_id: ShieldId
    words: Rules = field(default_factory=list[str])
    patterns: Rules = field(default_factory=list[str])
    message: UserMessageText = DEFAULT_MESSAGE
    level: ViolationLevel = "error"


class ModelShield(Value, tag_field="kind", tag="model"):
    """Asks a model, `server/model`, whether a talk is safe.

    `conversation` gives it the talk alone, for models whose own template asks the question, such as Llama Guard;
    `policy` asks in words of ours, for every other model. Without `prompt` the model's name decides. Categories in
    `ignored_categories`, such as `S8`, count as safe.
    """

    shield_id: ShieldId
    model: Annotated[str, Meta(min_length=1, max_length=300)]
    prompt: Literal["conversation", "policy"] | None = None
    ignored_categories: Annotated[list[str], Meta(max_length=50)] = field(default_factory=list[str])
    message: UserMessageText = DEFAULT_MESSAGE
    level: ViolationLevel = "error"


Shield = PatternShield | ModelShield
