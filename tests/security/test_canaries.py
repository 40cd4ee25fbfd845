"""S17: what people write and what keys there are is in no log line at any level, and in no error; keys are in no file.

A real server process, at log level debug, with a model server that behaves and one that does not.
"""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.server_process import serving
from tests.fakes.upstream import Behaviour, Upstream, Wire, answers, chunk, stop, streams, text, usage

KEY = "sk-canary-key-1734"
FILE = "canary-file-9921"
CANARIES = {
    "key": KEY,
    "instructions": "canary-instructions-5512",
    "message": "canary-message-3371",
    "file": FILE,
    "file in base64": base64.b64encode(FILE.encode()).decode(),
    "file name": "canary-filename-7720",
    "session name": "canary-name-6634",
    "metadata": "canary-metadata-8843",
    "search": "canary-search-1290",
    "tool": "canary-description-4418",
    "idempotency key": "canary-idempotency-2206",
    "answer": "canary-answer-9156",
    "upstream error": "canary-upstream-0047",
}
MODEL = "openai/m1"


def by_request(*behaviours: Behaviour) -> Behaviour:
    """List models whenever asked; else behave as told, one after the other."""
    left = list(behaviours)

    async def behave(wire: Wire) -> None:
        if wire.request.method == "GET":
            await answers(200, {"data": [{"id": "m1", "object": "model"}]})(wire)
        else:
            await (left.pop(0) if len(left) > 1 else left[0])(wire)

    return behave


GOOD = streams(
    chunk({"role": "assistant"}), text(CANARIES["answer"]), stop(), usage(prompt_tokens=1), b"data: [DONE]\n\n"
)
REFUSES = answers(400, {"error": {"message": CANARIES["upstream error"], "type": "invalid_request_error"}})
DENIES = answers(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})
BREAKS = streams(text(CANARIES["answer"]), b"data: {canary-answer-9156\n\n", ending="cut")


class Told:
    """Everything that a server said while it was asked for all kinds of things."""

    def __init__(self, log: str, errors: list[str], turns: list[dict[str, Any]], data_dir: Path) -> None:
        self.log = log
        self.errors = errors
        self.turns = turns
        self.data_dir = data_dir


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    data_dir = tmp_path_factory.mktemp("canaries") / "data"
    return asyncio.run(tell(data_dir))


async def tell(data_dir: Path) -> Told:
    async with Upstream(by_request(GOOD, GOOD, REFUSES, DENIES, BREAKS)) as upstream:
        variables = {"OPENAI_BASE_URL": upstream.url, "OPENAI_API_KEY": KEY, "TERTULIA_LOG_LEVEL": "debug"}
        with serving(data_dir, **variables) as server:
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
                asked = await ask_for_everything(client)
            server.process.terminate()
            await asyncio.to_thread(server.process.wait, 20)
            assert any(request.headers.get("authorization") == f"Bearer {KEY}" for request in upstream.requests)
            return Told(server.log, *asked, data_dir)


