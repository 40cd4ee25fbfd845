"""S6, S17, S18 of MCP servers: where they may be, that their credentials stay theirs, and that none shadows another."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp_types import ElicitRequestFormParams

from tertulia.domain.errors import Forbidden, InvalidRequest, ToolServerUnavailable
from tertulia.domain.toolgroups import McpEndpoint, McpServer
from tertulia.domain.users import Role
from tertulia.settings.values import Settings
from tertulia.tools.base import ToolContext
from tertulia.tools.mcp.base import ConnectionFailed
from tertulia.tools.mcp.connection import connect
from tertulia.tools.mcp.opening import links_within
from tertulia.tools.mcp.questions import RunningCall
from tertulia.tools.mcp.reach import Networks, Reach
from tertulia.tools.mcp.redaction import Redaction
from tertulia.tools.web.guard import WebGuard, WebRules
from tests.cli.server_process import serving
from tests.fakes.upstream import Upstream, answers
from tests.security.people import bearer, with_admin
from tests.server.conftest import OpenSite
from tests.tools.mcp.places import HttpPlace

TOKEN = "canary-bearer-9917"
HEADER = "canary-header-1180"
QUERY = "canary-query-6204"
NATIVE = ("toolgroups", "toolgroups/test", "tools", "config", "openapi.json")
OF_LLAMA_STACK = ("toolgroups", "tools", "tool-runtime/list-tools")


def server(uri: str | None = None, **more: Any) -> McpServer:
    return McpServer(**{"toolgroup_id": "x", "endpoint": McpEndpoint(uri=uri), **more})


# --- S6: where a server may be that somebody registers ---


@pytest.mark.parametrize(
    ("networks", "uri", "is_allowed"),
    [
        ("public", "http://127.0.0.1:9/mcp", False),
        ("public", "http://localhost:9/mcp", False),
        ("loopback", "http://127.0.0.1:9/mcp", True),
        ("loopback", "http://[::1]:9/mcp", True),
        ("loopback", "http://localhost:9/mcp", True),
        ("loopback", "http://100.64.0.7/mcp", False),
        ("loopback", "http://169.254.169.254/latest", False),
        ("loopback", "http://[::ffff:127.0.0.1]/mcp", False),
        ("loopback", "http://[::ffff:100.64.0.7]/mcp", False),
        ("loopback", "http://2130706433/mcp", False),
        ("loopback", "http://0x7f.1/mcp", False),
        ("loopback", "http://0.0.0.0:9/mcp", False),
        ("private", "http://100.64.0.7/mcp", True),
        ("private", "http://127.0.0.1:9/mcp", True),
        ("private", "http://[fd12:3456::7]/mcp", True),
        ("private", "http://169.254.169.254/latest", False),
        ("private", "http://[::ffff:169.254.169.254]/latest", False),
        ("private", "http://[64:ff9b::a9fe:a9fe]/latest", False),
        ("private", "http://[fd00:ec2::254]/latest", False),
        ("private", "http://100.100.100.200/latest", False),
        ("any", "http://169.254.169.254/latest", True),
        ("public", "http://93.184.216.34/mcp", True),
    ],
)
async def test_servers_are_where_the_operator_lets_them_be(networks: Networks, uri: str, is_allowed: bool) -> None:
    reach = Reach(networks=networks)
    if is_allowed:
        await reach.check(server(uri))
        return
    with pytest.raises(InvalidRequest) as refused:
        await reach.check(server(uri))
    assert refused.value.errors[0].pointer == "/mcp_endpoint/uri"
    assert "TERTULIA_MCP_NETWORKS" in refused.value.message


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "ftp://x/y", "http://", "http://user:secret@x.example/mcp"])
async def test_what_is_no_plain_url_is_refused(uri: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await Reach(networks="private").check(server(uri))
    assert "secret" not in refused.value.message


async def test_a_name_that_leads_here_a_moment_later_finds_the_door_shut() -> None:
    answers_of_dns = iter([["93.184.216.34"], ["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers_of_dns)

    async with Upstream(answers(200, {})) as upstream:
        guard = WebGuard(WebRules(ports=None), resolve)
        assert await guard.addresses("trap.example", 80) == ["93.184.216.34"]  # as when it was registered
        with pytest.raises(ConnectionFailed, match=r"trap\.example is not on the public internet"):
            await connect(server(f"http://trap.example:{upstream.port}/mcp"), guard)
        assert upstream.connections == 0


async def test_a_redirect_to_elsewhere_is_not_followed_and_takes_no_credentials_along() -> None:
    async with Upstream(answers(200, {})) as elsewhere:
        redirects = answers(307, b"", {"Location": f"http://localhost:{elsewhere.port}/mcp"})
        async with Upstream(redirects) as upstream:
            with pytest.raises(ConnectionFailed):
                await connect(server(f"{upstream.url}/mcp", authorization=TOKEN), None)
            assert len(upstream.requests) > 0
        assert elsewhere.connections == 0


async def test_over_http_no_program_is_run_unless_the_operator_lets_people() -> None:
    program = server(endpoint=McpEndpoint(command="touch", args=["/tmp/x"]))
    with pytest.raises(Forbidden, match="TERTULIA_MCP_PROGRAMS"):
        await Reach().check(program)
    await Reach(runs_programs=True).check(program)


async def test_a_program_that_was_registered_is_not_run_once_the_operator_forbids_that(tmp_path: Path) -> None:
    made = tmp_path / "made"
    program = server(endpoint=McpEndpoint(command="touch", args=[str(made)]))
    link = links_within(Reach(runs_programs=False))(program, False)
    with pytest.raises(ToolServerUnavailable, match="TERTULIA_MCP_PROGRAMS"):
        await link.listing()
    assert not made.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"headers": {"Host": "x"}}, "/headers"),
        ({"headers": {"Mcp-Session-Id": "x"}}, "/headers"),
        ({"headers": {"X Y": "x"}}, "/headers"),
        ({"headers": {"X-Y": f"{HEADER}\r\nX-Other: 1"}}, "/headers"),
        ({"authorization": f"{TOKEN}\n"}, "/authorization"),
        ({"env": {"A": "b"}}, "/mcp_endpoint/env"),
        ({"endpoint": McpEndpoint()}, "/mcp_endpoint"),
        ({"endpoint": McpEndpoint(uri="http://x.example", command="x")}, "/mcp_endpoint"),
        ({"endpoint": McpEndpoint(command="x"), "authorization": TOKEN}, "/headers"),
        ({"endpoint": McpEndpoint(command="x"), "env": {"A=B": "c"}}, "/mcp_endpoint/env"),
        ({"endpoint": McpEndpoint(command="x", args=["\0"])}, "/mcp_endpoint/args"),
    ],
)
async def test_what_would_not_reach_a_server_is_refused_by_field(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await Reach(networks="private", runs_programs=True).check(server("http://93.184.216.34/mcp", **changes))
    assert refused.value.errors[0].pointer == pointer
    assert "canary" not in refused.value.message


# --- S17: credentials ---


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """What a server said, in its log at debug and in every answer, that has an MCP server with credentials."""
    directory = tmp_path_factory.mktemp("mcp-canaries")
    place = HttpPlace(directory)
    try:
        with serving(directory / "data", TERTULIA_LOG_LEVEL="debug") as ours:
            answers = asyncio.run(ask(ours.url, place))
            yield ours.log, answers
    finally:
        place.kill()


async def ask(url: str, place: HttpPlace) -> list[str]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        body = {
            "toolgroup_id": "test",
            "mcp_endpoint": {"uri": f"{place.uri}?key={QUERY}"},
            "headers": {"X-Key": HEADER},
            "authorization": TOKEN,
        }
        registered = await client.post("/v1/toolgroups", json=body)
        assert registered.status_code == 201, registered.text
        who = await client.post("/v1/tools/test__whoami/call", json={})
        assert "authorization=Bearer …" in who.json()["content"]
        llama_stack = {"X-Dialect": "llama_stack"}
        words = f"denied: {TOKEN} {HEADER} {QUERY}"
        wrong = [{"headers": {"Host": HEADER}}, {"authorization": f"{TOKEN}\n"}, {"headers": {"A": f"{HEADER}\n"}}]
        said = [
            registered,
            who,
            *[await client.get(f"/v1/{path}") for path in NATIVE],
            *[await client.get(f"/v1/{path}", headers=llama_stack) for path in OF_LLAMA_STACK],
            await client.post("/v1/tools/test__fail/call", json={"arguments": {"words": words}}),
            await client.post("/v1/toolgroups/test/accept", json={}),
            *[await client.post("/v1/toolgroups", json={**body, **change}) for change in wrong],
        ]
        place.kill()
        said += [await client.post("/v1/tools/test__whoami/call", json={}), await client.get("/v1/toolgroups")]
        return [each.text for each in said]


@pytest.mark.slow
@pytest.mark.parametrize("secret", [TOKEN, HEADER, QUERY])
def test_credentials_are_in_no_answer_and_in_no_line_of_the_log(told: tuple[str, list[str]], secret: str) -> None:
    log, said = told
    assert not [text for text in said if secret in text]
    assert secret not in log
    assert '"event":"mcp.connected"' in log


@pytest.mark.slow
def test_when_its_server_is_gone_a_call_says_so(told: tuple[str, list[str]]) -> None:
    _, said = told
    assert json.loads(said[-2])["is_error"]
    assert [each["status"] for each in json.loads(said[-1])["toolgroups"]][-1] == "unreachable"


async def test_what_a_server_asks_and_says_on_the_way_has_none_of_its_credentials() -> None:
    said: list[str] = []

    async def output(text: str) -> None:
        said.append(text)

    context = ToolContext(owner="ana", session_id="s", turn_id="t", idempotency_key="k", output=output)
    call = RunningCall(context, Redaction([TOKEN]))
    await call.on_progress(1, None, f"signing in with {TOKEN}")
    schema = {"type": "object", "properties": {"token": {"type": "string", "default": TOKEN}}}
    call.answer(ElicitRequestFormParams(message=f"Is {TOKEN} right?", requested_schema=schema))
    question = call.asked.result()
    assert (said, question.message) == (["signing in with …\n"], "Is … right?")
    assert TOKEN not in repr(question)


def test_a_server_shows_no_secret_of_itself() -> None:
    shown = repr(server("http://x.example", headers={"A": HEADER}, authorization=TOKEN))
    assert "canary" not in shown


def test_a_server_that_asks_who_comes_lets_nobody_reach_its_own_machine() -> None:
    reached = {auth: Settings(auth=auth).reachable_networks for auth in ("none", "accounts", "proxy")}
    assert reached == {"none": "loopback", "accounts": "public", "proxy": "public"}
    assert Settings(auth="accounts", mcp_networks="loopback").reachable_networks == "loopback"


async def test_who_may_only_read_has_no_server_asked(open_: OpenSite) -> None:
    people = await with_admin(await open_(auth="accounts", mcp_networks="loopback"))
    asked = "/v1/tool-runtime/list-tools?mcp_endpoint[uri]=http://127.0.0.1:9/mcp"
    stack = {"x-dialect": "llama_stack"}
    roles: list[Role] = ["reader", "user"]
    reader, user = [bearer(await people.key(await people.add(role, role))) for role in roles]
    refused = await people.ask({**reader, **stack}, "GET", asked)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert (await people.ask({**reader, **stack}, "GET", "/v1/tool-runtime/list-tools")).status_code == 200
    assert (await people.ask({**user, **stack}, "GET", asked)).json()["error"]["code"] == "tool_server_unavailable"
