"""Roles and names by claims: wherever a provider has them, the highest counts, and nothing else makes one."""

from typing import Any

import pytest

from tertulia.domain.errors import Forbidden
from tertulia.identity.roles import RoleRules, has_claim, name_of, role_by_claim

RULES = RoleRules(roles={"admins": "admin", "staff": "user", "guests": "reader"}, default="reader")


@pytest.mark.parametrize(
    ("claims", "path", "role"),
    [
        ({"groups": ["staff"]}, "groups", "user"),
        ({"groups": "admins"}, "groups", "admin"),
        ({"groups": ["guests", "admins", "staff"]}, "groups", "admin"),
        ({"realm_access": {"roles": ["staff"]}}, "realm_access.roles", "user"),
        ({"resource_access": {"tertulia": {"roles": ["admins"]}}}, "resource_access.tertulia.roles", "admin"),
        ({"https://chat.example/roles": ["staff"]}, "https://chat.example/roles", "user"),
        ({"apps": {"chat.example": {"roles": ["staff"]}}}, "apps.chat.example.roles", "user"),
        ({"groups": ["others"]}, "groups", "reader"),
        ({"groups": [1, None, {"admins": 1}, ["admins"]]}, "groups", "reader"),
        ({"groups": {"admins": True}}, "groups", "reader"),
        ({"groups": "admins staff"}, "groups", "reader"),
        ({}, "groups", "reader"),
        ({"groups": ["admins"]}, "groups.0", "reader"),
    ],
)
def test_the_role_is_what_the_claim_is_worth(claims: dict[str, Any], path: str, role: str) -> None:
    assert role_by_claim(claims, path, RULES) == role


def test_where_no_claim_is_looked_at_nothing_is_said_of_roles() -> None:
    assert role_by_claim({"groups": ["admins"]}, None, RULES) is None


def test_whoever_has_no_role_may_be_kept_out() -> None:
    rules = RoleRules(roles=RULES.roles, default=None)
    with pytest.raises(Forbidden, match="TERTULIA_IDENTITY_ROLES"):
        role_by_claim({"groups": ["others"]}, "groups", rules)


def test_a_claim_that_is_there_is_seen() -> None:
    claims = {"realm_access": {"roles": []}}
    assert has_claim(claims, "realm_access.roles")
    assert not has_claim(claims, "realm_access.groups")


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"sub": "1", "email": "ada@example.org", "name": "Ada Lovelace"}, "Ada Lovelace"),
        ({"sub": "1", "email": "ada@example.org", "name": " "}, "ada@example.org"),
        ({"sub": "1", "name": 7}, "1"),
        ({"sub": "1", "name": "A\nd\u202ea\x00"}, "A da"),
        ({"sub": "\u200b"}, "unnamed"),
        ({"sub": "1", "name": "x" * 1000}, "x" * 100),
    ],
)
def test_people_are_called_by_what_can_be_read(claims: dict[str, Any], name: str) -> None:
    assert name_of(claims) == name
