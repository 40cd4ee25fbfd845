"""What a model is asked to say, in words that pass through any server: so many tokens, at so many a second.

A token of prose is about four characters of Markdown; one of words is `word17 `, which can be found again in a page.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from bench.page.prose import END, prose

Kind = Literal["prose", "words"]
SENTENCE = re.compile(r"Say (\d+) tokens of (prose|words), (\d+) a second\.")


@dataclass(frozen=True)
class Script:
    """An answer and its pace."""

    tokens: int
    per_second: int
    kind: Kind = "prose"

    @property
    def text(self) -> str:
        """The sentence that asks for it."""
        return f"Say {self.tokens} tokens of {self.kind}, {self.per_second} a second."

    @property
    def seconds(self) -> float:
        """How long it takes to say."""
        return self.tokens / self.per_second

    @property
    def pieces(self) -> tuple[str, ...]:
        """The tokens."""
        return pieces_of(self.kind, self.tokens)


SHORT = Script(30, 10_000)


def parse(text: str) -> Script:
    """Find the last sentence that asks for something; without one, a short answer at once."""
    found = [*SENTENCE.finditer(text)]
    if not found:
        return SHORT
    tokens, kind, per_second = found[-1].groups()
    return Script(int(tokens), int(per_second), cast("Kind", kind))


@lru_cache(maxsize=8)
def pieces_of(kind: Kind, tokens: int) -> tuple[str, ...]:
    """The tokens of an answer; the last says that it is the last."""
    if kind == "prose":
        return prose(tokens)
    return (*(f"word{number} " for number in range(1, tokens)), f"word{tokens} {END}")
