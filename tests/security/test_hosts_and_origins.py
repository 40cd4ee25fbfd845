"""S13: who may ask. A page that points its own name at this machine may not, nor may a form of another site."""

from typing import Any

import pytest

from tests.server.conftest import OpenSite
from tests.server.live import serve_live
from tests.server.site import Site, is_problem, said

EVIL = "https://evil.example"
CHAT = "https://chat.example"
SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; json"]
"""The content types that a browser sends across sites without asking first."""


# --- Host: DNS rebinding ---


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8321",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example#localhost",
        "localhost:8321:80",
        "localhost.",
        "0.0.0.0",
        "127.0.0.2",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "tertulia.local",
        "",
    ],
)
async def test_a_host_that_is_not_ours_is_refused_everywhere(site: Site, host: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/v1/agents"), ("POST", "/v1/agents"), ("GET", "/v1/health")):
        is_problem(await site.ask(method, path, host=host), 403, "host_not_allowed")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8321", "127.0.0.1", "[::1]", "[::1]:8321"])
async def test_the_names_of_this_machine_are_ours(site: Site, host: str) -> None:
    assert (await site.get("/v1/agents", host=host)).status_code == 200


async def test_the_name_of_a_proxy_can_be_allowed(open_: OpenSite) -> None:
    site = await open_(allowed_hosts=["Chat.Example"])
    assert (await site.get("/v1/agents", host="chat.example")).status_code == 200
    is_problem(await site.get("/v1/agents", host="www.chat.example"), 403, "host_not_allowed")


async def test_the_host_of_an_absolute_request_line_does_not_count_for_host() -> None:
    async with serve_live() as live, await live.connect() as connection:
        status, problem = await connection.ask("GET", "http://localhost/v1/agents", Host="evil.example")
    assert (status, problem["code"]) == (403, "host_not_allowed")


@pytest.mark.parametrize("hosts", [("localhost", "evil.example"), ("evil.example", "localhost"), ("localhost",) * 2])
async def test_of_two_hosts_none_gets_past_the_other(hosts: tuple[str, str]) -> None:
    async with serve_live() as live, await live.connect() as connection:
        status, problem = await connection.ask("GET", "/v1/agents", Host=hosts[0], host=hosts[1])
    assert (status, problem["code"]) == (403, "host_not_allowed")


# --- Origin: forms and scripts of other sites ---


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "null",
        "http://127.0.0.1:9999",
        "http://localhost:8321",
        "http://127.0.0.1:8321.evil.example",
        "http://127.0.0.1:8321@evil.example",
        "ftp://127.0.0.1:8321",
        "chrome-extension://abc",
        "127.0.0.1:8321",
    ],
)
async def test_a_page_of_another_origin_can_read_nothing_and_do_nothing(site: Site, origin: str) -> None:
    session = await site.new_session()
    before = (await site.get(session)).json()
    for method, path, body in (
        ("GET", "/v1/agents", None),
        ("POST", f"{session}/turn", said("Hello")),
        ("PATCH", session, {"pinned": True}),
        ("DELETE", session, None),
        ("OPTIONS", session, None),
        ("GET", "/", None),
    ):
        refused = await site.ask(method, path, body, origin=origin)
        is_problem(refused, 403, "origin_not_allowed")
        assert not cors_headers(refused)
    assert (await site.get(session)).json() == before


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8321", "https://127.0.0.1:8321", "HTTP://127.0.0.1:8321"])
async def test_our_own_page_may_ask(site: Site, origin: str) -> None:
    answer = await site.post("/v1/agents", {"agent_config": {"model": "a/b"}}, origin=origin)
    assert answer.status_code == 201
    assert not cors_headers(answer)


@pytest.mark.parametrize("media_type", SIMPLE)
async def test_a_form_of_another_site_starts_nothing_even_if_its_origin_is_not_told(
    site: Site, media_type: str
) -> None:
    session = await site.new_session()
    body = b'{"messages": [{"role": "user", "content": "Hello"}]}'
    refused = await site.post(f"{session}/turn", body, content_type=media_type)
    is_problem(refused, 415, "unsupported_media_type")
    assert (await site.get(session)).json()["turn_count"] == 0


@pytest.mark.parametrize("media_type", SIMPLE)
async def test_a_form_of_another_site_stops_nothing(site: Site, media_type: str) -> None:
    session = await site.new_session()
    turn = await site.turn(session)
    refused = await site.post(f"{session}/turn/{turn['turn_id']}/cancel", b"x=1", content_type=media_type, origin=EVIL)
    is_problem(refused, 403, "origin_not_allowed")


# --- CORS: off, and on for whom it is set ---


def cors_headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_nobody_is_let_in_unless_it_is_set(site: Site) -> None:
    answer = await site.get("/v1/agents")
    assert not cors_headers(answer)
    assert "Origin" in answer.headers["vary"]


async def test_the_elements_script_is_everybodys_and_nothing_else_is(open_: OpenSite) -> None:
    site = await open_(allowed_origins=[CHAT], embed_origins=[EVIL])
    for origin in (EVIL, CHAT):
        script = await site.get("/embed.js", origin=origin)
        assert script.status_code == 200
        assert script.headers.get_list("access-control-allow-origin") == ["*"]
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    # To be framed by a page is no leave to be called by it.
    for method, path in (("POST", "/embed.js"), ("GET", "/embed.js/x"), ("GET", "/embed/x"), ("GET", "/v1/agents")):
        is_problem(await site.ask(method, path, origin=EVIL), 403, "origin_not_allowed")


async def test_an_origin_that_is_set_may_read_and_write(open_: OpenSite) -> None:
    site = await open_(allowed_origins=[CHAT])
    session = await site.new_session()
    for answer in (
        await site.get("/v1/agents", origin=CHAT),
        await site.post(f"{session}/turn", said("Hello"), origin=CHAT),
        await site.post(f"{session}/turn", said("Hello", stream=True), origin=CHAT),
        await site.get("/v1/agents/none", origin=CHAT),
        await site.post(f"{session}/turn", {}, origin=CHAT),
    ):
        assert answer.headers["access-control-allow-origin"] == CHAT
        assert {"Turn-Id", "Location", "ETag", "X-Request-Id", "Retry-After"} <= {
            each.strip() for each in answer.headers["access-control-expose-headers"].split(",")
        }
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
    is_problem(await site.get("/v1/agents", origin=EVIL), 403, "origin_not_allowed")
    is_problem(await site.get("/v1/agents", origin=f"{CHAT}.evil.example"), 403, "origin_not_allowed")


async def test_a_browser_that_asks_first_is_told_what_an_allowed_page_may_do(open_: OpenSite) -> None:
    site = await open_(allowed_origins=[CHAT])
    asked = {"access_control_request_method": "PATCH", "access_control_request_headers": "content-type, if-match"}
    answer = await site.ask("OPTIONS", "/v1/agents/any", origin=CHAT, **asked)
    assert (answer.status_code, answer.content) == (204, b"")
    allowed = {each.strip().lower() for each in answer.headers["access-control-allow-headers"].split(",")}
    assert {"content-type", "if-match", "idempotency-key", "last-event-id"} <= allowed
    methods = {each.strip() for each in answer.headers["access-control-allow-methods"].split(",")}
    assert {method.upper() for item in site.app.openapi["paths"].values() for method in item} <= methods
    assert answer.headers["access-control-allow-origin"] == CHAT
    refused = await site.ask("OPTIONS", "/v1/agents/any", origin=EVIL, **asked)
    assert (refused.status_code, cors_headers(refused)) == (403, {})
