"""S20: no text of a client or a model begins a line of its own in a stream, a header or the log."""

import io
import json

import pytest

from tertulia.models.scripted import Call, Reply
from tertulia.server.logs import LogFormat, configure_logs
from tests.server.conftest import OpenSite
from tests.server.live import serve_live
from tests.server.site import Site, frames_of, is_problem

NASTY = 'x\r\n\r\nid: 9.9.9\ndata: {"event":{}}\n\nevent: evil\r\x00\x1b[31m\u2028\u2029\x85</script>'


async def test_in_a_stream_every_event_stays_one(open_: OpenSite) -> None:
    site = await open_(Reply(NASTY, Call("none\n\n", {NASTY: NASTY})), Reply(NASTY))
    session = await site.new_session(metadata={NASTY.replace("\x00", ""): NASTY.replace("\x00", "")})
    streamed = await site.say(session, NASTY.replace("\x00", ""), stream=True)
    frames = frames_of(streamed.content)
    for frame in frames:
        assert list(frame.fields) == ["id", "data"]
    turn = frames[-1].payload["turn"]
    assert turn["output_message"]["content"] == NASTY
    assert turn["steps"][0]["model_response"]["tool_calls"][0]["tool_name"] == "none\n\n"


@pytest.mark.parametrize("text", ["%0d%0aSet-Cookie:%20a=b", "%0a", "%00", "a%0d%0a%0d%0a<html>", "%E2%80%A8", "%FF"])
async def test_in_an_id_they_are_no_id(site: Site, text: str) -> None:
    session = await site.new_session()
    for method, path in (
        ("GET", f"/v1/agents/{text}"),
        ("POST", f"/v1/agents/{text}/session"),
        ("GET", f"{site.agent}/session/{text}"),
        ("GET", f"{session}/turn/{text}/events"),
    ):
        answer = await site.ask(method, path, {} if method == "POST" else None)
        assert answer.status_code == 404, path
        assert "set-cookie" not in answer.headers
        is_problem(answer, 404, answer.json()["code"])
    is_problem(await site.get(f"{session}/turns?before={text}"), 404, "turn_not_found")


@pytest.mark.parametrize("value", ["1.1.1%0d%0adata: x", "1.1.1%0a", "%00"])
async def test_in_the_place_of_a_stream_they_are_no_place(site: Site, value: str) -> None:
    session = await site.new_session()
    turn = (await site.say(session)).headers["location"]
    is_problem(await site.get(f"{turn}/events?after={value}"), 400, "invalid_cursor", "after")


async def test_a_header_that_breaks_its_line_never_gets_to_us() -> None:
    async with serve_live() as live, await live.connect() as connection:
        connection.writer.write(b"GET /v1/agents HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\x00b\r\n\r\n")
        status, headers = await connection.head()
    assert status in (200, 400)
    assert "\x00" not in headers.get("x-request-id", "")


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_in_the_log_every_request_stays_one_line(
    open_: OpenSite, log_stream: io.StringIO, log_format: LogFormat
) -> None:
    site = await open_()
    configure_logs("debug", log_format, stream=log_stream)
    await site.get("/v1/agents/x%0a2025-01-01%20[error]%20forged%1b[31m%0d")
    lines = log_stream.getvalue().split("\n")
    assert len(lines) == 2
    assert "\x1b" not in lines[0]
    assert "\r" not in lines[0]
    if log_format == "json":
        assert json.loads(lines[0])["path"].startswith("/v1/agents/x\n")
