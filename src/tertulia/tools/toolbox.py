"""Every tool of this server, by toolgroup and by name."""

from collections.abc import Iterable, Sequence

from tertulia.domain.tools import ToolInfo
from tertulia.tools.base import Tool


class Toolbox:
    """What agents of this server can be given."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._tools = list(tools)

    def of(self, toolgroups: Sequence[str]) -> dict[str, Tool]:
        """Return the tools of some groups by name; a group that is not there has none."""
        return {tool.definition.name: tool for tool in self._tools if tool.toolgroup in toolgroups}

    def list_tools(self) -> list[ToolInfo]:
        """Return all tools."""
        return [
            ToolInfo(
                name=tool.definition.name,
                description=tool.definition.description,
                toolgroup=tool.toolgroup,
                input_schema=tool.definition.input_schema,
            )
            for tool in self._tools
        ]
