"""Plain requests: typed answers, typed errors, and repetition only where it is safe."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from aiohttp import web

from tertulia.client import (
    ApiError,
    AsyncClient,
    Client,
    ClientError,
    Conflict,
    InvalidRequest,
    NotFound,
    Patience,
    ServerTimeout,
    ServerUnreachable,
    Timeouts,
    TooManyRequests,
    Unavailable,
)
from tertulia.domain.agents import AgentConfig
from tertulia.domain.sessions import SessionPatch
from tests.client.cutting_proxy import CuttingProxy
from tests.client.either import Opens
from tests.client.fake_server import TURN, FakeServer

SESSION = {"session_id": "s1", "session_name": "x", "agent_id": "a1", "started_at": "x", "updated_at": "x"}


async def test_an_error_has_the_code_the_status_and_the_request_id(client: AsyncClient, server: FakeServer) -> None:
    problem = {"code": "turn_not_found", "detail": "There is no such turn.", "request_id": "r1", "status": 404}
    server.refusals = [web.json_response(problem, status=404, content_type="application/problem+json")]
    with pytest.raises(ApiError, match=r"There is no such turn\.") as caught:
        await client.get_turn("a1", "s1", "t1")
    assert isinstance(caught.value, NotFound)
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
        await client.create_agent(AgentConfig(model="demo/script"))
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


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_an_id_that_would_lead_elsewhere_is_refused(client: AsyncClient, server: FakeServer, name: str) -> None:
    with pytest.raises(ValueError, match="is not the id of anything"):
        await client.delete_session("a1", name)
    assert server.asked == []


@pytest.mark.parametrize("words", ["a b", "a+b", "ä&b=c", "100%", "%2F/", "#"])
async def test_words_to_look_for_arrive_as_they_are(client: AsyncClient, server: FakeServer, words: str) -> None:
    server.refusals = [web.json_response({"sessions": [], "has_more": False, "next_cursor": None})]
    await client.list_sessions("a1", q=words)
    assert server.asked[0].query["q"] == words


async def test_an_error_names_the_fields_at_fault(client: AsyncClient, server: FakeServer) -> None:
    fault = {"pointer": "/messages/0/role", "detail": "there is no role `judge`"}
    server.refusals = [web.json_response({"code": "invalid_request", "errors": [fault]}, status=400)]
    with pytest.raises(InvalidRequest) as caught:
        await client.start_turn("a1", "s1", "Hello")
    assert [(one.pointer, one.detail) for one in caught.value.errors] == [tuple(fault.values())]
    assert len(server.asked) == 1


async def test_the_turn_in_the_way_is_named(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response({"code": "session_busy", "turn_id": "t0"}, status=409)]
    with pytest.raises(Conflict) as caught:
        await client.start_turn("a1", "s1", "Hello", on_busy="reject")
    assert caught.value.turn_id == "t0"


@pytest.mark.parametrize("status", [302, 307, 400, 401, 403, 404, 409, 412, 413, 415, 418, 501])
async def test_what_will_not_pass_is_not_asked_again(client: AsyncClient, server: FakeServer, status: int) -> None:
    server.refusals = [web.Response(status=status) for _ in range(2)]
    with pytest.raises(ApiError) as caught:
        await client.get_turn("a1", "s1", "t1")
    assert (caught.value.status, len(server.asked)) == (status, 1)


async def test_a_redirect_is_not_followed_but_told(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=308, headers={"Location": "https://talk.example/v1"})]
    with pytest.raises(ApiError, match=r"https://talk\.example/v1 is where it sends us"):
        await client.get_turn("a1", "s1", "t1")


async def test_a_server_that_wants_more_time_than_there_is_gets_its_way(
    client: AsyncClient, server: FakeServer
) -> None:
    server.refusals = [web.Response(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(TooManyRequests) as caught:
        await client.get_turn("a1", "s1", "t1")
    assert (caught.value.retry_after, len(server.asked)) == (3600, 1)


async def test_a_deleted_thing_is_deleted_also_when_the_answer_was_lost(
    client: AsyncClient, server: FakeServer
) -> None:
    server.refusals = [web.Response(status=502), web.json_response({"code": "session_not_found"}, status=404)]
    await client.delete_session("a1", "s1")
    assert [one.method for one in server.asked] == ["DELETE", "DELETE"]


async def test_what_was_never_there_cannot_be_deleted(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response({"code": "session_not_found"}, status=404)]
    with pytest.raises(NotFound):
        await client.delete_session("a1", "s1")


async def test_a_change_that_is_based_on_a_revision_is_sent_once(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=503)]
    with pytest.raises(Unavailable):
        await client.update_session("a1", "s1", SessionPatch(pinned=True), revision=3)
    assert [one.headers.get("If-Match") for one in server.asked] == ['"3"']


async def test_an_agent_is_patched_with_what_changes(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response({"code": "agent_not_found"}, status=404)]
    with pytest.raises(NotFound):
        await client.update_agent("a1", {"instructions": "Be brief.", "name": None})
    assert server.asked[0].body == {"agent_config": {"instructions": "Be brief.", "name": None}}


async def test_a_server_that_is_not_ready_says_why(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response({"status": "draining"}, status=503)]
    assert (await client.get_readiness()).status == "draining"
    assert len(server.asked) == 1


async def test_a_silent_server_is_given_up(server: FakeServer, open_client: Opens) -> None:
    server.holds = True
    timeouts = Timeouts(answer=0.05)
    async with open_client(await server.start(), patience=Patience(attempts=1), timeouts=timeouts) as client:
        with pytest.raises(ServerTimeout, match="does not answer"):
            await client.get_turn("a1", "s1", "t1")


async def test_an_answer_that_breaks_off_is_asked_for_again(client: AsyncClient, server: FakeServer) -> None:
    server.short_answers = 1
    assert (await client.get_turn("a1", "s1", "t1")).output_message == TURN.output_message
    assert len(server.asked) == 2


async def test_an_answer_that_is_cut_anywhere_in_head_or_body_is_asked_for_again(
    server: FakeServer, open_client: Opens
) -> None:
    port = int((await server.start()).rpartition(":")[2])
    patience = Patience(attempts=2, first_wait=0.001)
    async with CuttingProxy(port).running() as proxy:
        for place in range(0, 500, 11):
            proxy.cuts = [place]
            async with open_client(proxy.url, patience=patience) as client:
                assert (await client.get_turn("a1", "s1", "t1")).output_message == TURN.output_message
            assert proxy.cuts == []


async def test_given_headers_go_with_every_request(server: FakeServer, open_client: Opens) -> None:
    async with open_client(await server.start(), headers={"Authorization": "Bearer x"}) as client:
        await client.get_turn("a1", "s1", "t1")
    assert server.asked[0].headers["Authorization"] == "Bearer x"
    assert server.asked[0].headers["User-Agent"].startswith("tertulia-python/")


async def test_a_server_may_be_below_a_path(server: FakeServer, open_client: Opens) -> None:
    async with open_client(await server.start() + "/behind/proxy/") as client:
        await client.get_turn("a1", "s1", "t1")
    assert server.asked[0].path == "/behind/proxy/v1/agents/a1/session/s1/turn/t1"


async def test_connections_are_used_again(client: AsyncClient, server: FakeServer) -> None:
    for _ in range(3):
        await client.get_turn("a1", "s1", "t1")
    assert len({one.port for one in server.asked}) == 1


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used(
    client: AsyncClient, server: FakeServer
) -> None:
    await client.get_turn("a1", "s1", "t1")
    await server.hang_up()
    server.refusals = [web.json_response(SESSION, status=201)]
    await client.create_session("a1")  # which is sent once
    assert len({one.port for one in server.asked}) == 2


async def test_threads_may_share_a_client(server: FakeServer) -> None:
    with Client(await server.start()) as client, ThreadPoolExecutor(8) as pool:
        work = [asyncio.wrap_future(pool.submit(client.get_turn, "a1", "s1", "t1")) for _ in range(64)]
        assert {turn.turn_id for turn in await asyncio.gather(*work)} == {"t1"}
    assert len({one.port for one in server.asked}) <= 8


@pytest.mark.parametrize("address", ["localhost:8321", "ftp://there", "http://", "http://there?x=1"])
def test_an_address_that_is_none_is_refused(open_client: Opens, address: str) -> None:
    with pytest.raises(ValueError, match="base_url is an address such as"):
        open_client(address)


async def test_nobody_at_the_address_is_an_error_of_its_own(open_client: Opens) -> None:
    async with open_client("http://127.0.0.1:9", patience=Patience(attempts=1)) as client:
        with pytest.raises(ServerUnreachable, match=r"http://127\.0\.0\.1:9 does not answer"):
            await client.get_config()
