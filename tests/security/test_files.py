"""S9, S14, S15: files come from strangers. Nothing is stored under a name of theirs, nothing of them runs on this
server's pages, none is what it only claims to be, and none is larger than is allowed, on its way or once decoded.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.blobs.folder import FolderBlobs
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.files import clean_name
from tertulia.runtime.clock import SystemClock, new_id
from tertulia.runtime.files import Files
from tertulia.store.memory.store import MemoryStore
from tests.server.conftest import OpenSite
from tests.server.live import LiveSite, serve_live
from tests.server.site import Site, is_problem

NAMES = {
    "../../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\x.dll": "x.dll",
    "/absolute.txt": "absolute.txt",
    "..": "unnamed",
    "": "unnamed",
    "nul\0byte.txt": "nul byte.txt",
    "photo\u202egnp.exe": "photo gnp.exe",
    "line\r\nSet-Cookie: a=b.txt": "line Set-Cookie: a=b.txt",
    "\u2067isolated\u2069.txt": "isolated .txt",
    "  spaces\u00a0 \u3000.txt ": "spaces .txt",
    "<img src=x onerror=alert(1)>.png": "<img src=x onerror=alert(1)>.png",
    "ação 🦊.txt": "ação 🦊.txt",
    "a" * 300 + ".pdf": "a" * 251 + ".pdf",
}
ACTIVE = {
    "page.html": b"<!doctype html><script>fetch('/v1/agents')</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page.txt": b"<html><body onload=alert(1)>",
    "not.png": b"<script>alert(1)</script>",
    "paper.pdf": b"%PDF-1.4\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj",
    "polyglot.gif": b"GIF89a/*<svg onload=alert(1)>*/=1",
}


async def upload(site: Site, data: bytes, name: str, kind: str = "text/html") -> dict[str, Any]:
    answer = await site.client.post("/v1/files", files={"file": (name, data, kind)})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("name", NAMES)
def test_of_a_name_nothing_stays_that_leads_elsewhere_or_turns_round(name: str) -> None:
    assert clean_name(name) == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_not_a_path_and_no_header_of_its_own(site: Site, name: str) -> None:
    message = {"role": "user", "content": "Look", "file": {"name": name[:255] or "x", "type": "", "content": "eA=="}}
    session = await site.new_session()
    turn = (await site.post(f"{session}/turn", {"messages": [message]})).json()
    file = turn["input_messages"][0]["file"]
    answer = await site.get(file["url"])
    assert answer.content == b"x"
    assert "set-cookie" not in answer.headers
    said = answer.headers["content-disposition"]
    assert said.startswith('attachment; filename="')
    assert said.isascii()
    assert said.isprintable()
    assert said.count('"') == 2


async def test_on_the_disk_there_are_hashes_and_nothing_else(tmp_path: Path) -> None:
    blobs, store = FolderBlobs(tmp_path), MemoryStore()
    await blobs.open()
    await store.open()
    before = names_in(tmp_path)
    files = Files(store, blobs, clock=SystemClock(), new_id=new_id)
    for name in NAMES:
        await files.upload("ana", lambda name=name: FileAttachment(name=name), pieces(name.encode()))
    made = names_in(tmp_path) - before
    assert {len(name) for name in made} == {2, 64}
    assert set("".join(made)) <= set("0123456789abcdef")


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


@pytest.mark.parametrize("name", ACTIVE)
async def test_what_could_run_scripts_is_never_shown_as_a_page(site: Site, name: str) -> None:
    for claimed in ("text/html", "image/png", "text/plain"):
        info = await upload(site, ACTIVE[name], name, claimed)
        for headers in ({}, {"range": "bytes=0-"}, {"if_none_match": f'"{info["sha256"]}"'}):
            answer = await site.get(info["url"], **headers)
            assert answer.status_code in {200, 206, 304}
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["x-content-type-options"] == "nosniff"
            policy = answer.headers["content-security-policy"].split("; ")
            assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} == set(policy)
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_claim_to_be_an_image_makes_no_image(site: Site) -> None:
    assert (await upload(site, ACTIVE["not.png"], "not.png", "image/png"))["type"] == "text/html"
    content = [{"type": "image", "image": {"data": base64.b64encode(b"MZ\x90\0").decode(), "media_type": "image/png"}}]
    session = await site.new_session()
    turn = (await site.post(f"{session}/turn", {"messages": [{"role": "user", "content": content}]})).json()
    assert not turn["input_messages"][0]["content"][0]["image"]["media_type"].startswith("image/")


async def test_nobody_is_fed_by_a_content_type_of_their_making(site: Site) -> None:
    info = await upload(site, b"Hello", "a.txt", "text/plain; charset=utf-8\tx")
    assert info["type"] in {"text/plain", "text/plain; charset=utf-8"}
    for claimed in ("text/html\r\nx: y", "*/*", "text/" + "x" * 2_000, "text/plain; charset=" + "y" * 99):
        file = {"name": "a", "type": claimed[:255], "content": "SGVsbG8="}
        session = await site.new_session()
        message = {"role": "user", "content": "Look", "file": file}
        kept = (await site.post(f"{session}/turn", {"messages": [message]})).json()["input_messages"][0]["file"]
        assert kept["type"].isprintable()
        assert (await site.get(kept["url"])).content == b"Hello"


async def test_base64_is_held_to_the_limit_before_and_once_it_is_decoded(open_: OpenSite) -> None:
    site = await open_(max_file_bytes=1_000)
    session = await site.new_session()
    for size, status in ((1_000, 200), (1_001, 413), (1_002, 413), (90_000, 413)):
        file = {"name": "a", "type": "text/plain", "content": base64.b64encode(b"x" * size).decode()}
        answer = await site.post(f"{session}/turn", {"messages": [{"role": "user", "content": "x", "file": file}]})
        assert answer.status_code == status, size


async def test_what_only_says_that_it_is_small_is_counted(open_: OpenSite) -> None:
    site = await open_(max_file_bytes=1_000)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 1_000

    answer = await site.client.post(
        "/v1/files", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    is_problem(answer, 413, "too_large")
    assert (await site.get("/v1/files")).json()["files"] == []


async def test_an_upload_whose_client_leaves_is_as_if_it_had_never_come() -> None:
    async with serve_live() as live:
        connection = await live.connect()
        head = (
            "POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: 5000000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        )
        connection.writer.write(head.encode() + b"x" * 1_000_000)
        await connection.writer.drain()
        await connection.close()
        await _has_gone(live)
        assert (await live.site.get("/v1/files")).json()["files"] == []
        assert await live.site.services.cleaning.clear() == 0


async def _has_gone(live: LiveSite) -> None:
    async with asyncio.timeout(60):
        while live.server.server_state.connections or live.server.server_state.tasks:  # noqa: ASYNC110 - rings no bell
            await asyncio.sleep(0.001)
