"""Where the server may go when others choose the address: pages that a model asks for, servers that people register.

A URL is looked at before anything is asked (scheme, credentials, port, address); a name is resolved once, and only if
all its addresses are allowed is one of them connected to, the address and not the name. A socket is made for allowed
addresses only, so that a second answer of the name server, a redirect or a mistake above finds the door shut.
"""

import asyncio
import errno
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tertulia.domain.base import Value
from tertulia.tools.web.addresses import Address, Network, is_public, meant, read_address

WEB_PORTS = frozenset({80, 443, 8080, 8443})
LONGEST_URL = 4096

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a name, of either family."""


class WebRefused(OSError):
    """The server does not go there. The message is for whoever chose the address.

    It is an OSError because that is what those who open connections let through.
    """

    def __init__(self, message: str) -> None:
        super().__init__(errno.EACCES, message)

    def __str__(self) -> str:
        return str(self.strerror)


class WebRules(Value):
    """Where the server may go: to public addresses, and to `networks` but not `never`, at `ports`, None being all."""

    networks: tuple[Network, ...] = ()
    never: tuple[Network, ...] = ()
    ports: frozenset[int] | None = WEB_PORTS

    def allow(self, address: Address) -> bool:
        """Tell whether an address may be connected to."""
        said = {address, meant(address)}
        if any(one in network for network in self.never for one in said):
            return False
        return is_public(address) or any(one in network for network in self.networks for one in said)


async def resolve(host: str, port: int) -> list[str]:
    """Ask the machine's resolver. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class WebGuard:
    """Keeps rules for every URL, every name and every socket. `resolve` is handed in by tests."""

    def __init__(self, rules: WebRules, resolve: Resolve = resolve) -> None:
        self._rules = rules
        self._resolve = resolve

    def check(self, url: str) -> URL:
        """Return the URL as it will be asked for, its fragment left out. Raises WebRefused.

        Hosts that are addresses are judged here; for names that is done once they are resolved.
        """
        parsed = _parsed(url)
        host, port = parsed.raw_host, parsed.port
        if parsed.scheme not in ("http", "https") or not host:
            raise WebRefused("Only URLs that begin with http:// or https:// and name a host can be asked for.")
        if parsed.raw_user is not None or parsed.raw_password is not None:
            raise WebRefused("A URL with a user name or password in it is not asked for.")
        if self._rules.ports is not None and port not in self._rules.ports:
            ports = ", ".join(str(one) for one in sorted(self._rules.ports))
            raise WebRefused(f"Port {port} is not asked; only ports {ports} are.")
        self._check_host(host)
        return parsed.with_fragment(None)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses to connect to in the place of a host. Raises WebRefused, and OSError if it has none.

        One address that is not allowed refuses them all: a name that has both is made to get in.
        """
        self._check_host(host)
        found = [host] if read_address(host) else list(dict.fromkeys(await self._resolve(host, port)))
        if not found:
            raise OSError(f"{host} has no address.")
        for text in found:
            self._check_address(text, host)
        return found

    def connector(self) -> TCPConnector:
        """Make a connector that opens no other connections than allowed ones. Needs a running event loop."""
        return TCPConnector(resolver=_Resolver(self), use_dns_cache=False, socket_factory=self._socket)

    def _check_host(self, host: str) -> None:
        """Refuse an address that is not allowed, and what some resolvers would take for an address."""
        if read_address(host) is not None:
            self._check_address(host, host)
        elif not re.fullmatch(r"[A-Za-z0-9_.-]{1,253}", host) or _looks_like_a_number(host):
            raise WebRefused(f"{host[:100]!r} is no host name. Addresses are written like 192.0.2.1 or [2001:db8::1].")

    def _check_address(self, text: str, host: str) -> None:
        address = read_address(text)
        if address is None or not self._rules.allow(address):
            raise WebRefused(f"{host} is not on the public internet, and the server goes nowhere else.")

    def _socket(self, info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        """Make a socket for an address, which is the one that will be connected to."""
        family, kind, protocol, _, sockaddr = info
        self._check_address(str(sockaddr[0]), str(sockaddr[0]))
        return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """The guard's answers, as aiohttp asks for them."""

    def __init__(self, guard: WebGuard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [_resolved(host, address, port) for address in await self._guard.addresses(host, port)]

    async def close(self) -> None:
        """Nothing is held."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


def _parsed(url: str) -> URL:
    """Read a URL with the parser that the client uses, so that both mean the same host."""
    if len(url) > LONGEST_URL:
        raise WebRefused(f"The URL is longer than {LONGEST_URL} characters.")
    try:
        return URL(url.strip())
    except (ValueError, UnicodeError):
        raise WebRefused("This is not a URL that can be read. Write it like https://example.org/page.") from None


def _looks_like_a_number(host: str) -> bool:
    """Tell whether resolvers may read a host as an IPv4 address in decimal, octal or hex, whole or shortened.

    The WHATWG's URL standard draws the same line: a host whose last part is a number is an address or nothing.
    """
    last = host.rstrip(".").rpartition(".")[2]
    return re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last) is not None
