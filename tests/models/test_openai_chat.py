"""Talking with a model server over real sockets, when all goes well or nearly so."""

import asyncio
import gzip
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from tertulia.domain.agents import SamplingParams
from tertulia.domain.deltas import TextDelta
from tertulia.domain.messages import AssistantMessage, ToolCall, UserMessage
from tertulia.models.base import Finished, ModelRequest
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat, limit_field_at, new_call_id
from tertulia.models.server_spec import ServerSpec
from tests.fakes.upstream import DONE, Ending, Wire, answers, chunk, sse, stop, streams, text, usage
from tests.models.stage import API_KEY, ask, finished, fold, stage, texts, whole

HELLO = (text("Hel"), text("lo."), stop(), DONE)


async def test_a_request_goes_to_chat_completions_with_the_key_of_its_server() -> None:
    async with stage(streams(*HELLO)) as on:
        await whole(on.model.stream(ask()))
    [request] = on.upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.json["messages"] == [{"role": "user", "content": "Hi"}]


async def test_a_server_without_a_key_is_sent_none() -> None:
    async with stage(streams(*HELLO)) as on, open_session() as session:
        await whole(OpenAIChat(ServerSpec(name="open", url=on.upstream.url), session).stream(ask()))
    assert "authorization" not in on.upstream.requests[0].headers


async def test_a_request_of_many_megabytes_is_sent_whole() -> None:
    async with stage(streams(*HELLO)) as on:
        await whole(on.model.stream(ask(UserMessage(content="é" * 2_000_000))))
    assert len(on.upstream.requests[0].json["messages"][0]["content"]) == 2_000_000


async def test_what_comes_in_one_read_is_one_batch_and_what_comes_later_is_the_next() -> None:
    go_on = asyncio.Event()
    async with stage(streams(text("a"), text("b"), go_on, text("c"), stop(), DONE)) as on:
        answer = on.model.stream(ask())
        assert await anext(answer) == [TextDelta(text="ab")]
        go_on.set()
        last = await anext(answer)
        assert last[0] == TextDelta(text="c")
        assert isinstance(last[-1], Finished)
        assert [batch async for batch in answer] == []


async def test_an_answer_in_one_burst_is_one_batch() -> None:
    async with stage(streams(*[text("word ")] * 50, stop(), DONE)) as on:
        batches = [batch async for batch in on.model.stream(ask())]
    assert len(batches) == 1
    assert texts(batches[0]) == ["word " * 50]


async def test_one_connection_serves_one_answer_after_the_other() -> None:
    async with stage(streams(*HELLO)) as on:
        for _ in range(3):
            assert texts(await whole(on.model.stream(ask()))) == ["Hello."]
        assert (on.upstream.connections, len(on.upstream.requests)) == (1, 3)


async def test_the_body_is_read_to_its_end_even_when_that_comes_after_done() -> None:
    go_on = asyncio.Event()
    async with stage(streams(*HELLO, go_on), streams(*HELLO)) as on:
        answer = on.model.stream(ask())
        assert texts(await anext(answer)) == ["Hello."]
        go_on.set()
        assert finished(await anext(answer)).reason == "stop"
        await whole(on.model.stream(ask()))
        assert on.upstream.connections == 1


async def test_neither_proxies_nor_netrc_of_the_machine_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with stage(streams(*HELLO)) as on, open_session() as session:
        await whole(OpenAIChat(ServerSpec(name="open", url=on.upstream.url), session).stream(ask()))
    assert "authorization" not in on.upstream.requests[0].headers


async def test_leaving_an_answer_early_closes_its_connection_at_once() -> None:
    async with stage(streams(text("Hel"), ending="hang")) as on:
        async with aclosing(on.model.stream(ask())) as answer:
            await anext(answer)
        async with asyncio.timeout(60):
            await on.upstream.client_left.wait()
        assert not on.clock.has_timers


async def test_a_task_that_is_cancelled_while_it_waits_closes_its_connection() -> None:
    arrived = asyncio.Event()

    async def silent(wire: Wire) -> None:
        arrived.set()
        await wire.hang()

    async with stage(silent) as on:
        task = asyncio.create_task(whole(on.model.stream(ask())))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(60):
            await on.upstream.client_left.wait()
        assert not on.clock.has_timers


# --- Streams that are not quite as they should be, and yet are answers ---


async def test_done_may_be_missing() -> None:
    async with stage(streams(text("Hello."), stop())) as on:
        assert finished(await whole(on.model.stream(ask()))).reason == "stop"


async def test_the_finish_reason_may_be_missing_when_there_is_done() -> None:
    async with stage(streams(text("Hello."), DONE)) as on:
        assert finished(await whole(on.model.stream(ask()))).reason == "stop"


async def test_usage_may_come_after_the_finish_reason_in_a_read_of_its_own() -> None:
    go_on = asyncio.Event()
    async with stage(streams(text("x"), stop(), go_on, usage(prompt_tokens=3), DONE)) as on:
        answer = on.model.stream(ask())
        await anext(answer)
        go_on.set()
        last = finished(await anext(answer))
    assert last.usage is not None
    assert last.usage.input_tokens == 3


async def test_the_last_event_may_lack_its_blank_line() -> None:
    async with stage(streams(text("Hello."), sse(stop()).rstrip())) as on:
        assert finished(await whole(on.model.stream(ask()))).reason == "stop"


async def test_a_body_that_ends_with_its_connection_is_an_answer() -> None:
    async with stage(streams(*HELLO, headers={"Transfer-Encoding": "", "Connection": "close"})) as on:
        assert texts(await whole(on.model.stream(ask()))) == ["Hello."]