async def ask_for_everything(client: httpx.AsyncClient) -> tuple[list[str], list[dict[str, Any]]]:
    """Put the canaries everywhere, with success and without; return the errors and the turns that came of it."""
    config = {
        "model": MODEL,
        "instructions": CANARIES["instructions"],
        "client_tools": [{"name": "camera", "description": CANARIES["tool"]}],
    }
    agent = (await client.post("/v1/agents", json={"agent_config": config})).headers["location"]
    session = (
        await client.post(
            f"{agent}/session",
            json={"session_name": CANARIES["session name"], "metadata": {"x": CANARIES["metadata"]}},
        )
    ).headers["location"]
    file = {"name": CANARIES["file name"], "type": "text/plain", "content": CANARIES["file in base64"]}
    message = {"role": "user", "content": CANARIES["message"], "file": file}
    headers = {"Idempotency-Key": CANARIES["idempotency key"]}
    await client.post(f"{session}/turn", json={"messages": [message], "stream": True}, headers=headers)
    turns = [(await client.post(f"{session}/turn", json={"messages": [message]})).json() for _ in range(4)]
    await client.get(f"{agent}/sessions", params={"q": CANARIES["search"]})
    wrong: list[tuple[str, str, Any]] = [
        ("POST", f"{session}/turn", {"messages": [message, {"role": "user"}]}),
        ("POST", f"{session}/turn", {"messages": [message], "stream": "yes"}),
        ("POST", f"{session}/turn", {"messages": [{**message, "file": {**file, "content": f"{FILE}§"}}]}),
        ("POST", f"{session}/turn", {"messages": [{**message, "content": CANARIES["message"] * 20_000}]}),
        ("POST", f"{session}/turn", {"messages": [{**message, "file": {**file, "name": CANARIES["file name"] * 20}}]}),
        ("POST", "/v1/agents", {"agent_config": {**config, "instructions": CANARIES["instructions"] * 10_000}}),
        ("POST", "/v1/agents", {"agent_config": {**config, "max_infer_iters": "x"}}),
        ("PATCH", agent, {"agent_config": {"instructions": CANARIES["instructions"], "model": None}}),
        ("PATCH", session, {"session_name": CANARIES["session name"] * 20}),
        ("PATCH", session, {"metadata": CANARIES["metadata"]}),
        ("POST", f"{session}/turn", {"messages": [message], "toolgroups": CANARIES["message"]}),
        ("GET", f"{agent}/sessions?q={CANARIES['search'] * 20}", None),
        ("GET", f"{agent}/sessions?cursor={CANARIES['search']}", None),
    ]
    answers = [await client.request(method, path, json=body) for method, path, body in wrong]
    broken = json.dumps({"messages": [message]})[:-4].encode()
    content_type = {"Content-Type": "application/json"}
    answers.append(await client.post(f"{session}/turn", content=broken, headers=content_type))
    answers.append(await client.post(f"{session}/turn", content=broken, headers={"Content-Type": "text/plain"}))
    answers.append(
        await client.post(f"{session}/turn", json={"messages": [message], "background": True}, headers=headers)
    )
    long_key = {"Idempotency-Key": CANARIES["idempotency key"] * 20}
    answers.append(await client.post(f"{session}/turn", json={"messages": [message]}, headers=long_key))
    return [answer.text for answer in answers if answer.is_error], turns


def test_what_was_tried_was_tried(told: Told) -> None:
    assert [turn["status"] for turn in told.turns] == ["completed", "failed", "failed", "failed"]
    assert len(told.errors) >= 16
    assert told.log.count('"event":"request"') >= 20
    assert '"level":"debug"' in told.log or '"level":"info"' in told.log


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_it_is_in_no_line_of_the_log(told: Told, canary: str) -> None:
    assert canary not in told.log


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_it_is_in_no_error(told: Told, canary: str) -> None:
    assert not [error for error in told.errors if canary in error]


def test_the_key_is_in_nothing_that_the_server_keeps_or_tells(told: Told) -> None:
    files = [file for file in told.data_dir.rglob("*") if file.is_file()]
    assert any(CANARIES["message"].encode() in file.read_bytes() for file in files)
    assert not [file for file in files if KEY.encode() in file.read_bytes()]
    assert not [turn for turn in told.turns if KEY in json.dumps(turn)]


async def test_the_key_is_in_nothing_that_the_server_tells_of_itself(tmp_path: Path) -> None:
    async with Upstream(by_request(GOOD)) as upstream:
        with serving(tmp_path / "data", OPENAI_BASE_URL=upstream.url, OPENAI_API_KEY=KEY) as server:
            assert KEY not in server.line
            async with httpx.AsyncClient(base_url=server.url) as client:
                for path in ("/v1/config", "/v1/models", "/v1/tools", "/v1/agents", "/v1/openapi.json", "/v1/ready"):
                    assert KEY not in (await client.get(path)).text
