"""More than anybody may send or keep: heads without end, bodies that swell, floods, and what every list would carry.

A stranger has an address and nothing else; a user has an account, and neighbours (S4).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from tertulia.domain.errors import InvalidRequest
from tertulia.runtime.accounts import FREE_BY_ADDRESS
from tertulia.server.connection import LARGEST_HEAD, HttpProtocol
from tertulia.server.request import MAX_VALUES
from tertulia.server.routes.accounts import LARGEST_SIGN_IN
from tertulia.server.slow_bodies import patiently
from tests.server.conftest import OpenSite
from tests.server.live import LiveSite, serve_live
from tests.server.site import MODEL, Site, is_problem


class Hasty(HttpProtocol):
    """The server's protocol, in a hurry."""

    head_seconds = 0.2


@pytest.fixture
async def live() -> AsyncGenerator[LiveSite, None]:
    async with serve_live() as served:
        yield served


# --- heads ---


@pytest.mark.parametrize("more", [b"a", b"x: y\r\n"])
async def test_a_head_without_end_is_refused(live: LiveSite, more: bytes) -> None:
    async with await live.connect() as connection:
        connection.writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
        async with asyncio.timeout(60):
            while not any(each.is_within_head for each in _protocols(live)):  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.001)
            connection.writer.write((more * (LARGEST_HEAD + 1))[: LARGEST_HEAD + 1])
            assert (await connection.head())[0] == 431
            assert await connection.reader.read() == b""
    async with await live.connect() as another:
        assert (await another.ask("GET", "/v1/health"))[0] == 200


def _protocols(live: LiveSite) -> Any:
    return live.server.server_state.connections


async def test_heads_that_come_in_pieces_one_behind_the_other_are_read(live: LiveSite) -> None:
    head = b"GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n"
    stream = head * 12
    async with await live.connect(reads_ahead=2**20) as connection:
        for start in range(0, len(stream), 15_000):  # each read ends within a head that another has begun
            connection.writer.write(stream[start : start + 15_000])
            await connection.writer.drain()
        for _ in range(12):
            status, headers = await asyncio.wait_for(connection.head(), 60)
            await connection.reader.readexactly(int(headers["content-length"]))
            assert status == 200


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"\r\n"])
async def test_who_does_not_come_to_the_end_of_a_head_is_sent_off(begun: bytes) -> None:
    async with serve_live(http=Hasty) as live, await live.connect() as connection:
        if begun == b"\r\n":  # behind an answer, where the server waits for the next request
            await connection.ask("GET", "/v1/health")
        connection.writer.write(begun)
        assert await asyncio.wait_for(connection.reader.read(), 60) == b""


# --- bodies ---


async def test_a_body_that_comes_by_the_byte_is_given_up() -> None:
    async def trickles() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.005)
            yield b"x"

    with pytest.raises(InvalidRequest, match="too little"):
        async for _ in patiently(trickles(), 0.1):
            pass


@pytest.mark.parametrize("path", ["/v1/sign-in", "/v1/set-up"])
async def test_a_stranger_sends_no_more_than_a_name_and_a_password_take(open_: OpenSite, path: str) -> None:
    site = await open_(auth="accounts")
    is_problem(await site.post(path, b'{"name": "' + b"a" * LARGEST_SIGN_IN + b'"}'), 413, "too_large")


async def test_a_body_of_very_many_small_values_is_refused(site: Site) -> None:
    body = b'{"metadata": {"a": [' + b"[]," * (MAX_VALUES // 2) + b"[]]}}"
    is_problem(await site.post(f"{site.agent}/session", body), 400, "invalid_request")


# --- floods ---


async def test_many_who_try_links_at_once_are_as_few_as_those_one_after_the_other(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    body = {"token": "x" * 32, "name": "eve", "password": "a long password"}
    answers = await asyncio.gather(*(site.post("/v1/set-up", body) for _ in range(FREE_BY_ADDRESS + 10)))
    assert sorted({answer.status_code for answer in answers}) == [403, 429]
    assert sum(answer.status_code == 403 for answer in answers) == FREE_BY_ADDRESS


# --- what lists carry ---


async def test_what_every_list_of_sessions_has_is_small(site: Site) -> None:
    session = await site.new_session()
    large, half = {"a": "x" * 66_000}, {"x": "x" * 40_000}
    is_problem(await site.post(f"{site.agent}/session", {"metadata": large}), 413, "too_large", "/metadata")
    is_problem(await site.patch(session, {"metadata": large}), 413, "too_large", "/metadata")
    assert (await site.patch(session, {"metadata": half})).status_code == 200
    is_problem(await site.patch(session, {"metadata": {"y": "y" * 40_000}}), 413, "too_large", "/metadata")
    assert (await site.get(session)).json()["metadata"] == half
    exported = (await site.get(f"{session}/export")).json()
    exported["session"]["metadata"] = large
    refused = await site.post(f"{site.agent}/sessions/import", exported)
    is_problem(refused, 413, "too_large", "/session/metadata")


async def test_what_every_list_of_agents_has_is_small_too(site: Site) -> None:
    tool = {"name": "t", "description": "x" * 600_000}
    config = {"model": MODEL, "client_tools": [tool]}
    is_problem(await site.post("/v1/agents", {"agent_config": config}), 413, "too_large", "/agent_config")
    agent = await site.new_agent(instructions="x" * 200_000)
    is_problem(await site.patch(agent, {"agent_config": {"client_tools": [tool]}}), 413, "too_large", "/agent_config")
    assert (await site.get(agent)).json()["agent_config"]["client_tools"] == []
