"""What may be shown of a setting: of keys that they are set, and URLs without what lets one in."""

import re
from collections.abc import Sequence
from typing import cast


class Secret:
    """A text that no repr, log line or JSON shows; `reveal` is the one way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, to be handed to its one user."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def redact(text: str) -> str:
    """Return a text without the user names, passwords and queries of the URLs in it: where keys are hidden."""
    return re.sub(r"(://[^\s,?]*)\?[^\s,]*", r"\1?…", re.sub(r"://[^/\s]*@", "://", text))


def shown(value: object) -> str:
    """Return a value as text that may be shown to anyone."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case Secret():
            return "set, not shown"
        case list() | tuple():
            return ", ".join(shown(one) for one in cast("Sequence[object]", value)) or "none"
        case _:
            return redact(str(value))
