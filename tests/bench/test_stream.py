"""A reader notes when each token came, and when a turn goes on elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from bench.ask import Ask
from bench.fake_server import MODEL, listen
from bench.measures.streams import lateness
from bench.stream import EVENT, TOKEN, Stream, follow, is_later_epoch
from bench.targets import ModelServer, TargetError


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with await listen() as server:
        yield ModelServer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", MODEL)


async def read(model: ModelServer, ask: Ask, pattern: re.Pattern[bytes] = TOKEN) -> Stream:
    [place] = await model.prepare(1, within=1)
    return await follow(model.url, model.request(place, ask.text, stream=True), pattern)


async def test_every_token_is_noted_once_at_the_time_when_it_came(model: ModelServer) -> None:
    reader = await read(model, Ask(5, pause_ms=20))
    await reader.until_end()
    reader.close()
    assert reader.is_whole
    assert [int(number) for number in reader.times] == [1, 2, 3, 4, 5]
    assert list(reader.times.values()) == sorted(reader.times.values())
    assert reader.times[b"5"] - reader.times[b"1"] >= 0.06


async def test_a_token_can_be_waited_for(model: ModelServer) -> None:
    reader = await read(model, Ask(50, pause_ms=5))
    assert await reader.until(lambda number: number == b"3") == reader.times[b"3"]
    assert b"50" not in reader.times
    reader.close()


async def test_what_does_not_come_before_the_end_is_not_waited_for(model: ModelServer) -> None:
    reader = await read(model, Ask(2))
    with pytest.raises(TargetError, match="ended before"):
        await reader.until(lambda number: number == b"3")
    reader.close()


def test_a_token_that_the_network_cuts_in_two_is_noted_when_its_end_comes() -> None:
    assert noted(TOKEN, b'"content":"word1 "', b'"content":"wo', b'rd23 "') == [b"1", b"23"]


def test_ids_are_told_from_what_looks_like_them() -> None:
    assert noted(EVENT, b"id: 4.1.17\ndata: {}\n\n: id: none\n\nid: 4.2.1\nda") == [b"4.1.17", b"4.2.1"]


@pytest.mark.parametrize(("event_id", "is_later"), [(b"4.1.17", False), (b"4.2.1", True), (b"1.11.2", True)])
def test_a_later_epoch_is_that_of_another_runner(event_id: bytes, is_later: bool) -> None:
    assert is_later_epoch(event_id) is is_later


def test_tokens_are_late_by_the_promptest_of_their_stream() -> None:
    assert lateness([5.0, 7.5, 6.0]) == [0.0, 2.5, 1.0]
    assert lateness([]) == []


def noted(pattern: re.Pattern[bytes], *pieces: bytes) -> list[bytes]:
    async def read_all() -> list[bytes]:
        reader = Stream(b"", pattern)
        for piece in pieces:
            reader.data_received(piece)
        return list(reader.times)

    return asyncio.run(read_all())
