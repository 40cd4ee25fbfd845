"""S6: `web_fetch` on real sockets: what it asks, where it does not go, and where it ends.

The servers are of this machine: the guard is told that one address (127.0.0.1) may be reached, and another (127.0.0.2)
stands for the network behind the server.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_network

import pytest
from aiohttp import web

from tertulia.runtime.web_pages import page_reader
from tertulia.settings.values import Settings
from tertulia.tools import Tool
from tertulia.tools.builtin.web_fetch import SHOWN_CHARS, web_fetch_tool
from tertulia.tools.web.fetch import WebLimits
from tertulia.tools.web.guard import WebGuard, WebRules
from tertulia.wiring import extractor_of
from tests.tools.asking import answer, ask, complaint

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
OPEN = WebRules(networks=(ip_network("127.0.0.1/32"),), ports=None)
READER = page_reader(extractor_of(Settings()))
LIMITS = WebLimits(seconds=5, max_bytes=200_000)


class Site:
    """A server at two addresses: one that may be reached, and one behind it."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[web.Request] = []
        self.url = ""
        self.inside = ""
        self.port = 0

    def page(self, path: str, text: str | None = "", **more: object) -> str:
        """Put up a page; return its URL."""

        async def give(_: web.Request) -> web.Response:
            return web.Response(**{"text": text, "content_type": "text/html", **more})  # pyright: ignore[reportArgumentType] - as the caller says

        self.pages[path] = give
        return self.url + path

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.page(path, status=status, headers={"Location": to})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.pages[request.path](request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    await web.TCPSite(runner, "127.0.0.2", site.port).start()
    site.url, site.inside = f"http://127.0.0.1:{site.port}", f"http://127.0.0.2:{site.port}"
    yield site
    await runner.cleanup()


def fetcher(rules: WebRules = OPEN, limits: WebLimits = LIMITS, **names: list[str]) -> Tool:
    """Make the tool; a name that is given here (`a_b` for a.b) has these addresses, one after the other."""
    left = {name: iter(addresses) for name, addresses in names.items()}

    async def resolve(host: str, _port: int) -> list[str]:
        return [next(left[host.replace(".", "_")])]

    return web_fetch_tool(WebGuard(rules, resolve), READER, limits)


PAGE = """<html><head><title>Head</title><style>p {}</style><script>alert("no")</script></head>
<body><nav>Menu</nav><h1>Ol&aacute;</h1><p>One <b>bold</b> word.</p><script>evil()</script><p>Two.</p></body></html>"""


async def test_it_gives_the_words_of_a_page_and_where_they_are_from(site: Site) -> None:
    url = site.page("/page", PAGE)
    result = await ask(fetcher(), url=f"{url}#part")
    assert result.content == f"{url}\n\n# Head\n\n# Olá\n\nOne **bold** word.\n\nTwo."
    assert result.metadata == {"url": url, "media_type": "text/html"}


async def test_nothing_of_the_server_or_of_earlier_pages_goes_along(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.inside)
    monkeypatch.setenv("ALL_PROXY", site.inside)
    site.page("/set", "set", headers={"Set-Cookie": "spy=1; Path=/"})
    site.redirect("/first", "/set")
    tool = fetcher()
    for path in ("/first", "/set", "/first"):
        await answer(tool, url=site.url + path)
    assert len(site.asked) == 5
    for request in site.asked:
        assert request.host == f"127.0.0.1:{site.port}", "a proxy was asked"
        assert not {"Cookie", "Authorization", "Referer", "Proxy-Authorization"} & set(request.headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_page_is_followed(site: Site, status: int) -> None:
    site.page("/there", "Found.")
    assert (await answer(fetcher(), url=site.redirect("/here", "there", status))) == f"{site.url}/there\n\nFound."


async def test_a_redirect_to_the_inside_is_not_followed(site: Site) -> None:
    site.page("/secret", "The secret.")
    port = site.port
    for target in (
        f"{site.inside}/secret",
        f"//127.0.0.2:{port}/secret",
        f"http://[::ffff:127.0.0.2]:{port}/secret",
        f"http://2130706434:{port}/secret",
        f"http://sly.example:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        f"http://ana:secret@127.0.0.1:{port}/secret",
        "http://[::1",
    ):
        result = await complaint(fetcher(sly_example=["127.0.0.2"]), url=site.redirect("/go", target))
        assert "secret" not in result.replace("ana:secret", "")
    assert [request.path for request in site.asked] == ["/go"] * 10


async def test_a_page_that_redirects_for_ever_is_given_up(site: Site) -> None:
    said = await complaint(fetcher(), url=site.redirect("/round", "/round"))
    assert said == "The page is behind more than 5 redirects."
    assert len(site.asked) == 6


async def test_a_name_that_points_inside_the_second_time_does_not_lead_there(site: Site) -> None:
    site.page("/page", "Public.")
    there = {"Location": f"http://rebound.example:{site.port}/page", "Connection": "close"}
    site.page("/back", status=302, headers=there)
    url = f"http://rebound.example:{site.port}/page"
    # Looked up once and then connected to, so that there is no second look-up to be lied to in.
    assert (await answer(fetcher(rebound_example=["127.0.0.1", "127.0.0.2"]), url=url)).endswith("Public.")
    # And where it is connected to again, after a redirect, it is judged again.
    tool = fetcher(rebound_example=["127.0.0.1", "127.0.0.2"])
    said = await complaint(tool, url=f"http://rebound.example:{site.port}/back")
    assert said == "rebound.example is not on the public internet, and the server goes nowhere else."
    assert [request.path for request in site.asked] == ["/page", "/back"]


async def test_by_default_it_goes_to_no_address_of_this_machine_and_to_no_other_port(site: Site) -> None:
    url = site.page("/page", PAGE)
    assert "ports 80, 443, 8080, 8443" in await complaint(fetcher(WebRules()), url=url)
    said = await complaint(fetcher(WebRules(ports=None)), url=url)
    assert said == "127.0.0.1 is not on the public internet, and the server goes nowhere else."
    said = await complaint(fetcher(WebRules(ports=None), localhost=["127.0.0.1"]), url=f"http://localhost:{site.port}/")
    assert said == "localhost is not on the public internet, and the server goes nowhere else."
    assert site.asked == []


# --- what comes back ---


@pytest.mark.parametrize("kind", ["application/octet-stream", "image/png", "application/pdf", "video/mp4"])
async def test_what_is_no_text_is_not_read(site: Site, kind: str) -> None:
    url = site.page("/file", content_type=kind)
    assert await complaint(fetcher(), url=url) == f"It is no page to be read but {kind}."


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (b'{"a": 1}', "application/json", '{"a": 1}'),
        ("olá".encode("latin-1"), "text/plain; charset=latin-1", "olá"),
        ("olá".encode(), "text/plain; charset=no-such-charset", "olá"),
        (b"\xff\xfe broken", "text/plain", "\ufffd\ufffd broken"),
    ],
)
async def test_text_is_given_as_it_is(site: Site, body: bytes, kind: str, text: str) -> None:
    url = site.page("/text", text=None, body=body, content_type=None, headers={"Content-Type": kind})
    assert await answer(fetcher(), url=url) == f"{url}\n\n{text}"


