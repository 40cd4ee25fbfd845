"""A session as people read it: in Markdown that nothing in it can break out of."""

import re

import pytest
from hypothesis import given

from tertulia.domain.events import LoggedEvent
from tertulia.engine.markdown import turn_in_markdown
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tests.engine.build import HELLO, call, completes, inference, legal_logs, logged, starts, tool_step
from tests.golden.logs import LOGS

CLOCK = call("clock")


def test_a_turn_reads_as_question_tools_and_answer() -> None:
    text = turn_in_markdown(project(replay(LOGS["tools_side_by_side"])))
    assert text.startswith("\n## You, 2026-11-22 10:00 UTC\n\nWhat is the weather?\n")
    assert re.search(r"\n\*\*Tool\*\* `clock`\n\n```json\n", text)
    assert text.index("## You") < text.index("## Answer") < text.index("**Tool**")


@pytest.mark.parametrize(
    ("log", "end"),
    [
        ("failed_before_the_first_token", "This turn failed"),
        ("cancelled_in_mid_answer", "This turn was stopped."),
        ("plain_answer", "It is sunny."),
    ],
)
def test_it_says_how_a_turn_ended(log: str, end: str) -> None:
    assert end in turn_in_markdown(project(replay(LOGS[log])))


def test_what_a_tool_wrote_cannot_close_its_fence() -> None:
    output = "```\n# Not a heading\n`````\n"
    events = [*HELLO, starts("i1", 2), completes(inference("i1", 2, calls=[CLOCK]))]
    events += [starts("s1", 10, CLOCK), completes(tool_step("s1", 10, CLOCK, output))]
    text = turn_in_markdown(project(replay(logged(events))))
    assert f"\n``````text\n{output}\n``````\n" in text


@given(legal_logs())
def test_whatever_happened_can_be_read(log: list[LoggedEvent]) -> None:
    assert turn_in_markdown(project(replay(log))).startswith("\n## You, ")
