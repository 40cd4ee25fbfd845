"""Pattern shields: words and regular expressions, looked for in a text within a time.

An expression may take for ever on a text made for it (`(a+)+$`). So a look has its time, after which the shield has
failed, and long ones happen in a thread that leaves the interpreter to others.

The library for it is loaded with the first pattern shield: most servers have none.
"""

import asyncio
import time
from functools import lru_cache
from typing import Protocol

from tertulia.domain.errors import FieldError, InvalidRequest, ShieldFailed
from tertulia.domain.shields import PatternShield
from tertulia.domain.steps import Violation

SECONDS = 1.0
"""How long all expressions of a shield together may look."""
SHOWN = 80
"""Characters of an expression in a sentence about it."""
QUICK_CHARS = 2_000
QUICK_SECONDS = 0.02
"""A short text is looked at where one is, for so long; only what takes longer is worth a thread."""


class Expression(Protocol):
    """A regular expression, as far as it is used here."""

    def search(self, string: str, /, *, timeout: float, concurrent: bool) -> object | None:
        """Find it in a text. Raises TimeoutError."""
        ...


def check(shield: PatternShield) -> None:
    """Raise InvalidRequest, naming the field, for an expression that is none, or a shield that finds nothing."""
    import regex  # noqa: PLC0415 - see above

    if not shield.words and not shield.patterns:
        raise InvalidRequest(f"The shield {shield.shield_id} has neither words nor patterns: it would find nothing.")
    for place, pattern in enumerate(shield.patterns):
        try:
            regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else error
            shown = pattern if len(pattern) <= SHOWN else f"{pattern[:SHOWN]}…"
            detail = f"{shown!r} is not a regular expression: {why}"
            raise InvalidRequest(
                f"The shield {shield.shield_id}: {detail}.",
                errors=[FieldError(pointer=f"/patterns/{place}", detail=detail)],
            ) from None


async def find(shield: PatternShield, text: str) -> Violation | None:
    """Return what a shield finds in a text. Raises ShieldFailed when that takes too long."""
    try:
        if len(text) <= QUICK_CHARS:
            try:
                return _find(shield, text, seconds=QUICK_SECONDS)
            except TimeoutError:
                pass
        return await asyncio.to_thread(_find, shield, text, seconds=SECONDS)
    except TimeoutError:
        raise ShieldFailed(
            f"The shield {shield.shield_id} has expressions that take too long on this text; make them simpler."
        ) from None


def _find(shield: PatternShield, text: str, *, seconds: float) -> Violation | None:
    end = time.monotonic() + seconds
    for rule, expression in _rules(tuple(shield.words), tuple(shield.patterns)):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if expression.search(text, timeout=left, concurrent=True):
            return Violation(
                violation_level=shield.level,
                user_message=shield.message,
                metadata={"shield_id": shield.shield_id, "violation_type": "pattern", "rule": rule},
            )
    return None


@lru_cache(256)
def _rules(words: tuple[str, ...], patterns: tuple[str, ...]) -> list[tuple[str, Expression]]:
    """The expressions of a shield, each under its name; all words are one expression."""
    import regex  # noqa: PLC0415 - see above

    found: list[tuple[str, Expression]] = [
        (f"patterns/{place}", regex.compile(pattern)) for place, pattern in enumerate(patterns)
    ]
    if words:
        any_word = "|".join(regex.escape(word) for word in words)
        found.insert(0, ("words", regex.compile(rf"(?<!\w)(?:{any_word})(?!\w)", regex.IGNORECASE | regex.FULLCASE)))
    return found
