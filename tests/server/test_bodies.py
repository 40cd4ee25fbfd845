"""Bodies: what is not JSON, not allowed, too much or too deep is refused by name, and nothing is stored."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tertulia.models.scripted import Reply
from tests.server.conftest import Log, OpenSite
from tests.server.site import JSON, Site, is_problem, said

TEXT = {"role": "user", "content": "Hello"}


async def post_turn(site: Site, body: Any) -> Any:
    return await site.post(f"{await site.new_session()}/turn", body)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"messages": []}, "/messages"),
        ({"messages": [TEXT] * 101}, "/messages"),
        ({"messages": "Hello"}, "/messages"),
        ({"messages": [{"content": "Hello"}]}, "/messages/0"),
        ({"messages": [TEXT, {"role": "user"}]}, "/messages/1"),
        ({"messages": [{"role": "assistant", "content": "I say"}]}, "/messages/0/role"),
        ({"messages": [{"role": "user", "content": 5}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": ""}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": " \n"}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": []}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": " "}]}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "/messages/0/content/0/type"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "image": {}}]}]}, "/messages/0/content/0/image"),
        ({"messages": [{"role": "system", "content": "Be brief."}]}, "/messages"),
        ({"messages": [{**TEXT, "file": {"name": "a.txt", "type": "text/plain"}}]}, "/messages/0/file/content"),
        (
            {"messages": [{**TEXT, "file": {"name": "a.txt", "type": "text/plain", "content": "§"}}]},
            "/messages/0/file/content",
        ),
        (
            {"messages": [{**TEXT, "file": {"name": "", "type": "text/plain", "content": ""}}]},
            "/messages/0/file/name",
        ),
        ({"messages": [TEXT], "stream": "yes"}, "/stream"),
        ({"messages": [TEXT], "on_busy": "queue"}, "/on_busy"),
    ],
)
async def test_a_message_that_is_not_valid_is_named_and_not_stored(
    site: Site, body: dict[str, Any], pointer: str
) -> None:
    session = await site.new_session()
    is_problem(await site.post(f"{session}/turn", body), 400, "invalid_request", pointer)
    assert (await site.get(f"{session}/turns")).json()["turns"] == []


@pytest.mark.parametrize(("role", "remedy"), [("assistant", "is in the session"), ("tool", "/resume")])
async def test_where_else_it_belongs_is_said_of_a_message_that_begins_no_turn(
    site: Site, role: str, remedy: str
) -> None:
    message = {"role": role, "content": "42", "call_id": "call_1", "tool_name": "sum"}
    problem = (await post_turn(site, {"messages": [message]})).json()
    assert problem["errors"][0]["pointer"] == "/messages/0/role"
    assert remedy in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (said("Hello", owner="eve"), ["/owner"]),
        ({"messages": [{**TEXT, "name": "Ana", "id": 3}]}, ["/messages/0/name", "/messages/0/id"]),
        (
            {"messages": [{**TEXT, "file": {"name": "a", "type": "b", "content": "", "path": "/"}}]},
            ["/messages/0/file/path"],
        ),
        (
            {"messages": [TEXT, {"role": "user", "content": [{"type": "text", "text": "x", "lang": "en"}]}]},
            ["/messages/1/content/0/lang"],
        ),
        (said("Hello", tool_config={"tool_choice": "auto", "a/b~c": 1}), ["/tool_config/a~1b~0c"]),
    ],
)
async def test_every_field_that_the_server_does_not_know_is_named(
    site: Site, body: dict[str, Any], pointers: list[str]
) -> None:
    is_problem(await post_turn(site, body), 400, "unknown_field", *pointers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'"text"',
        b"[]",
        b'{"messages": [{"role": "user", "content": "\xff"}]}',
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"messages": [{"role": "user", "content": "x"}]} trailing',
        b"\xef\xbb\xbf{}",
        b'{"messages": NaN}',
        b"\x00",
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(site: Site, body: bytes) -> None:
    problem = (await post_turn(site, body)).json()
    assert (problem["status"], problem["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("depth", [101, 900, 10_000, 100_000])
async def test_a_body_that_is_nested_too_deeply_is_refused(site: Site, depth: int) -> None:
    body = b'{"metadata": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    is_problem(await site.post(f"{site.agent}/session", body), 400, "invalid_request")
    assert (await site.get(f"{site.agent}/sessions")).json()["sessions"] == []


async def test_what_nests_as_deep_as_is_allowed_can_be_read_back(site: Site) -> None:
    body = b'{"metadata": {"a": ' + b"[" * 98 + b"]" * 98 + b"}}"
    created = await site.post(f"{site.agent}/session", body)
    assert created.status_code == 201
    assert (await site.get(created.headers["location"])).json()["metadata"] == created.json()["metadata"]


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ""],
)
async def test_a_body_of_another_type_is_refused(site: Site, media_type: str) -> None:
    body = b'{"session_name": "x"}'
    is_problem(await site.post(f"{site.agent}/session", body, content_type=media_type), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
async def test_json_by_any_of_its_names_is_read(site: Site, media_type: str) -> None:
    session = await site.new_session()
    patched = await site.patch(session, b'{"session_name": "Mine"}', content_type=media_type)
    assert patched.json()["session_name"] == "Mine"


# --- limits ---


async def test_a_body_of_a_declared_length_above_the_limit_is_refused_unread(open_: OpenSite) -> None:
    site = await open_(max_body_bytes=1000)
    is_problem(await post_turn(site, said("x" * 1000)), 413, "too_large")
    assert (await post_turn(site, said("x" * 900))).status_code == 200


async def test_a_body_that_grows_above_the_limit_is_refused(open_: OpenSite) -> None:
    site = await open_(max_body_bytes=1000)
    session = await site.new_session()
    sent = 0

    async def endless() -> AsyncGenerator[bytes, None]:
        nonlocal sent
        while True:
            sent += 1
            yield b'{"messages":' if sent == 1 else b" " * 100

    answer = await site.client.post(f"{session}/turn", content=endless(), headers=JSON)
    is_problem(answer, 413, "too_large")
    assert sent <= 12


async def test_a_message_and_its_files_have_limits_of_their_own(open_: OpenSite) -> None:
    site = await open_(max_message_chars=100, max_files=2, max_file_bytes=30)
    file = {"name": "a.txt", "type": "text/plain", "content": "YWJj"}
    session = await site.new_session()

    async def send(*messages: dict[str, Any]) -> Any:
        return await site.post(f"{session}/turn", {"messages": messages})

    is_problem(await send({"role": "user", "content": "x" * 101}), 413, "too_large", "/messages/0/content")
    is_problem(await send(*[{**TEXT, "file": file}] * 3), 413, "too_large")
    big = {**file, "content": "YWJj" * 11}
    is_problem(await send(TEXT, {**TEXT, "file": big}), 413, "too_large", "/messages/1/file/content")
    assert (await send(*[{**TEXT, "file": file}] * 2)).status_code == 200
    assert (await send({"role": "user", "content": "x" * 100})).status_code == 200


async def test_the_limits_are_what_the_config_says(open_: OpenSite) -> None:
    site = await open_(Reply("Hi."), max_body_bytes=4000, max_files=3, max_file_bytes=50, max_message_chars=70)
    limits = (await site.get("/v1/config")).json()["limits"]
    assert {name: limits[name] for name in ("max_body_bytes", "max_files", "max_file_bytes", "max_message_chars")} == {
        "max_body_bytes": 4000,
        "max_files": 3,
        "max_file_bytes": 50,
        "max_message_chars": 70,
    }


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_crash(site: Site, log: Log) -> None:
    messages = [
        {"type": "http.request", "body": b'{"mess', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(_: Any) -> None: ...

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": f"{site.agent}/session",
        "raw_path": f"{site.agent}/session".encode(),
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 5),
        "root_path": "",
    }
    await site.app(scope, receive, send)
    assert [line for line in log if line["log_level"] in ("warning", "error")] == []
    assert (await site.get(f"{site.agent}/sessions")).json()["sessions"] == []
