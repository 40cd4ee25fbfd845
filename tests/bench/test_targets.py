"""An answer counts only if it is whole, and only deltas are counted."""

from bench.connection import Answer
from bench.targets import read_turn_stream

DELTA = b'data: {"event":{"payload":{"event_type":"step_progress","delta":{"type":"text","text":"word1 word2 "}}}}\n\n'
END = b'data: {"event":{"payload":{"event_type":"turn_complete","turn":{"content":"word1 word2 "}}}}\n\n'
FAILURE = b'data: {"event":{"payload":{"event_type":"turn_failed","error":{"code":"model_unavailable"}}}}\n\n'


def answer(*frames: bytes) -> Answer:
    return Answer(200, b"".join(frames), seconds=0.1, first_mark=None)


def test_words_are_counted_in_deltas_and_not_in_the_turn_that_repeats_them() -> None:
    reading = read_turn_stream(answer(DELTA, DELTA, END))
    assert (reading.words, reading.events, reading.is_whole) == (4, 3, True)


def test_a_comment_is_no_event() -> None:
    assert read_turn_stream(answer(b": still there\n\n", DELTA, END)).events == 2


def test_a_turn_that_failed_or_broke_off_is_not_whole() -> None:
    assert not read_turn_stream(answer(DELTA, FAILURE)).is_whole
    assert not read_turn_stream(answer(DELTA)).is_whole
    assert not read_turn_stream(answer()).is_whole
