"""The stream parser: however the network cuts the bytes, the frames are the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.client.sse import Frame, FrameParser

STREAM = b": hello\n\nid: 1.1.1\ndata: {}\n\nid: 1.1.2\r\ndata: a\r\ndata: b\r\n\r\nid:1.1.3\ndata:\xf0\x9f\x99\x82\n\n"
FRAMES = [
    Frame(),
    Frame(id="1.1.1", data=b"{}"),
    Frame(id="1.1.2", data=b"a\nb"),
    Frame(id="1.1.3", data="🙂".encode()),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_frames_do_not_depend_on_where_the_stream_is_cut(places: list[int]) -> None:
    parser = FrameParser()
    edges = [0, *places, len(STREAM)]
    chunks = [STREAM[begin:end] for begin, end in pairwise(edges)]
    assert [frame for chunk in chunks for frame in parser.feed(chunk)] == FRAMES


def test_a_frame_is_not_given_before_its_end() -> None:
    assert FrameParser().feed(b"id: 1.1.1\ndata: half") == []


def test_a_frame_that_never_ends_is_refused_at_the_limit() -> None:
    parser = FrameParser(max_frame_bytes=100)
    parser.feed(b"data: " + b"x" * 90)
    with pytest.raises(ValueError, match="larger than 100 bytes"):
        parser.feed(b"x" * 10)


def test_many_small_frames_in_one_chunk_are_no_large_frame() -> None:
    assert len(FrameParser(max_frame_bytes=100).feed(b"data: x\n\n" * 100)) == 100
