"""Markdown as agents write it, of any length and always the same: headings, emphasis, lists, code, tables."""

import re
from collections.abc import Iterator
from itertools import count

END = "That was all."
"""What every answer ends with, and nothing else holds."""

TOKEN = re.compile(r"\s*\S{1,5}|\s+$")
"""About four characters, as models cut them."""

PARAGRAPH = (
    "The {n}th measurement took **{a} ms** on the first try and *{b} ms* on the second. Whoever repeats it finds the "
    "same within a few percent, as long as nothing else runs; see `measure_{n}` for how it was done, and what was left "
    "out. A cache that is warm changes more than any of the rest, so that both are told, one beside the other.\n\n"
)
LIST = (
    "- the server was started anew, **{a}** times\n"
    "- what came first was thrown away, since `{n}` of them were cold\n"
    "- the others were put in order, and the one in the middle counts\n\n"
)
CODE = (
    "```python\ndef measure_{n}(runs: int = {a}) -> float:\n    times = []\n    for run in range(runs):\n"
    "        began = perf_counter()\n        ask(run)\n        times.append(perf_counter() - began)\n"
    "    return sorted(times)[len(times) // 2]\n```\n\n"
)
TABLE = (
    "| Run | Cold | Warm |\n| --- | ---: | ---: |\n| {n}, morning | {a} ms | {b} ms |\n"
    "| {n}, evening | {b} ms | {a} ms |\n\n"
)
PARTS = (PARAGRAPH, PARAGRAPH, LIST, PARAGRAPH, CODE, PARAGRAPH, TABLE)


def section(number: int, parts: int = 4) -> str:
    """About 900 characters: a heading and what stands under it, another choice of parts each time."""
    values = {"n": number, "a": 10 + number * 37 % 890, "b": 10 + number * 53 % 890}
    chosen = [PARTS[(number + place) % len(PARTS)] for place in range(parts)]
    return f"## Part {number}\n\n" + "".join(part.format(**values) for part in chosen)


def tokens_of(text: str) -> list[str]:
    """A text as a model says it."""
    return TOKEN.findall(text)


def prose(tokens: int) -> tuple[str, ...]:
    """Sections of as many tokens as wanted, filled up with a few plain words before the end."""
    end = tokens_of(f"\n\n{END}")
    pieces: list[str] = []
    for said in sections():
        if len(pieces) + len(said) + len(end) > tokens:
            break
        pieces += said
    pieces += [" more"] * (tokens - len(end) - len(pieces))
    return (*pieces, *end)[:tokens]


def sections() -> Iterator[list[str]]:
    """One after the other, without end."""
    for number in count(1):
        yield tokens_of(section(number))
