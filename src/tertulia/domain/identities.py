"""Who somebody is to others: an identity that a provider, a token or a proxy vouches for, before it has an account.

`issuer` and `subject` together never change and never go to another person; `name` is for people to read and may.
"""

import unicodedata

from tertulia.domain.base import Value
from tertulia.domain.users import Role

LONGEST_NAME = 100
LONGEST_SUBJECT = 255


class Identity(Value):
    """One person or program, as its issuer knows it. `role` is None where the issuer says nothing of roles.

    `until` is for how long that is said, in seconds since 1970; None where nothing is said of that.
    """

    issuer: str
    subject: str
    name: str
    role: Role | None
    until: float | None = None


def readable(name: str) -> str:
    """Return a name on one line, without what draws nothing or turns the text around, and not too long."""
    line = " ".join("".join(each for each in name if each.isspace() or unicodedata.category(each)[0] != "C").split())
    return line[:LONGEST_NAME].strip()
