"""A response is read the same however the network cuts it."""

import pytest

from bench.response import ResponseReader

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\n\r\n"
MEASURED = b"HTTP/1.1 404 Not Found\r\nContent-Length: 11\r\n\r\nhello world"


def read(*pieces: bytes) -> ResponseReader:
    reader = ResponseReader()
    assert [reader.feed(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    return reader


@pytest.mark.parametrize(("response", "status"), [(CHUNKED, 200), (MEASURED, 404)])
@pytest.mark.parametrize("length", [1, 2, 3, 7, 1000])
def test_the_body_is_whole_when_its_last_byte_came_and_not_before(response: bytes, status: int, length: int) -> None:
    reader = read(*(response[at : at + length] for at in range(0, len(response), length)))
    assert (reader.status, bytes(reader.body)) == (status, b"hello world")


def test_a_response_without_content_is_complete_with_its_head() -> None:
    assert read(b"HTTP/1.1 204 No Content\r\n\r\n").body == b""


def test_a_response_of_no_known_length_ends_with_its_connection() -> None:
    reader = ResponseReader()
    assert not reader.feed(b"HTTP/1.1 200 OK\r\n\r\nhello")
    assert reader.close()
    assert reader.body == b"hello"


def test_a_connection_that_ends_within_chunks_leaves_the_response_incomplete() -> None:
    reader = ResponseReader()
    reader.feed(CHUNKED[:-3])
    assert not reader.close()
