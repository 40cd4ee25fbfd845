"""What the benchmark asks for is what the fake model server understands."""

import pytest

from bench.ask import Ask, parse


@pytest.mark.parametrize("ask", [Ask(1), Ask(500), Ask(100, pause_ms=20)])
def test_a_sentence_is_understood_wherever_it_stands_in_a_request(ask: Ask) -> None:
    assert parse(f'{{"messages": [{{"content": "Please. {ask.text}"}}], "stream": true}}'.encode()) == ask


def test_nothing_asked_for_is_ten_words() -> None:
    assert parse(b"{}") == Ask(10)
