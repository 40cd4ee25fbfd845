"""The fake model server does as it is told: so many words, at such a pace."""

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bench.ask import Ask
from bench.connection import Answer, Connection, request
from bench.fake_server import MODEL, listen
from bench.targets import ModelServer


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with await listen() as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    connection = Connection(url)
    yield connection
    connection.close()


@pytest.fixture
def model(url: str) -> ModelServer:
    return ModelServer(url, MODEL)


async def ask(model: ModelServer, connection: Connection, wanted: Ask, *, stream: bool = True) -> Answer:
    [place] = await model.prepare(1, within=1)
    return await connection.exchange(model.request(place, wanted.text, stream=stream), model.mark)


def frames(answer: Answer) -> list[dict[str, object]]:
    lines = answer.body.decode().split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


async def test_it_says_as_many_words_as_it_is_asked_for(model: ModelServer, connection: Connection) -> None:
    reading = model.read(await ask(model, connection, Ask(50)), stream=True)
    assert (reading.words, reading.is_whole) == (50, True)


async def test_it_says_the_same_words_when_it_does_not_stream(model: ModelServer, connection: Connection) -> None:
    answer = await ask(model, connection, Ask(3), stream=False)
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "word1 word2 word3 "


async def test_it_answers_one_request_after_the_other_on_one_connection(
    model: ModelServer, connection: Connection
) -> None:
    answers = [await ask(model, connection, Ask(words)) for words in (1, 2, 3)]
    assert [model.read(answer, stream=True).words for answer in answers] == [1, 2, 3]


async def test_every_word_is_an_event_of_its_own_and_the_last_event_says_what_it_cost(
    model: ModelServer, connection: Connection
) -> None:
    events = frames(await ask(model, connection, Ask(4)))
    assert len(events) == 4 + 2  # the words, the end, the usage
    assert events[-1]["usage"] == {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}


async def test_a_paced_answer_takes_its_time_and_its_first_word_comes_long_before_its_last(
    model: ModelServer, connection: Connection
) -> None:
    answer = await ask(model, connection, Ask(words=10, pause_ms=20))
    assert model.read(answer, stream=True).words == 10
    assert answer.seconds >= 0.19
    assert answer.first_mark is not None
    assert answer.first_mark < answer.seconds / 2


async def test_it_goes_by_the_last_thing_asked_in_a_conversation(model: ModelServer, connection: Connection) -> None:
    [place] = await model.prepare(1, within=1)
    talk = [{"role": "user", "content": Ask(90).text}, {"role": "user", "content": f"No. {Ask(2).text}"}]
    answer = await connection.exchange(model.request_with(place, talk, stream=True))
    assert model.read(answer, stream=True).words == 2


async def test_it_calls_a_tool_as_often_as_it_is_told_to_and_then_says_its_words(
    model: ModelServer, connection: Connection
) -> None:
    [place] = await model.prepare(1, within=1)
    talk = [{"role": "user", "content": Ask(3, calls=2).text}]
    for number in ("call-2", "call-1"):
        called, end, _ = frames(await connection.exchange(model.request_with(place, talk, stream=True)))
        [choice] = cast(list[dict[str, Any]], called["choices"])
        assert choice["delta"]["tool_calls"][0]["id"] == number
        assert cast(list[dict[str, Any]], end["choices"])[0]["finish_reason"] == "tool_calls"
        talk += [{"role": "assistant", "content": ""}, {"role": "tool", "content": "Thursday"}]
    answer = await connection.exchange(model.request_with(place, talk, stream=True))
    assert model.read(answer, stream=True).words == 3


async def test_it_lists_its_model(url: str, connection: Connection) -> None:
    answer = await connection.exchange(request("GET", f"{url}/models"))
    assert [model["id"] for model in json.loads(answer.body)["data"]] == [MODEL]
