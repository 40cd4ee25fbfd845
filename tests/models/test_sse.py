"""The event stream parser: the standard's rules, whatever the network does to the bytes."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.models.sse import MAX_EVENT_BYTES, EventTooLarge, SseEvent, SseParser


def parse(*chunks: bytes) -> list[SseEvent]:
    parser = SseParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def data(*chunks: bytes) -> list[bytes]:
    return [event.data for event in parse(*chunks)]


def reference(stream: bytes) -> list[SseEvent]:
    """The standard's algorithm, literally: slow, and sees the whole stream at once."""
    text = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    events: list[SseEvent] = []
    lines, event = [], b""
    for line in text.split(b"\n")[:-1]:  # what has no line end is not a line yet
        if not line:
            if lines:
                events.append(SseEvent(b"\n".join(lines), event or b"message"))
            lines, event = [], b""
            continue
        name, colon, value = line.partition(b":")
        value = value[1:] if colon and value[:1] == b" " else value
        if name == b"data":
            lines.append(value)
        if name == b"event":
            event = value
    return events


FIELDS = [b"data: ", b"data:", b"data", b"event: ", b"event", b": ", b"id: 7", b"x", b" ", b":", "é€🙂".encode()]
ENDS = [b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xff"]
PIECES = st.sampled_from([*FIELDS, *ENDS])
STREAMS = st.lists(PIECES, max_size=40).map(b"".join)


@given(STREAMS, st.lists(st.integers(1, 12), max_size=60))
def test_events_are_those_of_the_standard_wherever_the_network_cuts_the_stream(stream: bytes, sizes: list[int]) -> None:
    chunks: list[bytes] = []
    rest = stream
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert parse(*chunks, rest) == reference(stream)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=20), max_size=8))
def test_what_is_written_as_events_comes_out_as_it_was(texts: list[str]) -> None:
    stream = b"".join(b"data: " + text.encode() + b"\n\n" for text in texts)
    assert data(stream) == [text.encode() for text in texts]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_with_lf_cr_or_crlf(end: bytes) -> None:
    assert data(b"data: one" + end + end + b"data: two" + end + end) == [b"one", b"two"]


def test_a_crlf_that_is_split_between_two_reads_is_one_line_end() -> None:
    assert data(b"data: one\r", b"\ndata: two\r", b"\n\r", b"\n") == [b"one\ntwo"]


@pytest.mark.parametrize("chunks", [[b"\xef\xbb\xbfdata: x\n\n"], [b"\xef", b"\xbb", b"\xbfdata: x\n\n"]])
def test_a_byte_order_mark_is_skipped_even_when_it_is_split(chunks: list[bytes]) -> None:
    assert data(*chunks) == [b"x"]


def test_what_only_begins_like_a_byte_order_mark_is_kept() -> None:
    assert data(b"\xef", b"\xbb", b": no data\ndata: x\n\n") == [b"x"]


def test_a_character_that_is_split_between_reads_arrives_whole() -> None:
    snowman = "☃".encode()
    assert data(b"data: " + snowman[:1], snowman[1:2], snowman[2:] + b"\n\n") == [snowman]


def test_data_lines_of_one_event_are_joined() -> None:
    assert data(b"data: {\ndata: }\n\n") == [b"{\n}"]


def test_only_one_space_after_the_colon_is_dropped() -> None:
    assert data(b"data:x\n\ndata: x\n\ndata:  x\n\n") == [b"x", b"x", b" x"]


def test_comments_and_unknown_fields_are_passed_over() -> None:
    assert data(b": ping\n\nid: 1\nretry: 5\nnonsense\ndata: x\n\n") == [b"x"]


def test_a_field_without_a_colon_has_no_value() -> None:
    assert data(b"data\n\n") == [b""]


def test_an_event_has_the_type_that_was_named_for_it_and_for_no_other() -> None:
    assert parse(b"event: error\ndata: x\n\ndata: y\n\n") == [SseEvent(b"x", b"error"), SseEvent(b"y")]


def test_an_event_without_its_blank_line_is_not_dispatched() -> None:
    assert data(b"data: x\n") == []


def test_an_event_of_1_mb_is_taken() -> None:
    whole = b"data: " + b"x" * (MAX_EVENT_BYTES - 7)
    assert data(whole + b"\n\n") == [whole[6:]]


@pytest.mark.parametrize(
    "stream",
    [
        b"data: " + b"x" * MAX_EVENT_BYTES + b"\n\n",
        b"data: " + b"x" * MAX_EVENT_BYTES + b"\r\n\r\n",
        b"data: x\n" * (MAX_EVENT_BYTES // 2 + 1),
        b"x" * (MAX_EVENT_BYTES + 1),
    ],
    ids=["one line", "one line with CRLF", "many lines", "a line without end"],
)
@pytest.mark.parametrize("size", [1_000, 65_536, 100_000_000])
def test_an_event_beyond_1_mb_is_refused(stream: bytes, size: int) -> None:
    with pytest.raises(EventTooLarge):
        parse(*(stream[i : i + size] for i in range(0, len(stream), size)))


def test_events_before_one_that_is_too_large_are_not_lost() -> None:
    parser = SseParser()
    assert parser.feed(b"data: x\n\n" + b"data: y\n" * MAX_EVENT_BYTES) == [SseEvent(b"x")]
    with pytest.raises(EventTooLarge):
        parser.feed(b"\n")


def test_a_comment_without_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(EventTooLarge):
        parse(*([b":" * 1024] * 1025))


def test_work_grows_with_the_bytes_and_not_with_their_square() -> None:
    assert seconds_for(400_000) < 8 * seconds_for(100_000)  # of a line in reads of one byte; the square would be 16


def seconds_for(size: int) -> float:
    chunks = [b"x"] * size
    parser = SseParser()
    begin = process_time()
    for chunk in chunks:
        parser.feed(chunk)
    return process_time() - begin
