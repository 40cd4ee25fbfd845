"""The tools that agents can be given by their toolgroup."""

from tertulia.domain.base import Value


class ToolInfo(Value):
    """A tool as lists show it."""

    name: str
    description: str
    toolgroup: str
    input_schema: dict[str, object]


class ToolList(Value):
    """All tools of this server."""

    tools: list[ToolInfo]
