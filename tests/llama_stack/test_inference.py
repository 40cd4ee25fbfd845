"""Models asked without agents: OpenAI's requests pass through as they are, Llama Stack's are put so."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tertulia.domain.users import LOCAL_OWNER
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.openai_exchange import Timeouts
from tertulia.models.scripted import Call, Reply, Think
from tertulia.models.server_spec import ServerSpec
from tertulia.wiring import Services
from tests.fakes.upstream import DONE, Behaviour, Request, Upstream, answers, resets, sse, streams, text
from tests.llama_stack.stack import OpenStack, Stack, data_of
from tests.server.live import serve_live
from tests.server.site import MODEL

KEY = "sk-canary-123456"
NO_MODELS = answers(200, {"data": []})
"""What the server asks for when it starts."""
ODD = b'{"id":"x",  "choices": [], "unknown": 1.0, "model":"m"}'
"""An answer that nothing of ours would write like this."""
TALK = [{"role": "user", "content": "Hi"}]
PATHS = ["/chat/completions", "/openai/v1/chat/completions"]


class Passing:
    """A site, and the model server behind it."""

    def __init__(self, stack: Stack, upstream: Upstream) -> None:
        self.stack = stack
        self.upstream = upstream

    async def complete(self, path: str = PATHS[0], **more: Any) -> Any:
        return await self.stack.post(path, {"model": "fake/m", "messages": TALK, **more})

    @property
    def sent(self) -> list[Request]:
        return [request for request in self.upstream.requests if request.method == "POST"]


@pytest.fixture
def passing(open_: OpenStack) -> Callable[..., Any]:
    """Open a site beside a model server: `async with passing(answers(200, …)) as on`."""

    @asynccontextmanager
    async def make(*behaviours: Behaviour, **timeouts: float) -> AsyncGenerator[Passing, None]:
        async with Upstream(NO_MODELS, *behaviours) as upstream, open_session() as session:
            spec = ServerSpec(name="fake", url=upstream.url, api_key=KEY)
            server = OpenAIChat(spec, session, timeouts=Timeouts(**timeouts))
            yield Passing(await open_(servers=[server]), upstream)

    return make


# --- OpenAI's requests ---


@pytest.mark.parametrize("path", PATHS)
async def test_request_and_answer_pass_through_byte_for_byte_but_for_the_models_name(passing: Any, path: str) -> None:
    async with passing(answers(200, ODD)) as on:
        body = (
            b'{ "seed": 1.0, "model":"fake/m","messages":[ {"role":"user","content":"Hi"} ],"n":12345678901234567890}'
        )
        answer = await on.stack.site.client.post(f"/v1{path}", content=body)
        assert (answer.status_code, answer.content) == (200, ODD)
        assert answer.headers["content-type"] == "application/json"
        (sent,) = on.sent
        assert sent.path == "/v1/chat/completions"
        assert sent.headers["authorization"] == f"Bearer {KEY}"
        assert b'"model":"m"' in sent.body
        for kept in (b'"seed":1.0', b'[ {"role":"user","content":"Hi"} ]', b'"n":12345678901234567890'):
            assert kept in sent.body


@pytest.mark.parametrize("path", PATHS)
async def test_a_stream_passes_through_byte_for_byte(passing: Any, path: str) -> None:
    parts = [b": hello\n\n", sse({"odd": 1}), b"event: x\r\ndata: 2\r\n\r\n", DONE]
    async with passing(streams(*parts)) as on:
        answer = await on.complete(path, stream=True)
        assert (answer.status_code, answer.content) == (200, b"".join(parts))
        assert answer.headers["content-type"].startswith("text/event-stream")


async def test_official_clients_get_the_events_alone_since_they_take_done_for_json(passing: Any) -> None:
    parts = [b": hello\n\n", b"id: 1\n" + sse({"odd": 1}), b"data: [DO", b"NE]\n\n"]
    async with passing(streams(*parts)) as on:
        body = {"model": "fake/m", "messages": TALK, "stream": True}
        answer = await on.stack.post(PATHS[0], body, user_agent="LlamaStackClient/Python 0.2.12")
        assert answer.content == sse({"odd": 1})


@pytest.mark.parametrize("name", ["completions", "embeddings"])
async def test_so_do_completions_and_embeddings(passing: Any, name: str) -> None:
    async with passing(answers(200, ODD)) as on:
        for prefix in ("", "/openai/v1"):
            answer = await on.stack.post(f"{prefix}/{name}", {"model": "fake/m", "input": "Hi"})
            assert answer.content == ODD
        assert {request.path for request in on.sent} == {f"/v1/{name}"}


@pytest.mark.parametrize("status", [400, 404, 413, 422, 429])
async def test_what_is_wrong_with_the_request_is_the_clients_to_mend(passing: Any, status: int) -> None:
    said = {"error": {"message": f"Bad key {KEY}"}}
    async with passing(answers(status, said, {"Retry-After": "7"})) as on:
        answer = await on.complete()
        assert answer.status_code == status
        error = answer.json()["error"]
        assert "Bad key …" in error["message"]
        assert KEY not in answer.text
        assert answer.headers.get("retry-after") == ("7" if status == 429 else None)
        assert answer.headers.get("x-should-retry") == (None if status == 429 else "false")


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (answers(401, {"error": "no"}), "model_refused"),  # it is our key
        (answers(302, b"", {"Location": "http://elsewhere/"}), "model_unavailable"),
        (answers(500, {"error": "oops"}), "model_unavailable"),
        (resets, "model_unavailable"),
    ],
    ids=["key", "redirect", "failure", "reset"],
)
async def test_what_is_wrong_with_the_model_server_is_a_bad_gateway(
    passing: Any, behaviour: Behaviour, code: str
) -> None:
    async with passing(behaviour) as on:
        answer = await on.complete()
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, code)
        assert "x-should-retry" not in answer.headers
        assert len(on.sent) == 1, "clients try again by themselves"


async def test_a_server_that_does_not_begin_is_given_up_in_time(passing: Any) -> None:
    async def hangs(wire: Any) -> None:
        await wire.hang()

    async with passing(hangs, first_token=0.05) as on:
        answer = await on.complete()
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "model_timeout")
        await on.upstream.client_left.wait()


@pytest.mark.parametrize("ending", ["cut", "reset", "hang"])
async def test_a_stream_that_breaks_ends_with_an_error_that_clients_see(passing: Any, ending: Any) -> None:
    async with passing(streams(text("Hel"), ending=ending), idle=0.05) as on:
        answer = await on.complete(stream=True)
        assert answer.status_code == 200
        *_, last = answer.content.rstrip(b"\n").split(b"\n\n")
        assert json.loads(last.removeprefix(b"data: "))["error"]["type"] == "server_error"


async def test_when_the_client_leaves_the_model_server_is_left_too() -> None:
    async with Upstream(NO_MODELS, streams(text("Hel"), ending="hang")) as upstream, open_session() as session:
        server = OpenAIChat(ServerSpec(name="fake", url=upstream.url), session)
        async with serve_live(servers=[server]) as live:
            async with await live.connect() as client:
                await client.send("POST", "/v1/chat/completions", {"model": "fake/m", "messages": TALK, "stream": True})
                assert (await client.head())[0] == 200
                assert b"Hel" in await client.chunk()
            async with asyncio.timeout(60):
                await upstream.client_left.wait()
                while (await spent(live.site.services)) != 1:  # noqa: ASYNC110 - of what is counted at the end no bell rings
                    await asyncio.sleep(0.001)


async def spent(wired: Services) -> int:
    """How many tokens were used today."""
    return (await wired.limits.usage(LOCAL_OWNER)).tokens_per_day.used


USAGE = {"usage": {"prompt_tokens": 40, "completion_tokens": 2, "total_tokens": 42}}


@pytest.mark.parametrize(("last", "tokens"), [([], 3), ([sse(USAGE)], 42)])
async def test_a_stream_that_does_not_say_what_it_cost_is_counted_by_its_events(
    passing: Any, last: list[bytes], tokens: int
) -> None:
    async with passing(streams(sse({"odd": 1}), sse({"odd": 2}), *last, DONE)) as on:
        await on.complete(stream=True)
        assert await spent(on.stack.site.services) == tokens


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"messages": TALK}, 400, "invalid_request"),
        ({"model": 3, "messages": TALK}, 400, "invalid_request"),
        ([], 400, "invalid_request"),
        ({"model": "nowhere/m", "messages": TALK}, 404, "model_not_found"),
        ({"model": "m", "messages": TALK}, 404, "model_not_found"),
        ({"model": MODEL, "messages": TALK}, 501, "not_offered"),  # a script, and no server
    ],
)
async def test_what_can_go_to_no_server_is_refused(open_: OpenStack, body: Any, status: int, code: str) -> None:
    stack = await open_()
    answer = await stack.post("/chat/completions", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["x-should-retry"] == "false"


# --- Llama Stack's requests ---


async def ask(stack: Stack, **more: Any) -> Any:
    return await stack.post("/inference/chat-completion", {"model_id": MODEL, "messages": TALK, **more})


async def test_an_answer_in_one_piece(open_: OpenStack) -> None:
    stack = await open_(Reply(Think("Hm."), "Olá, you."))
    answer = (await ask(stack)).json()
    assert answer["completion_message"] == {
        "role": "assistant",
        "content": "Olá, you.",
        "stop_reason": "end_of_turn",
        "tool_calls": [],
    }
    assert [metric["metric"] for metric in answer["metrics"]] == ["prompt_tokens", "completion_tokens", "total_tokens"]


async def test_an_answer_as_a_stream(open_: OpenStack) -> None:
    stack = await open_(Reply("Olá, you.", Call("weather", {"city": "Lisbon"}, call_id="c1")))
    frames = data_of((await ask(stack, stream=True)).content)
    events = [frame["event"] for frame in frames]
    assert [event["event_type"] for event in events] == ["start", *["progress"] * 3, "complete"]
    assert "".join(event["delta"].get("text", "") for event in events) == "Olá, you."
    assert events[-2]["delta"] == {
        "type": "tool_call",
        "parse_status": "succeeded",
        "tool_call": {
            "call_id": "c1",
            "tool_name": "weather",
            "arguments": {"city": "Lisbon"},
            "arguments_json": '{"city":"Lisbon"}',
        },
    }
    assert events[-1]["stop_reason"] == "end_of_message"
    assert frames[-1]["metrics"]


async def test_all_that_is_said_is_what_the_model_server_is_asked(passing: Any) -> None:
    weather = {"city": {"param_type": "string", "description": "Where", "required": True}}
    call = {"call_id": "c1", "tool_name": "weather", "arguments": {"city": "Lisbon"}}
    talk = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "", "stop_reason": "end_of_message", "tool_calls": [call]},
        {"role": "tool", "call_id": "c1", "content": "sunny"},
    ]
    async with passing(
        streams(text("Sunny."), {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
    ) as on:
        answer = await ask(
            on.stack,
            model_id="fake/m",
            messages=talk,
            tools=[{"tool_name": "weather", "description": "Weather", "parameters": weather}],
            tool_config={"tool_choice": "required"},
            sampling_params={"strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.9}, "max_tokens": 64},
            response_format={"type": "json_schema", "json_schema": {"title": "T"}},
        )
        assert answer.json()["completion_message"]["stop_reason"] == "out_of_tokens"
        (request,) = on.sent
    body = request.json
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Lisbon"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ]
    assert body["tools"][0]["function"]["parameters"] == {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Where"}},
        "required": ["city"],
    }
    assert (body["model"], body["tool_choice"]) == ("m", "required")
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.5, 0.9, 64)
    assert body["response_format"]["json_schema"]["name"] == "T"


async def test_without_a_word_on_sampling_it_is_greedy_as_llama_stack_has_it(passing: Any) -> None:
    async with passing(streams(text("Hi."), DONE)) as on:
        await ask(on.stack, model_id="fake/m")
        assert on.sent[0].json["temperature"] == 0


async def test_an_error_before_the_first_word_is_no_stream(open_: OpenStack) -> None:
    stack = await open_()
    for stream in (False, True):
        answer = await ask(stack, model_id="nowhere/m", stream=stream)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


async def test_an_error_after_the_first_word_is_the_last_frame(passing: Any) -> None:
    async with passing(streams(text("Hel"), ending="cut")) as on:
        frames = data_of((await ask(on.stack, model_id="fake/m", stream=True)).content)
        assert frames[1]["event"]["delta"]["text"] == "Hel"
        assert frames[-1]["error"]["code"] == "model_unavailable"


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": [{"role": "wizard", "content": "Hi"}]},
        {"sampling_params": {"strategy": {"type": "magic"}}},
        {"sampling_params": {"max_tokens": -1}},
        {"messages": None},
    ],
)
async def test_a_wrong_request_is_refused(open_: OpenStack, wrong: dict[str, Any]) -> None:
    answer = await ask(await open_(), **wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


# --- text without a talk, as 0.2 asks for it ---

COMPLETION = "/inference/completion"
EMBEDDINGS = "/inference/embeddings"


def completed(words: str, reason: str | None = None) -> dict[str, Any]:
    return {"object": "text_completion", "choices": [{"index": 0, "text": words, "finish_reason": reason}]}


async def test_a_text_is_completed_in_one_piece(passing: Any) -> None:
    async with passing(answers(200, completed("time.", "length"))) as on:
        sampling = {"strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.9}, "max_tokens": 3}
        said = {"model_id": "fake/m", "content": [{"type": "text", "text": "Once upon a"}], "sampling_params": sampling}
        answer = await on.stack.post(COMPLETION, {**said, "logprobs": {"top_k": 1}})
        assert answer.json() == {"content": "time.", "stop_reason": "out_of_tokens", "logprobs": None, "metrics": None}
        (sent,) = on.sent
        assert sent.path == "/v1/completions"
        assert sent.json == {
            "model": "m",
            "prompt": "Once upon a",
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 3,
        }


async def test_a_text_is_completed_as_a_stream(passing: Any) -> None:
    async with passing(streams(completed("ti"), completed("me."), completed("", "stop"), DONE)) as on:
        answer = await on.stack.post(COMPLETION, {"model_id": "fake/m", "content": "Once upon a", "stream": True})
        frames = data_of(answer.content)
        assert [(frame["delta"], frame["stop_reason"]) for frame in frames] == [
            ("ti", None),
            ("me.", None),
            ("", "end_of_turn"),
        ]
        assert on.sent[0].json == {"model": "m", "prompt": "Once upon a", "temperature": 0, "stream": True}


async def test_a_completion_that_breaks_or_cannot_be_read_ends_with_an_error(passing: Any) -> None:
    for body in (streams(completed("ti"), ending="reset"), streams(completed("ti"), b"data: {\n\n")):
        async with passing(body) as on:
            answer = await on.stack.post(COMPLETION, {"model_id": "fake/m", "content": "Once", "stream": True})
            *_, last = data_of(answer.content)
            assert last["error"]["code"] == "model_unavailable"


async def test_texts_are_embedded_in_the_order_in_which_they_came(passing: Any) -> None:
    vectors = [{"index": 1, "embedding": [0.5, 1.0]}, {"index": 0, "embedding": [0.25, 0.0]}]
    async with passing(answers(200, {"object": "list", "data": vectors})) as on:
        contents = ["one", {"type": "text", "text": "two"}]
        said = {"model_id": "fake/m", "contents": contents, "task_type": "query", "output_dimension": 2}
        answer = await on.stack.post(EMBEDDINGS, said)
        assert answer.json() == {"embeddings": [[0.25, 0.0], [0.5, 1.0]]}
        assert on.sent[0].path == "/v1/embeddings"
        assert on.sent[0].json == {"model": "m", "input": ["one", "two"], "dimensions": 2}


@pytest.mark.parametrize(
    ("path", "body", "loc"),
    [
        (COMPLETION, {"content": "x", "sampling_params": {"strategy": {"type": "odd"}}}, ["body", "sampling_params"]),
        (EMBEDDINGS, {"contents": [{"type": "image", "image": {"data": "AAAA"}}]}, ["body", "contents", 0]),
    ],
)
async def test_a_wrong_text_is_refused_by_field(passing: Any, path: str, body: Any, loc: list[Any]) -> None:
    async with passing() as on:
        answer = await on.stack.post(path, {"model_id": "fake/m", **body})
        assert (answer.status_code, answer.json()["error"]["detail"]["errors"][0]["loc"]) == (400, loc)
        assert on.sent == []


@pytest.mark.parametrize(("path", "body"), [(COMPLETION, {"content": "x"}), (EMBEDDINGS, {"contents": ["x"]})])
async def test_what_the_server_has_against_a_text_keeps_its_status(passing: Any, path: str, body: Any) -> None:
    async with passing(answers(400, {"error": {"message": "no such ability"}})) as on:
        answer = await on.stack.post(path, {"model_id": "fake/m", **body})
        assert answer.status_code == 400
        assert "no such ability" in answer.json()["error"]["message"]
