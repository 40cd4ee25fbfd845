"""What every tool must do, by one suite over all of them. A new one adds a line to `TOOLS`: it, and a good call."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from aiohttp import web

from tertulia.runtime.search import Search
from tertulia.runtime.web_pages import page_reader
from tertulia.settings.values import Settings
from tertulia.store.memory.store import MemoryStore
from tertulia.tools import Tool, ToolContext, ToolFile, ToolPolicy, tool
from tertulia.tools.builtin.calculator import calculator
from tertulia.tools.builtin.clock import clock_tool
from tertulia.tools.builtin.search_sessions import search_sessions_tool
from tertulia.tools.builtin.web_fetch import web_fetch_tool
from tertulia.tools.web.guard import WebGuard, WebRules
from tertulia.wiring import extractor_of
from tests.tools.asking import CONTEXT

Ask = Callable[[str], Any]
"""Gives what is needed to make a tool or a call, by the name of its fixture."""


@tool
def repeat(text: str, times: int = 1) -> str:
    """Say something again.

    Args:
        text: What to say.
        times: How often.
    """
    return text[:10] * min(times, 10)


@tool(policy=ToolPolicy(is_idempotent=True, timeout=60))
async def draw(title: str, context: ToolContext) -> list[ToolFile]:
    """Draw a chart.

    Args:
        title: What is above it.
    """
    await context.output("Drawing…")
    return [ToolFile(name="chart.svg", type="image/svg+xml", data=title.encode(errors="replace"))]


TOOLS: dict[str, Callable[[Ask], tuple[Tool, dict[str, Any]]]] = {
    "calculator": lambda _: (calculator, {"expression": "6 * 7"}),
    "clock": lambda _: (clock_tool(), {"timezone": "Europe/Lisbon"}),
    "search_sessions": lambda ask: (search_sessions_tool(Search(ask("memory")).find_sessions), {"words": "Lisbon"}),
    "web_fetch": lambda ask: (web_fetch_tool(LOCAL, page_reader(extractor_of(Settings()))), {"url": ask("page_url")}),
    "a function that blocks": lambda _: (repeat, {"text": "olá", "times": 2}),
    "a function that does not": lambda _: (draw, {"title": "Rain"}),
}
LOCAL = WebGuard(WebRules(networks=(ip_network("127.0.0.0/8"),), ports=None))
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What every model server takes: https://platform.openai.com/docs/api-reference/chat/create, under `tools`."""
TRYING = ["", "\0", "\ud800", "😀" * 1000, "../../etc/passwd", "%s%n{0}", "x" * 1_000_000, "<script>", "\r\nX: y"]


@pytest.fixture
async def memory() -> AsyncIterator[MemoryStore]:
    store = MemoryStore()
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def page_url() -> AsyncIterator[str]:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="Words.")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.fixture(params=TOOLS)
def case(request: pytest.FixtureRequest) -> tuple[Tool, dict[str, Any]]:
    return TOOLS[request.param](request.getfixturevalue)


@pytest.fixture
def subject(case: tuple[Tool, dict[str, Any]]) -> Tool:
    return case[0]


@pytest.fixture
def good(case: tuple[Tool, dict[str, Any]]) -> dict[str, Any]:
    return case[1]


def test_a_model_is_told_when_to_call_it_and_what_each_argument_is(subject: Tool) -> None:
    definition = subject.definition
    assert NAME.fullmatch(definition.name)
    assert len(definition.description) > 10
    jsonschema_rs.meta.validate(definition.input_schema)
    assert definition.input_schema["type"] == "object"
    assert definition.input_schema["additionalProperties"] is False
    for name, one in definition.input_schema["properties"].items():
        assert len(one["description"]) > 5, name
    assert msgspec.json.decode(msgspec.json.encode(definition)) == msgspec.to_builtins(definition)


def test_it_is_in_a_group_and_its_policy_is_one(subject: Tool) -> None:
    assert re.fullmatch(r"\w+::\w+", subject.toolgroup)
    assert msgspec.convert(msgspec.to_builtins(subject.policy), ToolPolicy) == subject.policy


async def test_a_call_that_fits_the_schema_is_answered(subject: Tool, good: dict[str, Any]) -> None:
    jsonschema_rs.validate(subject.definition.input_schema, good)
    result = await subject.call(good, CONTEXT)
    assert not result.is_error, result.content
    assert result.content
    msgspec.json.encode(result)


async def test_an_argument_that_it_does_not_have_is_named(subject: Tool, good: dict[str, Any]) -> None:
    result = await subject.call({**good, "surprise": 1}, CONTEXT)
    assert result.is_error
    assert "`surprise`" in result.content


async def test_an_argument_of_another_type_is_named(subject: Tool, good: dict[str, Any]) -> None:
    for name in subject.definition.input_schema["properties"]:
        result = await subject.call({**good, name: {"another": ["type"]}}, CONTEXT)
        assert result.is_error
        assert f"`{name}`" in result.content


async def test_an_argument_that_is_missing_is_named(subject: Tool, good: dict[str, Any]) -> None:
    for name in subject.definition.input_schema.get("required", []):
        result = await subject.call({key: value for key, value in good.items() if key != name}, CONTEXT)
        assert result.is_error
        assert f"`{name}`" in result.content


async def test_no_text_makes_it_raise_or_go_on_for_ever(subject: Tool, good: dict[str, Any]) -> None:
    async with asyncio.timeout(60):
        for name, value in good.items():
            for text in TRYING if isinstance(value, str) else ():
                result = await subject.call({**good, name: text}, CONTEXT)
                assert len(result.content) < 10_000


async def test_what_it_is_given_stays_as_it_was(subject: Tool, good: dict[str, Any]) -> None:
    given = msgspec.json.decode(msgspec.json.encode(good))
    await subject.call(given, CONTEXT)
    assert given == good


async def test_calls_side_by_side_do_not_meet(subject: Tool, good: dict[str, Any]) -> None:
    alone = await subject.call(good, CONTEXT)
    together = await asyncio.gather(*(subject.call(good, CONTEXT) for _ in range(8)))
    assert [result.is_error for result in together] == [alone.is_error] * 8
