"""Methods: HEAD is GET without its body, OPTIONS tells, others are refused and told what is possible."""

import asyncio

import pytest

from tertulia.models.scripted import Reply
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, is_problem


@pytest.mark.parametrize("path", ["/v1/agents", "/v1/health", "/v1/ready", "/v1/openapi.json", "/", "/v1/nothing"])
async def test_head_is_get_without_its_body(site: Site, path: str) -> None:
    whole, head = await site.get(path), await site.ask("HEAD", path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    varies = {"x-request-id", "content-security-policy"}
    if path != "/v1/nothing":  # its body holds the request's id
        assert head.headers["content-length"] == whole.headers["content-length"]
    assert set(head.headers) == set(whole.headers)
    for name in set(head.headers) - varies - {"content-length"}:
        assert head.headers[name] == whole.headers[name]


async def test_head_of_a_stream_ends_at_once_and_disturbs_nothing(open_: OpenSite, log: Log) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("One. ", gate, "Two."))
    session = await site.new_session()
    turn = await site.turn(session, background=True)
    async with asyncio.timeout(60):
        head = await site.ask("HEAD", f"{session}/turn/{turn['turn_id']}/events")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    gate.set()
    await site.until(f"{session}/turn/{turn['turn_id']}", lambda turn: turn["status"] == "completed")
    assert [line for line in log if line["log_level"] == "error"] == []


async def test_options_says_what_is_possible_and_lets_nobody_in(site: Site) -> None:
    answer = await site.ask("OPTIONS", "/v1/agents")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "POST" in answer.headers["allow"]
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND", "DELETE"])
async def test_another_method_is_refused_and_told_what_is_possible(site: Site, method: str) -> None:
    refused = await site.ask(method, "/v1/agents")
    is_problem(refused, 405, "method_not_allowed")
    assert {"GET", "POST"} <= {each.strip() for each in refused.headers["allow"].split(",")}


async def test_a_slash_at_the_end_changes_nothing(site: Site) -> None:
    assert (await site.get("/v1/agents/")).json() == (await site.get("/v1/agents")).json()
