"""S7: what every answer says to the browser: nothing runs that we did not send, nothing is framed, nothing is kept."""

import re

import pytest

from tests.server.conftest import OpenSite
from tests.server.live import serve_live
from tests.server.site import Site

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
DATA = ["/v1/agents", "/v1/agents/none", "/v1/openapi.json", "/v1/nothing", "/none.js", "/v1/agents?limit=x"]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (each.split() for each in policy.split(";"))}


@pytest.mark.parametrize("path", ["/", "/agents/1", *DATA])
async def test_every_answer_has_them(site: Site, path: str) -> None:
    answer = await site.get(path)
    assert EVERYWHERE.items() <= dict(answer.headers).items()
    assert "server" not in answer.headers
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert directives(answer.headers["content-security-policy"])["frame-ancestors"] == ["'none'"]


async def test_a_refusal_and_a_stream_have_them_too(site: Site) -> None:
    session = await site.new_session()
    for answer in (
        await site.get("/", host="evil.example"),
        await site.ask("PUT", "/v1/agents"),
        await site.say(session, stream=True),
        await site.ask("OPTIONS", "/v1/agents"),
    ):
        assert EVERYWHERE.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("path", DATA)
async def test_data_is_no_page_and_is_not_kept(site: Site, path: str) -> None:
    answer = await site.get(path)
    assert directives(answer.headers["content-security-policy"])["default-src"] == ["'none'"]
    assert answer.headers["cache-control"] == "no-store"
    assert re.match(r"application/(problem\+)?json", answer.headers["content-type"])


async def test_the_page_runs_only_what_it_brought_along(site: Site) -> None:
    policy = directives((await site.get("/")).headers["content-security-policy"])
    said = " ".join(value for values in policy.values() for value in values)
    for word in ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:", "strict-dynamic"):
        assert word not in said
    assert policy["default-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == policy["frame-src"] == policy["manifest-src"] == ["'self'"]
    assert not [value for value in policy["script-src"] if value != "'self'" and not value.startswith("'nonce-")]
    assert set(policy["img-src"]) == {"'self'", "blob:", "data:"}
    assert set(policy["media-src"]) == {"'self'", "blob:"}


async def test_what_may_be_framed_by_others_says_so_in_one_voice(open_: OpenSite) -> None:
    site = await open_(embed_origins=["https://www.example"])
    framed = (await site.get("/embed/agent")).headers
    policy = directives(framed["content-security-policy"])
    assert policy["frame-ancestors"] == ["'self'", "https://www.example"]
    assert "x-frame-options" not in framed
    assert {**EVERYWHERE, **framed} == {**framed, "x-frame-options": "DENY"}
    whole = directives((await site.get("/")).headers["content-security-policy"])
    assert {**policy, **whole}.keys() == policy.keys()
    for path in ("/", "/embed", "/a/agent", "/embed.js", "/v1/agents", "/v1/embed/agent", "/embed/x.html"):
        assert (await site.get(path)).headers["x-frame-options"] == "DENY", path


async def test_our_own_pages_may_frame_a_talk_where_nobody_is_named(site: Site) -> None:
    framed = (await site.get("/embed/agent")).headers
    assert framed["x-frame-options"] == "SAMEORIGIN"
    assert directives(framed["content-security-policy"])["frame-ancestors"] == ["'self'"]


async def test_the_server_does_not_say_what_it_is_made_of() -> None:
    async with serve_live() as live, await live.connect() as connection:
        await connection.send("GET", "/v1/health")
        _, headers = await connection.head()
    assert "server" not in headers
    assert not [value for value in headers.values() if re.search("uvicorn|litestar|python", value, re.IGNORECASE)]
