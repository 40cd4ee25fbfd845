"""S14: the page's files and nothing else, whatever path is asked for, sent byte for byte as it stands."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from litestar.exceptions import NotFoundException

from tertulia.server.page import Page
from tests.server.live import serve_live

SECRET = b"secret-canary"
PATHS = [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/%252e%252e%252fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/....//secret.txt",
    "//secret.txt",
    "/./../secret.txt",
    "/%00../secret.txt",
    "/secret.txt%00.js",
    "/~root/secret.txt",
    "/file:///etc/passwd",
]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    root = tmp_path / "page"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(b"the page")
    (root / "__init__.py").write_bytes(SECRET)
    (root / "assets/app.js").write_bytes(b"script")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    return Page(root)


@pytest.mark.parametrize("path", [*PATHS, "/__init__.py", "/assets/%2e%2e/__init__.py", "/assets"])
def test_no_path_leads_out_of_the_page(page: Page, path: str) -> None:
    for each in (path, unquote(path), unquote(unquote(path))):
        try:
            response = page.respond(each, "gzip, br")
        except NotFoundException:
            continue
        assert response.content == b"the page"


async def test_sent_as_it_stands_none_of_them_is_more_than_a_page_or_a_problem() -> None:
    async with serve_live() as live:
        for path in [
            *PATHS,
            "/tertulia_web/__init__.py",
            "/__init__.py",
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
        ]:
            async with await live.connect() as connection:
                await connection.send("GET", path)
                status, headers = await connection.head()
                body = await connection.reader.readexactly(int(headers["content-length"]))
            assert status in (200, 400, 404), path
            assert (status == 200) == headers["content-type"].startswith("text/html"), path
            assert (status == 200) == body.lstrip().lower().startswith(b"<!doctype html>"), path
            assert b"root:" not in body
