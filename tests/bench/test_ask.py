"""What the benchmark asks for is what the fake model server understands."""

import pytest

from bench.ask import Ask, parse


@pytest.mark.parametrize("ask", [Ask(1), Ask(500), Ask(100, pause_ms=20), Ask(9, pause_ms=5, calls=2)])
def test_a_sentence_is_understood_wherever_it_stands_in_a_request(ask: Ask) -> None:
    assert parse(f'{{"messages": [{{"content": "Please. {ask.text}"}}], "stream": true}}'.encode()) == ask


def test_nothing_asked_for_is_ten_words() -> None:
    assert parse(b"{}") == Ask(10)


def test_calls_that_have_their_results_are_not_asked_for_again() -> None:
    asked = f'{{"role":"user","content":"{Ask(9, calls=2).text}"}}'
    result = '{"role": "tool","content":"Thursday"}'
    assert parse(f"[{result},{asked},{result}]".encode()) == Ask(9, calls=1)
    assert parse(f"[{asked},{result},{result}]".encode()) == Ask(9)
