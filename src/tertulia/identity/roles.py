"""Which role an identity has here: by what a claim says, the highest of those that it is worth.

The way to the claim is one name or several with dots between them (`realm_access.roles`); a name may itself have dots
(`https://chat.example/roles`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from tertulia.domain.base import Value
from tertulia.domain.errors import Forbidden
from tertulia.domain.identities import readable
from tertulia.domain.users import Role
from tertulia.identity.base import Claims

RANKS: tuple[Role, ...] = ("admin", "user", "reader")
NAMES = ("name", "preferred_username", "email", "sub")
"""Where the name of somebody is looked for, in this order."""


class RoleRules(Value):
    """What each value is worth, and what whoever has none of them is; with None they may not come in."""

    roles: Mapping[str, Role]
    default: Role | None = "user"

    def role_of(self, values: Iterable[str]) -> Role:
        """Return the highest role that one of the values is worth. Raises Forbidden."""
        given = {self.roles[value] for value in values if value in self.roles}
        for role in RANKS:
            if role in given:
                return role
        if self.default is not None:
            return self.default
        raise Forbidden(
            "You are signed in there, but have no role here. Ask whoever runs this server to give one of your groups a "
            "role (TERTULIA_IDENTITY_ROLES)."
        )


def role_by_claim(claims: Claims, path: str | None, rules: RoleRules) -> Role | None:
    """Return the role that the claim at a path gives, None where no claim is looked at. Raises Forbidden."""
    return None if path is None else rules.role_of(_texts(_at(claims, path)))


def name_of(claims: Claims) -> str:
    """Return what to call somebody."""
    names = (readable(name) for key in NAMES if isinstance(name := claims.get(key), str))
    return next(filter(None, names), "unnamed")


def has_claim(claims: Claims, path: str) -> bool:
    """Tell whether there is something at a path."""
    return _at(claims, path) is not None


def _at(value: Any, path: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    inner = cast(Mapping[str, Any], value)
    if path in inner:
        return inner[path]
    dots = [place for place, letter in enumerate(path) if letter == "."]
    found = (_at(inner.get(path[:dot]), path[dot + 1 :]) for dot in dots)
    return next((each for each in found if each is not None), None)


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [each for each in cast(list[Any], value) if isinstance(each, str)]
        case _:
            return []
