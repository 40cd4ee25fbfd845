"""A model server that sends what makes no sense, by real sockets (reliability R11)."""

import gzip
from contextlib import suppress

import pytest

from tertulia.domain.errors import ModelUnavailable
from tertulia.models.openai_exchange import MAX_JSON_BYTES
from tests.fakes.upstream import DONE, Wire, says_raw, sse, stop, streams, text
from tests.models.stage import (
    ask,
    error_after,
    error_of,
    stage,
    texts,
    until_error,
    whole,
)

HELLO = streams(text("Hello."), stop(), DONE)


@pytest.mark.parametrize(
    "stream",
    [
        b"data: {\n\n",
        b"data: nonsense\n\n",
        b'data: {"choices": 5}\n\n',
        b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n',
        b"data: " + b"x" * 2_000_000,
        b"data: x\n" * 700_000,
        b":" * 2_000_000,
        b"<!doctype html><title>Welcome</title>",
        b'{"choices": ',
        b'{"hello": "world"}',
        b"[1, 2, 3]",
        b'{"choices": []}',
    ],
)
async def test_what_is_no_answer_is_a_typed_error(stream: bytes) -> None:
    error = await error_after(streams(*(stream[i : i + 60_000] for i in range(0, len(stream), 60_000))))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be read" in error.message


async def test_what_is_no_answer_is_not_asked_for_again() -> None:
    async with stage(streams(b"data: nonsense\n\n")) as on:
        await error_of(on)
        assert len(on.upstream.requests) == 1


async def test_text_before_nonsense_is_kept() -> None:
    async with stage(streams(text("Hel"), b"data: nonsense\n\n")) as on:
        pieces, error = await until_error(on)
    assert texts(pieces) == ["Hel"]
    assert "cannot be read" in error.message


async def test_a_line_of_50_mb_is_left_after_the_first() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head()
        with suppress(OSError):
            for _ in range(50):
                await wire.send(b"x" * 1_048_576)
        await wire.hang()

    async with stage(flood) as on:
        error = await error_of(on)
        assert isinstance(error, ModelUnavailable)
        await on.upstream.client_left.wait()


@pytest.mark.parametrize("line", [b":" * 1024, b": \n" * 341 + b"\n", b" " * 1024])
async def test_a_gzip_bomb_is_defused(line: bytes) -> None:
    """200 MB that are 200 KB on the wire: too large an event, too large a stream, too large an answer."""
    bomb = gzip.compress(line * 1024 * 200)
    error = await error_after(streams(bomb, headers={"Content-Encoding": "gzip"}))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be read: it is too large" in error.message


async def test_megabytes_that_say_nothing_are_left() -> None:
    noise = [b": ping\n\n" * 1_000] * 300
    assert "too large" in (await error_after(streams(*noise, text("Hello."), stop(), DONE))).message


async def test_megabytes_that_say_something_are_an_answer() -> None:
    words = [sse(text("word "))] * 50_000
    async with stage(streams(*words, stop(), DONE)) as on:
        assert len("".join(texts(await whole(on.model.stream(ask()))))) == 250_000


async def test_a_json_answer_without_end_is_left() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head(200, {"Content-Type": "application/json"})
        with suppress(OSError):
            for _ in range(MAX_JSON_BYTES // 1_000_000 + 2):
                await wire.send(b"[" * 1_000_000)
        await wire.hang()

    assert "too large" in (await error_after(flood)).message


async def test_what_is_compressed_wrongly_is_a_typed_error() -> None:
    error = await error_after(streams(b"this is not gzip", headers={"Content-Encoding": "gzip"}))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be decompressed" in error.message


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 200 X\r\nbad header\r\n\r\n", b"\x00" * 100]
)
async def test_what_is_not_http_is_a_typed_error(data: bytes) -> None:
    error = await error_after(says_raw(data))
    assert isinstance(error, ModelUnavailable)
    assert "is not HTTP" in error.message


async def test_an_error_page_without_end_is_read_no_further_than_needed() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head(500, {"Content-Type": "text/html"})
        with suppress(OSError):
            while True:
                await wire.send(b"x" * 65_536)

    error = await error_after(flood)
    assert isinstance(error, ModelUnavailable)
    assert len(error.message) < 600
