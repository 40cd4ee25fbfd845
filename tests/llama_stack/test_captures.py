"""What real Llama Stack servers answered, asked of ours: the difference is written down, all of it and no more.

`captures/differences.toml` has each with a sentence that stands in docs/reference/llama-stack.md.
"""

import re
import tomllib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tertulia.asgi import app_of
from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.messages import Message, ToolMessage, UserMessage, text_of
from tertulia.models.base import ModelRequest
from tertulia.models.scripted import Beat, Call, Reply, ScriptedModel
from tertulia.settings.values import Settings
from tertulia.testing import services
from tests.llama_stack.capture import FOLDER, VERSIONS, Exchange, read_captures
from tests.llama_stack.comparison import Comparison, Difference
from tests.llama_stack.stack import data_of
from tests.server.site import QUICK, living

PAGE = Path(__file__).parents[2] / "docs/reference/llama-stack.md"
DIFFERENCES: list[dict[str, Any]] = tomllib.loads((FOLDER / "differences.toml").read_text())["difference"]
DIRECTIVE = re.compile(r"\[\[(\w+)(?:=(.*?))?\]\]")


def replies(request: ModelRequest) -> Reply:
    """Answer as the fake model of the captures did: as the last message of the user's says in `[[…]]`."""
    said, is_answered = _last_words(request.messages)
    orders = dict(DIRECTIVE.findall(said))
    if "error" in orders:
        return Reply(ModelUnavailable(f"The model server answered {orders['error']}."))
    if "tool" in orders and not is_answered:
        count = int(orders.get("tools") or 1)
        return Reply(*(Call(orders["tool"], orders.get("args") or "{}", f"call_fake{n}") for n in range(count)))
    pieces: list[Beat] = [f"tok{number} " for number in range(int(orders.get("tokens") or 50))]
    if "abort_after" in orders:
        return Reply(*pieces[: int(orders["abort_after"])], ModelUnavailable("The model server went away."))
    return Reply(*pieces, reason="length" if "length" in orders else "stop")


def _last_words(messages: Sequence[Message]) -> tuple[str, bool]:
    is_answered = False
    for message in reversed(messages):
        if isinstance(message, UserMessage):
            return text_of(message.content), is_answered
        is_answered = is_answered or isinstance(message, ToolMessage)
    raise AssertionError("nobody has said anything")


@asynccontextmanager
async def serving() -> AsyncGenerator[httpx.AsyncClient, None]:
    """Serve an application whose model does what messages say; yield a client of it."""
    application = app_of(services(ScriptedModel(replies), settings=Settings(**QUICK)))
    async with (
        living(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1") as client,
    ):
        default = (await client.get("/v1/config")).json()["default_agent_id"]
        await client.delete(f"/v1/agents/{default}")  # theirs began without an agent
        yield client


async def replay(client: httpx.AsyncClient, exchanges: list[Exchange]) -> list[Difference]:
    """Ask for everything that was asked for then; return where the answers differ."""
    comparison = Comparison()
    for exchange in exchanges:
        if exchange.name.startswith("36"):
            await _cancel_what_waits(client, comparison.ours(exchange.path))
        headers = {name: value for name, value in exchange.headers.items() if name.lower() not in UNSENT}
        answer = await client.request(
            exchange.method,
            comparison.ours(exchange.path),
            content=comparison.ours(exchange.sent) or None,
            headers=headers,
        )
        compare = comparison.of(exchange.name)
        compare.statuses(exchange.status, answer.status_code)
        is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
        ours = answer.json() if answer.content and not is_stream else None
        if exchange.frames is None or not is_stream:
            compare.values(exchange.body if exchange.frames is None else "a stream", ours, "body")
        else:
            compare.frames(exchange.frames, data_of(answer.content))
    return comparison.found


LLAMA_STACK = {"X-Dialect": "llama_stack"}
UNSENT = {"host", "content-length", "connection", "accept-encoding"}
"""What the connection of the test says itself."""


async def _cancel_what_waits(client: httpx.AsyncClient, path: str) -> None:
    """The client of the captures left a turn waiting and posted the next: here that is to be cancelled first."""
    waiting = (await client.get(path.removesuffix("/turn"), headers=LLAMA_STACK)).json()["turns"][-1]
    assert waiting["status"] == "awaiting_input"
    await client.post(f"{path}/{waiting['turn_id']}/cancel", headers=LLAMA_STACK)


def reason_for(difference: Difference, version: str) -> int | None:
    """Return the place of the line that allows a difference."""
    for place, line in enumerate(DIFFERENCES):
        if version not in line.get("versions", VERSIONS):
            continue
        patterns = [line.get("exchange", ".*"), line.get("where"), line.get("what", ".*")]
        if line.get("where") and all(re.fullmatch(p, text) for p, text in zip(patterns, difference, strict=True)):
            return place
    return None


FOUND: dict[str, list[Difference]] = {}
"""What replays have found, so that each is made once."""


async def differences_of(version: str) -> list[Difference]:
    if version not in FOUND:
        async with serving() as client:
            FOUND[version] = await replay(client, read_captures(version))
    return FOUND[version]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_captured_exchange_differs_only_where_it_is_written_down(version: str) -> None:
    differences = await differences_of(version)
    assert [str(each) for each in differences if reason_for(each, version) is None] == []


async def test_every_difference_that_is_written_down_is_one() -> None:
    seen = {reason_for(each, version) for version in VERSIONS for each in await differences_of(version)}
    idle = [line["sentence"] for place, line in enumerate(DIFFERENCES) if "where" in line and place not in seen]
    assert idle == []


def test_what_no_capture_can_show_is_shown_by_a_test() -> None:
    for line in DIFFERENCES:
        if "where" not in line:
            file, _, name = line["proof"].partition("::")
            assert f"def {name}(" in (Path(__file__).parent / file).read_text(), line


def test_the_page_lists_the_differences() -> None:
    _, _, differences = PAGE.read_text().partition("## Where it answers otherwise\n")
    assert re.findall(r"^- (.*)$", differences, re.MULTILINE) == [line["sentence"] for line in DIFFERENCES]
