"""Lists of parameters, by which tools were described before JSON Schema was, as JSON Schemas that say the same."""

from typing import Any, cast

JSON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "tuple": "array",
    "dict": "object",
}
"""Who writes such a list takes a type from a Python function, and not always by its name in JSON Schema."""

KNOWN = frozenset({*JSON_TYPES.values(), "null"})
"""All others are nothing that a model server understands: nothing is said of the type then."""


def schema_of(parameters: list[Any]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these parameters; what is no parameter is left out."""
    known = [cast(dict[str, Any], each) for each in parameters if isinstance(each, dict)]
    schema = {"type": "object", "properties": {each.get("name", ""): _property(each) for each in known}}
    required = [each.get("name", "") for each in known if each.get("required", True)]
    return {**schema, "required": required} if required else schema


def _property(parameter: dict[str, Any]) -> dict[str, Any]:
    kind = str(parameter.get("parameter_type") or "string")
    said = {
        name: value
        for name, value in parameter.items()
        if name not in {"name", "parameter_type", "required"} and value is not None
    }
    kind = JSON_TYPES.get(kind, kind)
    return {"type": kind, **said} if kind in KNOWN else said
