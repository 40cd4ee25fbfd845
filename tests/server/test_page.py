"""The web page: its files, each in the encoding that the browser takes, and the page itself everywhere else."""

import gzip
from pathlib import Path

import pytest

from tertulia.server.page import Page
from tests.server.site import Site, is_problem

SCRIPT = b"export const answer = 42;"
GZIPPED = gzip.compress(SCRIPT, mtime=0)


@pytest.fixture
def page(tmp_path: Path) -> Page:
    root = tmp_path / "page"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(b'<script nonce="__CSP_NONCE__">')
    (root / "icon.svg").write_bytes(b"<svg/>")
    (root / "assets/app-1a2b.js").write_bytes(SCRIPT)
    (root / "assets/app-1a2b.js.gz").write_bytes(GZIPPED)
    (root / "assets/app-1a2b.js.br").write_bytes(b"as brotli")
    (root / "__init__.py").write_bytes(b"")
    (tmp_path / "secret.js").write_bytes(b"secret")
    return Page(root)


def test_a_page_is_told_from_another_by_what_it_loads(page: Page, tmp_path: Path) -> None:
    before = page.build
    (tmp_path / "page/index.html").write_bytes(b'<script nonce="__CSP_NONCE__" src="/assets/app-3c4d.js">')
    assert len({before, Page(tmp_path / "page").build, Page(None).build}) == 3


@pytest.mark.parametrize(
    ("accepts", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"as brotli"),
        ("gzip", "gzip", GZIPPED),
        ("br;q=0, gzip;q=0.5", "gzip", GZIPPED),
        ("BR ; q=1", "br", b"as brotli"),
        ("br;q=0.0, gzip;q=0", None, SCRIPT),
        ("identity", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
def test_a_file_goes_out_as_the_browser_takes_it(page: Page, accepts: str, encoding: str | None, body: bytes) -> None:
    response = page.respond("/assets/app-1a2b.js", accepts)
    assert response.headers.get("content-encoding") == encoding
    assert response.content == body
    assert response.media_type in ("text/javascript", "application/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["vary"] == "Accept-Encoding"


def test_a_file_whose_name_can_stay_while_it_changes_is_asked_for_again(page: Page) -> None:
    response = page.respond("/icon.svg", "br")
    assert (response.media_type, response.headers["cache-control"]) == ("image/svg+xml", "no-cache")


@pytest.mark.parametrize("path", ["/", "/index.html", "/agents/1/session/2", "/assets", "/x" * 5000, "/" + "x" * 5000])
def test_every_other_path_is_the_page(page: Page, path: str) -> None:
    response = page.respond(path, "")
    assert response.media_type == "text/html"
    assert response.headers["cache-control"] == "no-cache"
    assert b"__CSP_NONCE__" not in response.content


def test_what_only_links_lead_to_is_for_no_search_engine(page: Page) -> None:
    assert page.respond("/share/secret", "").headers["x-robots-tag"] == "noindex, nofollow"
    assert "x-robots-tag" not in page.respond("/a/b", "").headers


def policy_of(page: Page, path: str) -> str:
    return page.respond(path, "").headers["content-security-policy"]


def test_a_talk_may_be_framed_by_those_who_are_named_and_by_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b'<head><script nonce="__CSP_NONCE__"></script></head>')
    page = Page(tmp_path, ["https://WWW.example", "https://b.example:8443"])
    framed = page.respond("/embed/agent", "")
    assert policy_of(page, "/embed/agent").endswith("frame-ancestors 'self' https://b.example:8443 https://www.example")
    assert "x-frame-options" not in framed.headers
    told = b'<meta name="tertulia-embedders" content="https://b.example:8443 https://www.example"></head>'
    assert told in framed.content
    for path in ("/", "/embed", "/a/embed/x", "/a/x", "/settings", "/share/embed", "//embed/x"):
        assert policy_of(page, path).endswith("frame-ancestors 'none'")
        assert b"embedders" not in page.respond(path, "").content


def a_painter(root: Path, embedders: list[str]) -> Page:
    (root / "assets").mkdir()
    (root / "assets/painter-1a2b.js").write_bytes(b"1")
    (root / "diagram.html").write_bytes(b'<script nonce="__CSP_NONCE__" src="/assets/painter-1a2b.js">')
    (root / "index.html").write_bytes(b"")
    return Page(root, embedders)


def test_where_diagrams_are_drawn_there_is_one_script_and_nothing_to_reach(tmp_path: Path) -> None:
    frame = a_painter(tmp_path, []).respond("/diagram.html", "br")
    policy, nonce = frame.headers["content-security-policy"], frame.content.split(b'"')[1].decode()
    assert policy == (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; sandbox allow-scripts; frame-ancestors 'self'"
    )
    assert len(nonce) >= 20
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    assert frame.headers["cache-control"] == "no-cache"


def test_a_frame_without_an_origin_gets_its_script_and_may_be_within_a_framed_talk(tmp_path: Path) -> None:
    page = a_painter(tmp_path, ["https://www.example"])
    assert policy_of(page, "/diagram.html").endswith("frame-ancestors 'self' https://www.example")
    assert "x-frame-options" not in page.respond("/diagram.html", "").headers
    script = page.respond("/assets/painter-1a2b.js", "").headers
    assert script["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in script["cache-control"]


def test_an_apps_manifest_is_called_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"")
    (tmp_path / "manifest.webmanifest").write_bytes(b"{}")
    answer = Page(tmp_path).respond("/manifest.webmanifest", "")
    assert (answer.media_type, answer.headers["cache-control"]) == ("application/manifest+json", "no-cache")


def test_where_nobody_is_named_only_our_own_pages_frame_a_talk(page: Page) -> None:
    assert policy_of(page, "/embed/agent").endswith("frame-ancestors 'self'")
    assert page.respond("/embed/agent", "").headers["x-frame-options"] == "SAMEORIGIN"


def test_the_elements_script_is_everybodys(tmp_path: Path) -> None:
    for name in ("index.html", "embed.js", "other.js"):
        (tmp_path / name).write_bytes(b"1")
    page = Page(tmp_path)
    headers = page.respond("/embed.js", "").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"] == "public, max-age=3600"
    assert "access-control-allow-origin" not in page.respond("/other.js", "").headers


def test_each_time_the_page_has_another_nonce(page: Page) -> None:
    pages = [page.respond("/", "") for _ in range(2)]
    nonces = [each.content.split(b'"')[1].decode() for each in pages]
    assert nonces[0] != nonces[1]
    assert len(nonces[0]) >= 20
    for each, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in each.headers["content-security-policy"]


async def test_an_installation_without_the_page_says_how_to_get_it() -> None:
    response = Page(None).respond("/", "")
    assert response.media_type == "text/html"
    assert "make serve" in response.content


async def test_a_file_that_is_not_there_is_a_problem(site: Site) -> None:
    is_problem(await site.get("/assets/none.js"), 404, "not_found")
    is_problem(await site.get("/v1"), 404, "not_found")
    is_problem(await site.get("/v1/nothing"), 404, "not_found")


async def test_the_page_takes_its_path_from_the_path_alone(site: Site) -> None:
    assert (await site.get("/?path=/v1/nothing")).headers["content-type"].startswith("text/html")
