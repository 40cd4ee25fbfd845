"""Which dialect a request is answered in."""

import pytest

from tests.llama_stack.stack import OpenStack, Stack

NATIVE = "agents"
LLAMA_STACK = "data"

PYTHON = {"X-LlamaStack-Client-Version": "0.2.12"}
TYPESCRIPT = {"x-stainless-lang": "js"}


@pytest.mark.parametrize(
    ("path", "headers", "key"),
    [
        ("/v1/agents", {}, NATIVE),
        ("/v1/agents", PYTHON, LLAMA_STACK),
        ("/v1/agents", TYPESCRIPT, LLAMA_STACK),
        ("/v1alpha/agents", {}, LLAMA_STACK),
        ("/v1/agents", {"X-Dialect": "llama_stack"}, LLAMA_STACK),
        ("/v1/agents", {"X-Dialect": "Native", **PYTHON, **TYPESCRIPT}, NATIVE),
    ],
)
async def test_the_path_or_a_header_says_the_dialect(
    open_: OpenStack, path: str, headers: dict[str, str], key: str
) -> None:
    stack = await open_()
    answer = await stack.site.client.get(path, headers=headers)
    assert key in answer.json()
    vary = {name.strip() for name in answer.headers["vary"].split(",")}
    assert vary >= {"X-Dialect", "X-LlamaStack-Client-Version", "X-Stainless-Lang"}


@pytest.mark.parametrize("version", ["0.1.0", "0.3.5", "9.9.9"])
async def test_a_client_of_any_version_is_served(open_: OpenStack, version: str) -> None:
    stack = await open_()
    assert (await stack.get("/agents", x_llamastack_client_version=version)).status_code == 200


async def test_a_dialect_that_is_not_there_is_refused_by_name(open_: OpenStack) -> None:
    stack = await open_()
    answer = await stack.site.get("/v1/agents", x_dialect="esperanto")
    assert answer.status_code == 400
    assert "'esperanto'" in answer.json()["detail"]
    assert "native and llama_stack" in answer.json()["detail"]


async def test_its_client_may_ask_from_a_page_of_an_allowed_origin(open_: OpenStack) -> None:
    stack = await open_(allowed_origins=["https://chat.example"])
    preflight = await stack.site.ask("OPTIONS", "/v1/agents", origin="https://chat.example")
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert {"x-stainless-lang", "x-stainless-retry-count", "x-stainless-timeout", "content-type"} <= set(allowed)


async def test_what_is_not_there_is_said_in_the_clients_shape(stack: Stack) -> None:
    answer = await stack.get("/agents/nobody")
    assert answer.status_code == 404
    body = answer.json()
    assert body["error"]["code"] == "agent_not_found"
    assert body["error"]["message"] == body["detail"]
    assert answer.headers["x-should-retry"] == "false"
