"""Finding the model servers of this machine, and taking nothing else for one."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from tertulia.models.discovery import discover
from tertulia.models.server_spec import LOCAL_SERVERS, ServerSpec
from tests.fakes.upstream import Behaviour, Upstream, Wire, answers, says_raw, streams
from tests.models.stage import unused_port


def listing(*items: dict[str, Any]) -> Behaviour:
    return answers(200, {"object": "list", "data": [{"object": "model", **item} for item in items]})


async def found(behaviour: Behaviour, expected: str) -> str | None:
    """The name under which a server at the port of `expected` is found, if it is."""
    async with Upstream(behaviour) as upstream:
        specs = await discover(ports={upstream.port: expected}, timeout_s=2)
        if not specs:
            return None
        assert specs == [ServerSpec(name=specs[0].name, url=f"http://127.0.0.1:{upstream.port}/v1")]
        assert [request.path for request in upstream.requests] == ["/v1/models"]
        return specs[0].name


@pytest.mark.parametrize(
    ("expected", "behaviour"),
    [
        ("ollama", listing({"id": "llama3.2", "owned_by": "library"})),
        ("ollama", answers(200, {"object": "list", "data": None})),
        ("lmstudio", listing({"id": "qwen2.5-7b-instruct", "owned_by": "organization_owner"})),
        ("lmstudio", answers(200, {"object": "list", "data": []})),
        ("llamacpp", listing({"id": "qwen3-4b", "owned_by": "llamacpp"})),
        ("vllm", listing({"id": "Qwen/Qwen3-8B", "owned_by": "vllm"})),
    ],
    ids=["Ollama", "Ollama without models", "LM Studio", "LM Studio without models", "llama.cpp", "vLLM"],
)
async def test_the_usual_servers_are_found_at_their_ports(expected: str, behaviour: Behaviour) -> None:
    assert await found(behaviour, expected) == expected


async def test_a_server_is_named_after_what_it_is_and_not_after_its_port() -> None:
    assert await found(listing({"id": "m", "owned_by": "vllm"}), "llamacpp") == "vllm"


async def test_a_model_server_of_another_make_is_named_after_its_address() -> None:
    name = await found(listing({"id": "mlx-community/m"}), "llamacpp")
    assert name is not None
    assert name.startswith("127.0.0.1-")


async def silent(wire: Wire) -> None:
    await wire.hang()


STRANGERS: dict[str, Behaviour] = {
    "a web page": answers(200, b"<html>Jenkins</html>", headers={"Content-Type": "text/html"}),
    "nothing there": answers(404),
    "no entry": answers(401),
    "a login": answers(302, headers={"Location": "/login"}),
    "no models": answers(200, {"data": []}),
    "odd ids": answers(200, {"data": [{"id": 5, "object": "model"}]}),
    "other things": answers(200, {"data": [{"id": "a", "object": "customer"}]}),
    "another list": answers(200, {"models": [{"id": "a"}]}),
    "no list": answers(200, {"data": {"id": "a"}}),
    "numbers": answers(200, [1, 2]),
    "null": answers(200, b"null"),
    "too much": answers(200, b" " * 2_000_000),
    "no HTTP": says_raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a cut": streams(b'{"data"', ending="cut"),
    "silence": silent,
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_other_servers_at_these_ports_are_not_mistaken(stranger: str) -> None:
    assert await found(STRANGERS[stranger], "llamacpp") is None


async def test_where_nobody_listens_nobody_is_found() -> None:
    with unused_port() as port:
        assert await discover(ports={port: "ollama"}) == []


async def test_all_ports_are_asked_at_the_same_time() -> None:
    """Four silent servers take no longer than one; the servers that answer are found beside them, in order."""
    async with AsyncExitStack() as stack:
        behaviours = [
            silent,
            silent,
            listing({"id": "m", "owned_by": "vllm"}),
            silent,
            listing({"id": "m", "owned_by": "llamacpp"}),
        ]
        upstreams = [await stack.enter_async_context(Upstream(behaviour)) for behaviour in behaviours]
        specs = await discover(ports={upstream.port: "vllm" for upstream in upstreams}, timeout_s=2)
        assert [spec.name for spec in specs] == ["vllm", "llamacpp"]
        assert all(len(upstream.requests) == 1 for upstream in upstreams)


def test_the_ports_are_those_of_the_usual_servers() -> None:
    assert dict(LOCAL_SERVERS) == {11434: "ollama", 8080: "llamacpp", 1234: "lmstudio", 8000: "vllm"}
