"""Files over HTTP: uploaded in a form, listed, read whole and in ranges, deleted; and what messages do with them."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import InvalidRequest
from tertulia.domain.tools import ToolPolicy
from tertulia.models.scripted import Call, Reply
from tertulia.server.downloads import disposition, span_of
from tertulia.server.slow_bodies import patiently
from tertulia.tools.base import ToolContext, ToolFile, ToolResult
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem

TEXT = "Olá, mundo\n".encode()
LARGE = b"line of a long text\n" * 5_000
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def upload(
    site: Site, data: bytes = TEXT, *, name: str = "notes.txt", kind: str = "text/plain", **fields: str
) -> httpx.Response:
    return await site.client.post("/v1/files", files={"file": (name, data, kind)}, data=fields)


async def uploaded(site: Site, data: bytes = TEXT, **said: Any) -> dict[str, Any]:
    answer = await upload(site, data, **said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def inline(data: bytes, name: str = "notes.txt", kind: str = "text/plain") -> dict[str, Any]:
    return {"name": name, "type": kind, "content": base64.b64encode(data).decode()}


def asks(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Look", **more}]}


async def content_of(site: Site, url: str, **headers: str) -> httpx.Response:
    return await site.get(url, **headers)


# --- upload, get, list, delete ---


async def test_an_uploaded_file_can_be_read_again(site: Site) -> None:
    answer = await upload(site)
    info = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/files/{info['file_id']}"
    assert info == {
        "file_id": info["file_id"],
        "name": "notes.txt",
        "type": "text/plain",
        "size": len(TEXT),
        "sha256": hashlib.sha256(TEXT).hexdigest(),
        "created_at": info["created_at"],
        "url": f"/v1/files/{info['file_id']}/content",
    }
    assert (await site.get(answer.headers["location"])).json() == info
    assert (await content_of(site, info["url"])).content == TEXT


async def test_the_form_may_give_a_file_another_name_before_or_behind_it(site: Site) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nHello\r\n'
    field = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nbetter.txt\r\n'
    for body in (part + field, field + part):
        answer = await site.client.post(
            "/v1/files",
            content=body + b"--x--\r\n",
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
        assert (answer.status_code, answer.json()["name"]) == (201, "better.txt")


async def test_what_a_file_is_is_seen_from_its_bytes(site: Site) -> None:
    assert (await uploaded(site, PNG, name="evil.html", kind="text/html"))["type"] == "image/png"
    assert (await uploaded(site, b"<!doctype html><script>", name="a.png", kind="image/png"))["type"] == "text/html"


async def test_files_are_listed_newest_first_a_page_at_a_time(site: Site) -> None:
    made = [(await uploaded(site, name=f"{number}.txt"))["name"] for number in range(3)]
    first = (await site.get("/v1/files?limit=2")).json()
    rest = (await site.get(f"/v1/files?limit=2&cursor={first['next_cursor']}")).json()
    assert [file["name"] for file in first["files"] + rest["files"]] == made[::-1]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    oldest = (await site.get("/v1/files?order=asc&limit=1")).json()
    assert [file["name"] for file in oldest["files"]] == made[:1]


async def test_a_deleted_file_is_gone(site: Site) -> None:
    info = await uploaded(site)
    path = f"/v1/files/{info['file_id']}"
    assert (await site.delete(path)).status_code == 204
    is_problem(await site.get(path), 404, "file_not_found")
    is_problem(await site.get(info["url"]), 404, "file_not_found")
    is_problem(await site.delete(path), 404, "file_not_found")


@pytest.mark.parametrize("size", [99, 100])
async def test_a_file_as_large_as_the_limit_is_taken(open_: OpenSite, size: int) -> None:
    site = await open_(max_file_bytes=100)
    assert (await uploaded(site, b"x" * size))["size"] == size


@pytest.mark.parametrize("size", [101, 80_000, 1_000_000])
async def test_a_larger_one_is_refused_and_nothing_of_it_is_kept(open_: OpenSite, size: int) -> None:
    site = await open_(max_file_bytes=100)
    is_problem(await upload(site, b"x" * size), 413, "too_large", path="/v1/files")
    assert (await site.get("/v1/files")).json()["files"] == []


@pytest.mark.parametrize(
    ("kind", "body", "status", "code", "pointers"),
    [
        ("application/json", b"{}", 415, "unsupported_media_type", []),
        ("multipart/form-data", b"--x--\r\n", 415, "unsupported_media_type", []),
        ("multipart/form-data; boundary=x", b"nonsense", 400, "invalid_request", []),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 400, "invalid_request", ["/file"]),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut o',
            400,
            "invalid_request",
            [],
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n' * 2 + b"--x--\r\n",
            400,
            "invalid_request",
            ["/file"],
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"n" * 2_000 + b"\r\n--x--\r\n",
            400,
            "invalid_request",
            ["/name"],
        ),
    ],
)
async def test_what_is_no_form_with_one_file_is_refused(
    site: Site, kind: str, body: bytes, status: int, code: str, pointers: list[str]
) -> None:
    answer = await site.client.post("/v1/files", content=body, headers={"content-type": kind})
    is_problem(answer, status, code, *pointers, path="/v1/files")
    assert (await site.get("/v1/files")).json()["files"] == []


# --- content ---


async def test_content_is_an_attachment_that_runs_nothing(site: Site) -> None:
    info = await uploaded(site, b"<!doctype html><script>alert(1)</script>", name='p"ä.html', kind="text/html")
    answer = await content_of(site, info["url"])
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_name_is_said_in_ascii_and_in_full() -> None:
    assert disposition('a "b"\\ü.txt') == (
        "attachment; filename=\"a _b___.txt\"; filename*=UTF-8''a%20%22b%22%5C%C3%BC.txt"
    )


@pytest.mark.parametrize(
    ("said", "begin", "end"),
    [("bytes=0-4", 0, 5), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=90000-2000000", 90_000, None)],
)
async def test_a_range_is_sent_alone(site: Site, said: str, begin: int, end: int | None) -> None:
    info = await uploaded(site, LARGE)
    answer = await content_of(site, info["url"], range=said)
    part = LARGE[begin:end]
    start = begin % len(LARGE)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(LARGE)}"
    assert answer.headers["content-length"] == str(len(part))


@pytest.mark.parametrize("said", ["bytes=9-5", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=x-"])
async def test_with_a_range_that_is_none_all_is_sent(site: Site, said: str) -> None:
    info = await uploaded(site)
    answer = await content_of(site, info["url"], range=said)
    assert (answer.status_code, answer.content) == (200, TEXT)


@pytest.mark.parametrize("said", ["bytes=12-", "bytes=500-600", "bytes=-0"])
async def test_a_range_behind_the_end_is_refused(site: Site, said: str) -> None:
    info = await uploaded(site)
    answer = await content_of(site, info["url"], range=said)
    is_problem(answer, 416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(TEXT)}"


@pytest.mark.parametrize("size", [0, 1, 10])
def test_no_range_leads_out_of_the_file(size: int) -> None:
    for begin in ["", *map(str, range(12))]:
        for end in ["", *map(str, range(12))]:
            span = span_of(f"bytes={begin}-{end}", size)
            assert span is None or 0 <= span.begin <= span.end <= size


async def test_what_is_known_already_is_not_sent_again(site: Site) -> None:
    info = await uploaded(site)
    tag = (await content_of(site, info["url"])).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        answer = await content_of(site, info["url"], if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert (await content_of(site, info["url"], if_none_match='"other"')).status_code == 200


async def test_a_range_of_what_has_changed_is_all_of_it(site: Site) -> None:
    info = await uploaded(site)
    assert (await content_of(site, info["url"], range="bytes=0-1", if_range='"other"')).status_code == 200
    same = await content_of(site, info["url"], range="bytes=0-1", if_range=f'"{info["sha256"]}"')
    assert same.status_code == 206


async def test_head_says_what_get_would(site: Site) -> None:
    info = await uploaded(site, LARGE)
    head, whole = await site.ask("HEAD", info["url"]), await content_of(site, info["url"])
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "accept-ranges", "content-disposition"):
        assert head.headers[name] == whole.headers[name]


async def test_an_empty_file_is_a_file(site: Site) -> None:
    info = await uploaded(site, b"")
    answer = await content_of(site, info["url"])
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


# --- messages ---


async def test_a_small_file_of_a_message_keeps_its_content_and_becomes_a_file(site: Site) -> None:
    session = await site.new_session()
    turn = (await site.post(f"{session}/turn", asks(file=inline(TEXT)))).json()
    file = turn["input_messages"][0]["file"]
    assert file == {
        **inline(TEXT),
        "size": len(TEXT),
        "file_id": file["file_id"],
        "url": f"/v1/files/{file['file_id']}/content",
    }
    assert (await content_of(site, file["url"])).content == TEXT
    assert (await site.get("/v1/files")).json()["files"] == []


async def test_a_large_one_has_its_content_where_one_turn_is_read_only(site: Site) -> None:
    session = await site.new_session()
    answered = (await site.post(f"{session}/turn", asks(file=inline(LARGE)))).json()
    one = (await site.get(f"{session}/turn/{answered['turn_id']}")).json()
    for turn in (answered, one):
        assert base64.b64decode(turn["input_messages"][0]["file"]["content"]) == LARGE
    listed = (await site.get(f"{session}/turns")).json()["turns"][0]
    within = (await site.get(session)).json()["turns"][0]
    streamed = frames_of((await site.get(f"{session}/turn/{answered['turn_id']}/events")).content)[0].payload
    for turn in (listed, within, streamed):
        file = turn["input_messages"][0]["file"]
        assert (file["content"], file["size"]) == (None, len(LARGE))
        assert (await content_of(site, file["url"])).content == LARGE


async def test_a_message_may_name_files_that_were_uploaded(site: Site) -> None:
    one, other = await uploaded(site, LARGE, name="one.txt"), await uploaded(site, PNG, name="two.png")
    session = await site.new_session()
    files = [{"file_id": one["file_id"]}, {"file_id": other["file_id"], "name": "mine.gif", "type": "image/gif"}]
    turn = (await site.post(f"{session}/turn", asks(files=files, documents=[files[0]]))).json()
    message = turn["input_messages"][0]
    assert [(file["name"], file["type"], file["size"]) for file in message["files"]] == [
        ("one.txt", "text/plain", len(LARGE)),
        ("two.png", "image/png", len(PNG)),
    ]
    assert message["documents"][0]["file_id"] == one["file_id"]
    assert base64.b64decode(message["files"][1]["content"]) == PNG


async def test_a_turn_with_a_file_that_is_not_there_is_not_taken_on(site: Site) -> None:
    session = await site.new_session()
    answer = await site.post(f"{session}/turn", asks(files=[inline(TEXT), {"file_id": "nobodys"}]))
    is_problem(answer, 404, "file_not_found", "/messages/0/files/1/file_id")
    assert (await site.get(f"{session}/turns")).json()["turns"] == []


async def test_an_image_among_the_content_becomes_a_file_too(site: Site) -> None:
    session = await site.new_session()
    noise = PNG + bytes(40_000)  # a longer one
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image", "image": {"data": base64.b64encode(noise).decode(), "media_type": "image/jpeg"}},
    ]
    turn = (await site.post(f"{session}/turn", asks(content=content))).json()
    read = (await site.get(f"{session}/turn/{turn['turn_id']}")).json()["input_messages"][0]["content"][1]["image"]
    assert (base64.b64decode(read["data"]), read["media_type"]) == (noise, "image/png")
    listed = (await site.get(f"{session}/turns")).json()["turns"][0]["input_messages"][0]["content"][1]["image"]
    assert (listed["data"], listed["file_id"]) == (None, read["file_id"])
    assert (await content_of(site, listed["url"]["uri"])).content == noise
    named = [{"type": "text", "text": "And again?"}, {"type": "image", "image": {"file_id": read["file_id"]}}]
    again = (await site.post(f"{session}/turn", asks(content=named))).json()
    assert base64.b64decode(again["input_messages"][0]["content"][1]["image"]["data"]) == noise


async def test_the_same_request_with_a_file_makes_one_turn(site: Site) -> None:
    session = await site.new_session()
    first, second = [
        (await site.post(f"{session}/turn", asks(file=inline(LARGE)), idempotency_key="k")).json() for _ in range(2)
    ]
    assert first == second
    other = await site.post(f"{session}/turn", asks(file=inline(TEXT)), idempotency_key="k")
    is_problem(other, 409, "idempotency_mismatch")


async def test_a_file_that_a_turn_uses_is_deleted_with_its_session(site: Site) -> None:
    info = await uploaded(site, LARGE)
    session = await site.new_session()
    await site.post(f"{session}/turn", asks(file={"file_id": info["file_id"]}))
    assert (await site.delete(f"/v1/files/{info['file_id']}")).status_code == 204
    assert (await site.get("/v1/files")).json()["files"] == []
    assert (await content_of(site, info["url"])).content == LARGE
    await site.delete(f"{session}?for_good=true")
    assert await site.services.cleaning.clear() == 1
    is_problem(await content_of(site, info["url"]), 404, "file_not_found")


async def test_too_many_files_are_refused_wherever_they_are(open_: OpenSite) -> None:
    site = await open_(max_files=2)
    session = await site.new_session()
    is_problem(await site.post(f"{session}/turn", asks(file=inline(TEXT), files=[inline(TEXT)] * 2)), 413, "too_large")
    assert (await site.post(f"{session}/turn", asks(file=inline(TEXT), files=[inline(TEXT)]))).status_code == 200


@pytest.mark.parametrize("field", ["file", "files/0", "documents/0"])
async def test_a_file_that_is_too_large_is_named(open_: OpenSite, field: str) -> None:
    site = await open_(max_file_bytes=100)
    session = await site.new_session()
    name = field.partition("/")[0]
    sent = inline(b"x" * 101)
    answer = await site.post(f"{session}/turn", asks(**{name: sent if name == "file" else [sent]}))
    is_problem(answer, 413, "too_large", f"/messages/0/{field}/content")


async def test_nothing_is_kept_for_a_session_that_is_not_there(site: Site) -> None:
    answer = await site.post(f"{site.agent}/session/none/turn", asks(file=inline(TEXT)))
    is_problem(answer, 404, "session_not_found")


# --- tools ---


class Painter:
    """A tool that makes files."""

    definition = ToolDef(name="paint", description="Paint.", input_schema={"type": "object"})
    toolgroup = "test::paint"
    policy = ToolPolicy()

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        files = [
            ToolFile(name="../cat.png", type="text/plain", data=PNG),
            ToolFile(name="long.txt", type="text/plain", data=LARGE),
        ]
        return ToolResult(content="Painted.", files=files)


async def test_what_a_tool_makes_is_put_out_by_its_turn(open_: OpenSite) -> None:
    site = await open_(Reply(Call("paint")), Reply("Here."), tools=[Painter()])
    agent = await site.new_agent(toolgroups=["test::paint"])
    session = await site.new_session(agent)
    turn = await site.turn(session, "Paint")
    step = next(step for step in turn["steps"] if step["step_type"] == "tool_call")
    assert [(file["name"], file["type"]) for file in turn["output_attachments"]] == [
        ("cat.png", "image/png"),
        ("long.txt", "text/plain"),
    ]
    assert [base64.b64decode(file["content"]) for file in turn["output_attachments"]] == [PNG, LARGE]
    assert [file["content"] is None for file in step["tool_response"]["files"]] == [False, True]
    listed = (await site.get(f"{session}/turns")).json()["turns"][0]["output_attachments"]
    assert [file["content"] is None for file in listed] == [False, True]
    assert (await content_of(site, listed[1]["url"])).content == LARGE
    await site.delete(f"{session}?for_good=true")
    assert await site.services.cleaning.clear() == 2


async def test_what_a_tool_makes_too_large_is_left_out(open_: OpenSite) -> None:
    site = await open_(Reply(Call("paint")), Reply("Here."), tools=[Painter()], max_file_bytes=5_000)
    agent = await site.new_agent(toolgroups=["test::paint"])
    turn = await site.turn(await site.new_session(agent), "Paint")
    assert turn["status"] == "completed"
    assert [file["name"] for file in turn["output_attachments"]] == ["cat.png"]
    step = next(step for step in turn["steps"] if step["step_type"] == "tool_call")
    assert step["tool_response"]["content"] == "Painted.\n[1 of its 2 files could not be kept]"


class Printer(Painter):
    """A tool that makes many small files."""

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        files = [ToolFile(name=f"{n}.txt", type="text/plain", data=bytes([65 + n]) * 15_000) for n in range(5)]
        return ToolResult(content="Printed.", files=files)


async def test_what_a_tool_makes_fills_no_list_with_its_content(open_: OpenSite) -> None:
    site = await open_(Reply(Call("paint")), Reply("Here."), tools=[Printer()])
    session = await site.new_session(await site.new_agent(toolgroups=["test::paint"]))
    turn = await site.turn(session, "Print")
    listed = (await site.get(f"{session}/turns")).json()["turns"][0]["output_attachments"]
    assert [file["content"] is None for file in listed] == [False, False, True, True, True]
    assert [len(base64.b64decode(file["content"])) for file in turn["output_attachments"]] == [15_000] * 5


# --- who does not come to an end ---


async def test_a_form_of_which_nothing_more_comes_is_given_up() -> None:
    async def stalls() -> AsyncIterator[bytes]:
        yield b"some"
        await asyncio.Event().wait()

    chunks = patiently(stalls(), 0.01)
    assert await anext(chunks) == b"some"
    with pytest.raises(InvalidRequest, match="Nothing more"):
        await anext(chunks)
