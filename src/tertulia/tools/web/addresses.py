"""Which addresses of the internet are anybody's: what is not public may be this machine, its network, or its cloud.

The lists are IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890), written out, since what `ipaddress` calls
global differs between versions of Python. An IPv6 address that stands for an IPv4 one is judged as that one.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network; most systems take 0.0.0.0 for themselves
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared behind carriers; a cloud's metadata is at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's own services for its machines
        "169.254.0.0/16",  # link-local; the metadata of most clouds is at 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; another metadata address is 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4, given up
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measuring
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
PUBLIC_6 = IPv6Network("2000::/3")
"""All global unicast addresses that there are; loopback, private, link-local and multicast ones lie outside."""
NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
METADATA: tuple[Network, ...] = (
    IPv4Network("169.254.0.0/16"),  # link-local: 169.254.169.254 is that of most clouds, 169.254.170.2 of containers
    IPv4Network("100.100.100.200/32"),  # Alibaba Cloud
    IPv4Network("168.63.129.16/32"),  # Azure
    IPv4Network("192.0.0.192/32"),  # Oracle Cloud
    IPv6Network("fe80::/10"),  # link-local
    IPv6Network("fd00:ec2::/32"),  # Amazon
    IPv6Network("fd20:ce::254/128"),  # Google
)
"""Where clouds tell a machine its credentials, who asks being the machine: no network that people mean is there."""
NAT64 = IPv6Network("64:ff9b::/96")


def read_address(text: str) -> Address | None:
    """Return the address that a host is, None when it is a name; a zone (`%eth0`) is left out."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def meant(address: Address) -> Address:
    """Return the address that is reached by it: the IPv4 one in a mapped, translated (NAT64) or 6to4 one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Tell whether an address is anybody's."""
    match meant(address):
        case IPv4Address() as four:
            return not any(four in network for network in NOT_PUBLIC_4)
        case six:
            return six in PUBLIC_6 and not any(six in network for network in NOT_PUBLIC_6)
