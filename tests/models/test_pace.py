"""Reading very many answers at once: less often each, and more at a time."""

import asyncio

import pytest

from tertulia.models.openai_chat import Means, OpenAIChat
from tertulia.models.pace import Pace
from tertulia.models.server_spec import ServerSpec
from tests.fakes.upstream import DONE, stop, streams, text
from tests.models.stage import ask, settle, stage, texts, whole


def test_few_answers_are_read_as_soon_as_something_comes() -> None:
    pace = Pace(at_once=2, reads_a_second=100)
    with pace.of_answer(), pace.of_answer():
        assert pace.pause == 0


def test_those_beyond_share_the_reads_of_a_second() -> None:
    pace = Pace(at_once=1, reads_a_second=100)
    with pace.of_answer(), pace.of_answer(), pace.of_answer():
        assert pace.pause == pytest.approx(0.02)
    assert pace.pause == 0


def test_an_answer_that_breaks_off_counts_no_more() -> None:
    pace = Pace(at_once=0, reads_a_second=1)
    with pytest.raises(RuntimeError), pace.of_answer():
        raise RuntimeError
    assert pace.pause == 0


async def test_what_comes_while_an_answer_is_not_read_is_read_after_the_pause() -> None:
    parts = [asyncio.Event() for _ in range(3)]
    async with stage(streams(text("a"), parts[0], text("b"), parts[1], text("c"), parts[2], stop(), DONE)) as on:
        model = OpenAIChat(
            ServerSpec(name="fake", url=on.upstream.url),
            on.session,
            means=Means(clock=on.clock, pace=Pace(at_once=0, reads_a_second=10)),
        )
        answer = model.stream(ask())
        assert texts(await anext(answer)) == ["a"]
        for part in parts:
            part.set()
        await settle()
        assert "".join(texts(await whole(answer))) == "bc"
        assert on.clock.sleeps
        assert set(on.clock.sleeps) == {0.1}
