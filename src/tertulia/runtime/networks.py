"""Whom an address belongs to, as far as can be told: so that who has very many of them is counted once."""

from ipaddress import IPv6Network, ip_address

PREFIX = 64
"""Bits of an IPv6 address that say the network, in which a machine gives itself as many as it likes (RFC 8981)."""


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, the network of an IPv6 one, and what is no address unchanged."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, PREFIX), strict=False))