@pytest.mark.parametrize("ending", ["hang", "reset", "cut"])
async def test_an_answer_with_its_reason_is_whole_whatever_becomes_of_the_connection(ending: Ending) -> None:
    go_on = asyncio.Event()
    async with stage(streams(text("Hello."), stop(), go_on, ending=ending)) as on:
        answer = on.model.stream(ask())
        pieces = await anext(answer)
        task = asyncio.create_task(whole(answer))
        await asyncio.sleep(0)
        go_on.set()
        if ending == "hang":
            on.clock.pass_time(5)
        pieces += await task
    assert texts(pieces) == ["Hello."]
    assert finished(pieces).reason == "stop"


async def test_a_body_that_does_not_end_after_done_costs_only_its_connection() -> None:
    async with stage(streams(text("Hello."), stop(), DONE, ending="hang"), streams(*HELLO)) as on:
        answer = on.model.stream(ask())
        pieces = await anext(answer)
        task = asyncio.create_task(whole(answer))
        await asyncio.sleep(0)
        on.clock.pass_time(1)
        assert finished(pieces + await task).reason == "stop"
        await whole(on.model.stream(ask()))
        assert on.upstream.connections == 2


async def test_text_arrives_whole_when_the_network_cuts_it_anywhere() -> None:
    stream = b"\xef\xbb\xbf: hello\r\n\r\n" + sse(text("Grüße 🙂")).replace(b"\n", b"\r\n") + sse(stop()) + DONE
    async with stage(streams(*(stream[i : i + 1] for i in range(len(stream))))) as on:
        assert "".join(texts(await whole(on.model.stream(ask())))) == "Grüße 🙂"


@pytest.mark.parametrize("media_type", ["application/json", "text/event-stream", "text/plain"])
async def test_a_server_that_cannot_stream_is_understood(media_type: str) -> None:
    message = {"role": "assistant", "content": "x" * 5_000, "reasoning_content": "Hm."}
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": {"completion_tokens": 9}}
    async with stage(streams(b"\n" + json.dumps(answer).encode(), headers={"Content-Type": media_type})) as on:
        pieces = await whole(on.model.stream(ask()))
    assert (fold(pieces).text, fold(pieces).reasoning) == ("x" * 5_000, "Hm.")
    assert max(map(len, texts(pieces))) <= 2048
    usage = finished(pieces).usage
    assert usage is not None
    assert usage.output_tokens == 9


async def test_tool_calls_of_a_server_that_cannot_stream_are_understood() -> None:
    calls = [{"id": f"c{n}", "type": "function", "function": {"name": "f", "arguments": "{}"}} for n in range(2)]
    answer = {"choices": [{"message": {"content": None, "tool_calls": calls}, "finish_reason": "tool_calls"}]}
    async with stage(answers(200, answer)) as on:
        pieces = await whole(on.model.stream(ask()))
    assert [part.call_id for part in fold(pieces).calls] == ["c0", "c1"]


async def test_a_stream_that_is_compressed_though_nobody_asked_is_understood() -> None:
    packed = gzip.compress(b"".join(part if isinstance(part, bytes) else sse(part) for part in HELLO))
    async with stage(streams(packed[:20], packed[20:], headers={"Content-Encoding": "gzip"})) as on:
        assert texts(await whole(on.model.stream(ask()))) == ["Hello."]
    assert on.upstream.requests[0].headers["accept-encoding"] == "identity"


async def test_a_call_without_an_id_gets_one_that_the_transcript_does_not_have() -> None:
    call = chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]})
    before = AssistantMessage(tool_calls=[ToolCall(call_id="made1", tool_name="f")])
    async with stage(streams(call, stop(), DONE)) as on:
        pieces = await whole(on.model.stream(ask(before)))
    assert [part.call_id for part in fold(pieces).calls] == ["made2"]


def test_made_up_ids_are_what_mistral_takes() -> None:
    ids = {new_call_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(call_id) == 9 and call_id.isalnum() for call_id in ids)


async def test_fields_that_we_have_no_name_for_are_kept() -> None:
    async with stage(streams(text("x"), {**stop(), "timings": {"ms": 1}}, DONE)) as on:
        metadata = finished(await whole(on.model.stream(ask()))).metadata
    assert metadata == {"id": "chatcmpl-1", "model": "m", "timings": {"ms": 1}}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "max_completion_tokens"),
        ("house.openai.azure.com", "max_completion_tokens"),
        ("127.0.0.1", "max_tokens"),
        ("notopenai.com", "max_tokens"),
    ],
)
def test_openai_is_told_the_token_limit_under_its_new_name(host: str, name: str) -> None:
    assert limit_field_at(host) == name


async def test_the_key_is_in_no_repr() -> None:
    async with stage(streams(*HELLO)) as on:
        spec = ServerSpec(name="fake", url=on.upstream.url, api_key=API_KEY)
        assert API_KEY not in repr(on.model) + repr(spec) + str(spec)


async def test_a_thousand_messages_are_sent_in_order() -> None:
    talk = [UserMessage(content=str(n)) for n in range(1_000)]
    async with stage(streams(*HELLO)) as on:
        request = ModelRequest(model="m", messages=talk, sampling=SamplingParams(max_tokens=5))
        await whole(on.model.stream(request))
    sent = on.upstream.requests[0].json
    assert [message["content"] for message in sent["messages"]] == [str(n) for n in range(1_000)]
    assert sent["max_tokens"] == 5
