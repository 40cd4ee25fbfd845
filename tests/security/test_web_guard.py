"""S6: a URL that somebody else chose takes the server to the public internet, and nowhere else."""

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from aiohttp import ClientConnectorError, ClientSession, web

from tertulia.tools.web.guard import WebGuard, WebRefused, WebRules

PUBLIC = "93.184.215.14"
NOT_PUBLIC = {
    "loopback": "127.0.0.1",
    "loopback, further on": "127.255.0.9",
    "loopback in IPv6": "::1",
    "any": "0.0.0.0",
    "any in IPv6": "::",
    "private 10": "10.1.2.3",
    "private 172": "172.31.0.1",
    "private 192": "192.168.1.1",
    "private IPv6": "fd12:3456::1",
    "site-local IPv6": "fec0::1",
    "link-local": "169.254.1.1",
    "link-local IPv6": "fe80::1",
    "link-local IPv6 with a zone": "fe80::1%lo",
    "metadata": "169.254.169.254",
    "metadata in IPv6": "fd00:ec2::254",
    "metadata behind carriers' addresses": "100.100.100.200",
    "metadata among assignments": "192.0.0.192",
    "services of a cloud": "168.63.129.16",
    "multicast": "224.0.0.251",
    "multicast IPv6": "ff02::fb",
    "broadcast": "255.255.255.255",
    "documentation": "192.0.2.1",
    "mapped": "::ffff:127.0.0.1",
    "mapped, in hex": "::ffff:a9fe:a9fe",
    "IPv4-compatible": "::127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64 of one network": "64:ff9b:1::7f00:1",
    "6to4": "2002:7f00:1::",
    "Teredo": "2001:0:1234::1",
}
NO_ADDRESS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.0.0.1", "017700000001", "127.0.0.1.", "1.2.3"]


def guard(**names: str | list[str]) -> WebGuard:
    """A guard for which the names that are given (`a_b` for a.b) have these addresses."""

    async def resolve(host: str, _port: int) -> list[str]:
        answer = names[host.replace(".", "_")]
        return [answer] if isinstance(answer, str) else answer

    return WebGuard(WebRules(), resolve)


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(WebRefused):
        guard().check(f"http://{host}/")


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
async def test_a_name_of_such_an_address_is_refused(address: str) -> None:
    with pytest.raises(WebRefused, match="not on the public internet"):
        await guard(sly_example=[PUBLIC, address]).addresses("sly.example", 80)


@pytest.mark.parametrize("host", NO_ADDRESS)
def test_an_address_in_another_notation_is_no_host(host: str) -> None:
    with pytest.raises(WebRefused):
        guard().check(f"http://{host}/")


@pytest.mark.parametrize("host", ["１２７.0.0.1", "127。0。0。1"])
def test_an_address_in_other_characters_is_that_address(host: str) -> None:
    with pytest.raises(WebRefused, match=r"127\.0\.0\.1 is not on the public internet"):
        guard().check(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "data:text/html,hi",
        "//example.org/",
        "example.org",
        "http:///etc/passwd",
        "http://ana:secret@example.org/",
        "http://ana@example.org/",
        "http://localhost\\@example.org/",
        "http://exam ple.org/",
        "http://example.org\r\nX: y/",
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:22/",
        "http://example.org:6379/",
        "http://example.org/" + "a" * 5000,
        "",
    ],
)
def test_what_is_no_plain_address_of_a_page_is_refused(url: str) -> None:
    with pytest.raises(WebRefused):
        guard().check(url)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c"),
        (f"http://{PUBLIC}:8080/", f"http://{PUBLIC}:8080/"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
        ("http://[64:ff9b::5db8:d70e]/", "http://[64:ff9b::5db8:d70e]/"),
        ("HTTPS://bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_public_pages_can_be_asked_for(url: str, asked: str) -> None:
    assert str(guard().check(url)) == asked


async def test_a_name_is_resolved_once_and_its_addresses_are_what_is_connected_to() -> None:
    assert await guard(good_example=[PUBLIC, PUBLIC, "2606:4700::1111"]).addresses("good.example", 443) == [
        PUBLIC,
        "2606:4700::1111",
    ]


def test_networks_can_be_let_in_by_name_and_in_all_their_forms() -> None:
    guard = WebGuard(WebRules(networks=(ip_network("127.1.0.0/16"),), ports=None))
    assert str(guard.check("http://127.1.2.3:9000/")) == "http://127.1.2.3:9000/"
    assert guard.check("http://[::ffff:127.1.2.3]/").port == 80
    with pytest.raises(WebRefused):
        guard.check("http://127.2.0.1/")


# --- on real sockets ---


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server of this machine that nobody from outside should be taken to."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="the secret")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_a_connection_by_an_address_is_refused_at_the_socket(port: int) -> None:
    async with ClientSession(connector=guard().connector()) as session:
        with pytest.raises(ClientConnectorError, match="not on the public internet"):
            await session.get(f"http://127.0.0.1:{port}/")


async def test_a_connection_by_a_name_of_this_machine_is_refused(port: int) -> None:
    async with ClientSession(connector=guard(sly_example="127.0.0.1").connector()) as session:
        with pytest.raises(ClientConnectorError, match=r"sly\.example is not on the public internet"):
            await session.get(f"http://sly.example:{port}/")


async def test_a_name_that_points_elsewhere_the_second_time_is_asked_for_once(port: int) -> None:
    answers = iter(["127.0.0.1", "127.0.0.2"])

    async def resolve(_host: str, _port: int) -> list[str]:
        return [next(answers)]

    only_first = WebGuard(WebRules(networks=(ip_network("127.0.0.1/32"),), ports=None), resolve)
    async with ClientSession(connector=only_first.connector()) as session:
        response = await session.get(f"http://rebound.example:{port}/")
        assert await response.text() == "the secret"
    assert list(answers) == ["127.0.0.2"]


async def test_a_name_is_judged_at_each_connection_anew(port: int) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    async def resolve(_host: str, _port: int) -> list[str]:
        return next(answers)

    only_first = WebGuard(WebRules(networks=(ip_network("127.0.0.1/32"),), ports=None), resolve)
    async with ClientSession(connector=only_first.connector(), headers={"Connection": "close"}) as session:
        response = await session.get(f"http://rebound.example:{port}/")
        await response.read()
        with pytest.raises(ClientConnectorError, match="not on the public internet"):
            await session.get(f"http://rebound.example:{port}/")
