"""What can be found of a turn, and how what was found is shown: some text around the words, cut into parts."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from tertulia.domain.base import Value
from tertulia.domain.messages import UserMessage, files_of, text_of
from tertulia.domain.search import Phrase, Snippet, SnippetPart, SnippetSource, places_in
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.domain.turns import Turn

TURN_CHARS = 150_000
"""How much of a turn is searched: what is said comes before what tools answered."""
TOOL_CHARS = 20_000
"""How much of a tool's answer."""
MOST_SNIPPETS = 3
SNIPPET_CHARS = 240
BEFORE_CHARS = 60
"""How much of a snippet is ahead of what was found."""

_SPACES = re.compile(r"\s+")


class Passage(Value):
    """A text of a turn: a message, a tool's answer, the name of a file."""

    source: SnippetSource
    text: str
    step_id: str | None = None


def passages_of(turn: Turn) -> list[Passage]:
    """Return what is searched of a turn. Instructions are not: people who read a session do not see them."""
    left = TURN_CHARS
    found: list[Passage] = []
    for passage in _passages(turn):
        text = passage.text[: min(left, TOOL_CHARS if passage.source == "tool" else left)]
        if text:
            found.append(Passage(source=passage.source, text=text, step_id=passage.step_id))
            left -= len(text)
    return found


def _passages(turn: Turn) -> Iterator[Passage]:
    asked = [message for message in turn.input_messages if isinstance(message, UserMessage)]
    yield from (Passage(source="user", text=text_of(message.content)) for message in asked)
    said = [step for step in turn.steps if isinstance(step, InferenceStep)]
    yield from (Passage(source="assistant", text=s.model_response.content, step_id=s.step_id) for s in said)
    if turn.output_message.content not in {step.model_response.content for step in said}:
        yield Passage(source="assistant", text=turn.output_message.content)
    files = [file for message in asked for file in message.attachments]
    yield from (Passage(source="file", text=file.name) for file in [*files, *turn.output_attachments])
    for step in turn.steps:
        if isinstance(step, ToolCallStep) and step.tool_response is not None:
            yield Passage(source="tool", text=step.tool_response.content, step_id=step.step_id)


def has_files(turn: Turn) -> bool:
    """Tell whether a turn came with files, or put some out."""
    asked = (message for message in turn.input_messages if isinstance(message, UserMessage))
    return bool(turn.output_attachments) or any(files_of(message) for message in asked)


def snippets_of(passages: Sequence[Passage], wanted: Sequence[Phrase]) -> list[Snippet]:
    """Return some text around what was found, of the first passages that have any of it."""
    found: list[Snippet] = []
    for passage in passages:
        if len(found) == MOST_SNIPPETS:
            break
        if parts := _parts(passage.text, wanted):
            found.append(Snippet(source=passage.source, parts=parts, step_id=passage.step_id))
    return found


def _parts(text: str, wanted: Sequence[Phrase]) -> list[SnippetPart]:
    places = places_in(text, wanted)
    first = next(places, None)
    if first is None:
        return []
    start = _word_start(text, first[0] - BEFORE_CHARS, first[0])
    end = start + SNIPPET_CHARS
    matches = _merged([first, *takewhile(lambda place: place[0] < end, places)])
    parts: list[SnippetPart] = []
    here = start
    for match_start, match_end in matches:
        parts += [_part(text[here:match_start]), _part(text[match_start : min(match_end, end)], is_match=True)]
        here = min(match_end, end)
    rest = _part(("" if here >= end else text[here:end]) + ("…" if end < len(text) else ""))
    head = [SnippetPart(text="…")] if start else []
    return [part for part in [*head, *parts, rest] if part.text]


def _word_start(text: str, start: int, latest: int) -> int:
    """Begin after a space, if there is one; what has none is cut anywhere."""
    if start <= 0:
        return 0
    space = text.find(" ", start, latest)
    return start if space < 0 else space + 1


def _merged(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Make one of places that overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _part(text: str, *, is_match: bool = False) -> SnippetPart:
    return SnippetPart(text=_SPACES.sub(" ", text), is_match=is_match)