async def test_a_long_page_comes_in_parts(site: Site) -> None:
    url = site.page("/long", "a" * SHOWN_CHARS + "b" * 5, content_type="text/plain")
    first = await answer(fetcher(), url=url)
    assert first.endswith(f"aaa\n\n[5 more characters: call again with start={SHOWN_CHARS}]")
    assert await answer(fetcher(), url=url, start=SHOWN_CHARS) == f"{url}\n\nbbbbb"
    assert await answer(fetcher(), url=url, start=10**9) == f"{url}\n\n[The text ends at {SHOWN_CHARS + 5}.]"


async def test_a_page_that_answers_with_a_failure_is_one(site: Site) -> None:
    assert await complaint(fetcher(), url=site.page("/gone", status=404)) == "The server answered 404 Not Found."


async def test_a_page_without_end_is_cut_off(site: Site) -> None:
    cut = asyncio.Event()

    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65536)
        finally:
            cut.set()

    site.pages["/endless"] = pour
    said = await answer(fetcher(), url=f"{site.url}/endless", start=199_990)
    assert said.endswith("\n\nxxxxxxxxxx\n\n[The page is longer than what is read of it.]")
    async with asyncio.timeout(60):
        await cut.wait()


async def test_a_bomb_is_cut_off_where_any_page_is(site: Site) -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    url = site.page("/bomb", text=None, body=bomb, content_type="text/plain", headers={"Content-Encoding": "gzip"})
    assert (await answer(fetcher(), url=url, start=199_999)).endswith(
        "\n\nx\n\n[The page is longer than what is read of it.]"
    )


async def test_a_page_that_does_not_come_is_given_up(site: Site) -> None:
    async def wait(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    site.pages["/silent"] = wait
    tool = fetcher(limits=WebLimits(seconds=0.2))
    assert await complaint(tool, url=f"{site.url}/silent") == "The page did not come within 0.2 s."


async def test_a_page_that_drips_is_given_up(site: Site) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.01)

    site.pages["/drip"] = drip
    assert "did not come within 0.2 s" in await complaint(
        fetcher(limits=WebLimits(seconds=0.2)), url=f"{site.url}/drip"
    )


async def test_a_server_that_is_not_there_is_named() -> None:
    said = await complaint(fetcher(gone_example=["127.0.0.1"]), url="http://gone.example:1/")
    assert said == "gone.example could not be reached."
