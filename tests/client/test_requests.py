"""Plain requests: typed answers, typed errors, and repetition only where it is safe."""

import msgspec
import pytest
from aiohttp import web

from tertulia.client import ApiError, AsyncClient, ClientError
from tertulia.domain.sessions import SessionPatch
from tests.client.fake_server import TURN, FakeServer

SESSION = {"session_id": "s1", "session_name": "x", "agent_id": "a1", "started_at": "x", "updated_at": "x"}


async def test_an_error_has_the_code_the_status_and_the_request_id(client: AsyncClient, server: FakeServer) -> None:
    problem = {"code": "turn_not_found", "detail": "There is no such turn.", "request_id": "r1", "status": 404}
    server.refusals = [web.json_response(problem, status=404, content_type="application/problem+json")]
    with pytest.raises(ApiError, match=r"There is no such turn\.") as caught:
        await client.get_turn("a1", "s1", "t1")
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (404, "turn_not_found", "r1")


async def test_the_page_of_a_proxy_is_an_error_too(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=407, text="<html>", headers={"X-Request-Id": "r2"})]
    with pytest.raises(ApiError) as caught:
        await client.get_turn("a1", "s1", "t1")
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (407, "unknown", "r2")


async def test_an_answer_of_another_kind_of_server_is_a_sentence(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(text="<html>Welcome to my router</html>")]
    with pytest.raises(ClientError, match="not one that this client understands"):
        await client.get_turn("a1", "s1", "t1")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_read_is_repeated_when_the_trouble_may_pass(
    client: AsyncClient, server: FakeServer, status: int
) -> None:
    server.refusals = [web.Response(status=status)]
    assert (await client.get_turn("a1", "s1", "t1")).output_message == TURN.output_message
    assert len(server.asked) == 2


async def test_patience_ends(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=503) for _ in range(9)]
    with pytest.raises(ApiError):
        await client.get_turn("a1", "s1", "t1")
    assert len(server.asked) == 3


async def test_a_write_that_could_happen_twice_is_sent_once(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=503)]
    with pytest.raises(ApiError):
        await client.create_session("a1")
    assert len(server.asked) == 1


async def test_a_started_turn_is_repeated_with_one_key(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=503), web.Response(body=msgspec.json.encode(TURN), status=202)]
    assert await client.start_turn("a1", "s1", "Hello") == TURN
    first, second = server.asked
    assert first.key is not None
    assert first.key == second.key
    assert first.body == second.body
    assert first.body == {"messages": [{"role": "user", "content": "Hello", "file": None}], "background": True}


async def test_a_patch_holds_only_what_is_changed(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response(SESSION)]
    await client.update_session("a1", "s1", SessionPatch(pinned=True))
    assert server.asked[0].body == {"pinned": True}


async def test_ids_are_escaped_in_paths(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response(SESSION)]
    await client.get_session("a/b?c", "s#1")
    assert server.asked[0].path == "/v1/agents/a%2Fb%3Fc/session/s%231"
