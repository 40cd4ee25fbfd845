"""What an MCP server says may hold the credentials that it was given; nobody gets to read them from it."""

from typing import Any, cast

HIDDEN = "…"


class Redaction:
    """Takes some secrets out of whatever is said."""

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets

    def text(self, text: str) -> str:
        """Return a text without them."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def json(self, value: Any) -> Any:
        """Return plain JSON without them."""
        if not self._secrets:
            return value
        match value:
            case str():
                return self.text(value)
            case dict():
                members = cast(dict[str, Any], value)
                return {self.text(name): self.json(member) for name, member in members.items()}
            case list():
                return [self.json(member) for member in cast(list[Any], value)]
            case _:
                return value
