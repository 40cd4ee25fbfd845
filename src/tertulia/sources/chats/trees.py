"""Messages that know what they follow: the branch that leads to one of them. Damage is no reason to run for ever."""

from collections.abc import Mapping

OTHERS = "messages of other branches are left out"


def branch_to(last: str | None, parents: Mapping[str, str | None]) -> dict[str, None]:
    """Return the ids from the first message to the last, as far as they are there."""
    found: dict[str, None] = {}
    while last is not None and last in parents and last not in found:
        found[last] = None
        last = parents[last]
    return dict.fromkeys(reversed(found))


def last_leaf(parents: Mapping[str, str | None]) -> str | None:
    """Return the last message that nothing follows: where nobody has said which branch is shown."""
    followed = {parent for parent in parents.values() if parent is not None}
    leaves = [name for name in parents if name not in followed]
    return leaves[-1] if leaves else None
