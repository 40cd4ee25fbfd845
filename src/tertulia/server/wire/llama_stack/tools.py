"""Tools, as Llama Stack's clients describe them to a model: by a list of parameters (0.2) or by a JSON Schema (0.3)."""

from collections.abc import Iterator
from typing import Any, cast

from tertulia.domain.agents import ToolDef
from tertulia.domain.tool_parameters import schema_of
from tertulia.server.wire.llama_stack.base import Json, Wire


def tool_of(written: Any) -> Any:
    """Turn a tool with `parameters` into one with an `input_schema`; anything else is left for the domain to judge."""
    if not isinstance(written, dict):
        return written
    tool = {name: value for name, value in cast(Json, written).items() if value is not None}
    parameters = tool.pop("parameters", None)
    if "input_schema" not in tool and isinstance(parameters, list):
        tool["input_schema"] = schema_of(cast(list[Any], parameters))
    return tool


def written_tool(tool: ToolDef, wire: Wire) -> Json:
    """Return a tool as the clients of a prefix know it."""
    if wire.is_alpha:
        return {
            "toolgroup_id": None,
            "name": tool.name,
            "description": tool.description,
            "input_schema": tool.input_schema,
            "output_schema": None,
            "metadata": None,
        }
    parameters = list(parameters_of(tool.input_schema))
    return {"name": tool.name, "description": tool.description, "parameters": parameters, "metadata": None}


def parameters_of(schema: Json) -> Iterator[Json]:
    """Yield the parameters that a JSON Schema of an object describes."""
    required: list[str] = schema.get("required", [])
    properties: dict[str, Json] = schema.get("properties", {})
    for name, each in properties.items():
        rest = {key: value for key, value in each.items() if key != "type"}
        yield {
            "name": name,
            "parameter_type": each.get("type", "object"),
            "description": "",
            "required": name in required,
            "default": None,
            **rest,
        }
