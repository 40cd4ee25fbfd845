"""A proxy's word: believed from its own addresses, in one header, and nothing is made up where it says nothing."""

from ipaddress import ip_network

import pytest

from tertulia.domain.errors import Forbidden, Unauthenticated
from tertulia.identity.proxy import TrustedProxy
from tertulia.identity.roles import RoleRules

RULES = RoleRules(roles={"admins": "admin", "staff": "user"}, default=None)
PROXY = TrustedProxy(
    networks=(ip_network("10.1.0.0/16"), ip_network("fd12::/32")), rules=RULES, user_header="X-Forwarded-User"
)
GROUPS = TrustedProxy(
    networks=PROXY.networks,
    rules=RULES,
    user_header="X-Forwarded-User",
    name_header="X-Forwarded-Preferred-Username",
    role_header="X-Forwarded-Groups",
)
ADA = (b"x-forwarded-user", b"ada")


@pytest.mark.parametrize("peer", ["10.1.2.3", "fd12::1", "::ffff:10.1.2.3"])
def test_who_the_proxy_names_is_there(peer: str) -> None:
    identity = PROXY.identity_of(peer, [ADA, (b"x-forwarded-groups", b"admins")])
    assert (identity.issuer, identity.subject, identity.name, identity.role) == ("proxy", "ada", "ada", None)


@pytest.mark.parametrize("peer", ["10.2.0.1", "127.0.0.1", "::1", "::ffff:10.2.0.1", "", "unix", "10.1.0.0/16"])
def test_from_elsewhere_the_same_header_says_nothing(peer: str) -> None:
    with pytest.raises(Unauthenticated, match="TERTULIA_PROXY_NETWORKS"):
        PROXY.identity_of(peer, [ADA])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"x-forwarded-user", b"")],
        [(b"x-forwarded-user", b"  ")],
        [ADA, (b"x-forwarded-user", b"eve")],
        [ADA, (b"X-Forwarded-User", b"ada")],
        [(b"x_forwarded_user", b"ada")],
        [(b"x-forwarded-user", b"x" * 256)],
    ],
)
def test_who_is_not_named_once_is_nobody(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Unauthenticated, match="in one header X-Forwarded-User"):
        PROXY.identity_of("10.1.0.1", headers)


def test_name_and_role_are_the_proxys_too_if_it_is_asked_for_them() -> None:
    headers = [ADA, (b"x-forwarded-groups", b"staff, admins"), (b"x-forwarded-preferred-username", "Ada Ä".encode())]
    identity = GROUPS.identity_of("10.1.0.1", headers)
    assert (identity.subject, identity.name, identity.role) == ("ada", "Ada Ä", "admin")


@pytest.mark.parametrize(
    "headers",
    [[], [(b"x-forwarded-groups", b"others")], [(b"x-forwarded-groups", b"staff"), (b"x-forwarded-groups", b"admins")]],
)
def test_who_has_no_group_with_a_role_may_not_come_in(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Forbidden):
        GROUPS.identity_of("10.1.0.1", [ADA, *headers])
