"""Lists of parameters as the JSON Schemas that say the same."""

import pytest

from tertulia.domain.tool_parameters import schema_of


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ({"parameter_type": "int"}, {"type": "integer"}),
        ({"parameter_type": "number"}, {"type": "number"}),
        ({}, {"type": "string"}),
        ({"parameter_type": "typing.Any"}, {}),
        ({"parameter_type": ["int"]}, {}),
        ({"description": "Where.", "default": None}, {"type": "string", "description": "Where."}),
        ({"parameter_type": "list", "items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_a_parameter_becomes_a_property(parameter: dict[str, object], said: dict[str, object]) -> None:
    assert schema_of([{"name": "p", **parameter}]) == {"type": "object", "properties": {"p": said}, "required": ["p"]}


def test_who_is_not_required_is_not_and_what_is_no_parameter_is_left_out() -> None:
    assert schema_of([{"name": "p", "required": False}, "q"]) == {
        "type": "object",
        "properties": {"p": {"type": "string"}},
    }
