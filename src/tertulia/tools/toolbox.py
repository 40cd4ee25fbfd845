"""Every tool of this server, by toolgroup and by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tertulia.domain.agents import ToolDef, Toolgroup, name_of
from tertulia.domain.errors import ToolNotFound
from tertulia.domain.tools import ToolInfo, ToolPolicy
from tertulia.tools.base import Tool, ToolContext, ToolResult


class Toolbox:
    """What agents of this server can be given."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._tools = list(tools)

    def of(self, toolgroups: Sequence[Toolgroup]) -> dict[str, Tool]:
        """Return the tools of some groups by name, `group/tool` being one of them; a group that is not there has none.

        What has arguments of its own is called with those, whatever the model chose for them; each tool of a group
        has those that it takes.
        """
        found: dict[str, Tool] = {}
        for toolgroup in toolgroups:
            args = {} if isinstance(toolgroup, str) else toolgroup.args
            for tool in self._tools:
                if is_in(tool, name_of(toolgroup)):
                    found[tool.definition.name] = with_settled(tool, args)
        return found

    def get(self, tool_name: str) -> Tool:
        """Return a tool by its name. Raises ToolNotFound."""
        for tool in self._tools:
            if tool.definition.name == tool_name:
                return tool
        raise ToolNotFound(f"There is no tool {tool_name!r}. GET /v1/tools lists what is there.")

    @property
    def toolgroups(self) -> list[str]:
        """The names of all groups."""
        return list(dict.fromkeys(tool.toolgroup for tool in self._tools))

    @property
    def names(self) -> list[str]:
        """The names of all tools."""
        return [tool.definition.name for tool in self._tools]

    def list_tools(self) -> list[ToolInfo]:
        """Return all tools."""
        return [tool_info(tool) for tool in self._tools]


def tool_info(tool: Tool) -> ToolInfo:
    """Return a tool as lists show it."""
    return ToolInfo(
        name=tool.definition.name,
        description=tool.definition.description,
        toolgroup=tool.toolgroup,
        input_schema=tool.definition.input_schema,
        policy=tool.policy,
    )


def taken(tool: Tool, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return those of some arguments that a tool takes: all, unless its schema refuses others than it names."""
    schema = tool.definition.input_schema
    if schema.get("additionalProperties", True) is not False:
        return arguments
    return {name: value for name, value in arguments.items() if name in schema.get("properties", {})}


def with_settled(tool: Tool, arguments: Mapping[str, Any]) -> Tool:
    """Return a tool that is called with those of some arguments that it takes, whatever else is chosen for them."""
    given = taken(tool, arguments)
    return _Given(tool, given) if given else tool


def is_in(tool: Tool, name: str) -> bool:
    """Tell whether a tool is meant by a group's name, or by `group/tool`."""
    return name in (tool.toolgroup, f"{tool.toolgroup}/{tool.definition.name}")


def settled_arguments(tool: Tool) -> Mapping[str, Any]:
    """Return the arguments that an agent has settled: each call has these, whatever else was chosen for them."""
    return tool.arguments if isinstance(tool, _Given) else {}


def lent(tool: Tool) -> Tool:
    """Return a tool of an agent that is another's: it is called as that one has settled, and nobody is told how."""
    return _Lent(tool) if settled_arguments(tool) else tool


class _Lent:
    """A tool as it is: what else is known of it is not shown."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool

    @property
    def definition(self) -> ToolDef:
        return self._tool.definition

    @property
    def toolgroup(self) -> str:
        return self._tool.toolgroup

    @property
    def policy(self) -> ToolPolicy:
        return self._tool.policy

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return await self._tool.call(arguments, context)


class _Given(_Lent):
    """A tool with arguments that the agent has settled."""

    def __init__(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        super().__init__(tool)
        self.arguments = arguments

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return await self._tool.call({**arguments, **self.arguments}, context)
