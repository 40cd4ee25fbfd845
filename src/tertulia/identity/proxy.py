"""A proxy that has asked for the login already, and says in a header who came: believed from its own addresses only.

What it does not say is not made up: without the header, or with two of them, nobody is there.
"""

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network

from tertulia.domain.base import Value
from tertulia.domain.errors import Unauthenticated
from tertulia.domain.identities import LONGEST_SUBJECT, Identity, readable
from tertulia.identity.roles import RoleRules

ISSUER = "proxy"

Headers = Iterable[tuple[bytes, bytes]]


class TrustedProxy(Value):
    """Where the proxy is and in which headers it says who comes; `role_header` may list groups with commas."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    rules: RoleRules
    user_header: str
    name_header: str | None = None
    role_header: str | None = None

    def identity_of(self, peer: str, headers: Headers) -> Identity:
        """Return who comes, in the proxy's words. Raises Unauthenticated, Forbidden."""
        if not self.believes(peer):
            raise Unauthenticated(
                f"This server hears the names of its visitors from its proxy, and {peer or 'this connection'} is not "
                "in TERTULIA_PROXY_NETWORKS. Come by the proxy's address."
            )
        headers = list(headers)
        subject = _one(headers, self.user_header)
        if not subject or len(subject) > LONGEST_SUBJECT:
            raise Unauthenticated(
                f"The proxy did not say, in one header {self.user_header}, who you are. It must set that header for "
                "whoever has signed in, and drop what a client sends under its name."
            )
        name = self.name_header and _one(headers, self.name_header)
        groups = _one(headers, self.role_header) if self.role_header else None
        return Identity(
            issuer=ISSUER,
            subject=subject,
            name=readable(name or subject) or "unnamed",
            role=None if self.role_header is None else self.rules.role_of(_listed(groups or "")),
        )

    def believes(self, peer: str) -> bool:
        """Tell whether a connection is the proxy's."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any(one in network for network in self.networks for one in (address, mapped) if one is not None)


def _one(headers: Headers, name: str) -> str | None:
    """Return the value of a header that is there once."""
    values = [value for key, value in headers if key.decode("latin-1").lower() == name.lower()]
    if len(values) != 1:
        return None
    try:
        return values[0].decode().strip()
    except UnicodeDecodeError:
        return values[0].decode("latin-1").strip()


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
