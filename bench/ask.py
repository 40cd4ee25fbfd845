"""What the benchmark asks of a model, in words that pass through any server between the two.

The fake model server obeys the last such sentence in the request's body; nothing else in it matters. One word of the
answer stands for one token.
"""

import re
from dataclasses import dataclass

WORD = b"word"
"""What every word of an answer begins with, and nothing else in a delta has: counting it counts tokens."""

TOOL = "clock"
"""The tool that is called; an agent of ours has it by the toolgroup `builtin::clock`."""

SENTENCE = re.compile(rb"Say (\d+) words(?:, one every (\d+) ms)?(?:, after (\d+) calls)?\.")
TOOL_RESULT = re.compile(rb'"role":\s*"tool"')


@dataclass(frozen=True)
class Ask:
    """An answer of so many words, all at once or one after each pause; in a stream, after so many calls of a tool."""

    words: int
    pause_ms: int = 0
    calls: int = 0

    @property
    def text(self) -> str:
        """The sentence that asks for it."""
        pace = f", one every {self.pause_ms} ms" if self.pause_ms else ""
        calls = f", after {self.calls} calls" if self.calls else ""
        return f"Say {self.words} words{pace}{calls}."


def parse(body: bytes) -> Ask:
    """Find the last sentence that asks for something; without one, ten words. `calls` are those that are still to come.

    Only the end of the body is parsed, so that a prompt of a thousand turns costs the fake server nothing.
    """
    at = body.rfind(b"Say ")
    found = SENTENCE.match(body, at) if at >= 0 else None
    if found is None:
        return Ask(10)
    calls = int(found[3] or 0)
    made = sum(1 for _ in TOOL_RESULT.finditer(body, at)) if calls else 0
    return Ask(int(found[1]), int(found[2] or 0), max(0, calls - made))


def answer_words(count: int) -> list[str]:
    """The words of an answer, each with the space that follows it."""
    return [f"{WORD.decode()}{number} " for number in range(1, count + 1)]
