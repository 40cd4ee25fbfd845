"""What a person wrote, held against a JSON Schema that a tool or its server made.

The schema is not to be trusted: nothing is fetched for it, and its patterns are matched in linear time. One that is no
schema finds no fault, since the tool itself judges what it is given.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tertulia.domain.errors import FieldError
from tertulia.domain.written import token

MOST_FAULTS = 20


def find_faults(schema: dict[str, Any], value: dict[str, Any], *, pointer: str) -> list[FieldError]:
    """Return what is wrong with a value, field by field; `pointer` is where it stands in the body."""
    return list(islice(_faults(schema, value, pointer), MOST_FAULTS))


def _faults(schema: dict[str, Any], value: dict[str, Any], pointer: str) -> Iterator[FieldError]:
    import jsonschema_rs  # noqa: PLC0415 - heavy, and seldom needed

    try:
        validator = jsonschema_rs.validator_for(
            schema, validate_formats=True, offline=True, pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError:
        return
    for error in validator.iter_errors(value):
        path = [str(each) for each in error.instance_path]
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            yield FieldError(pointer=_joined(pointer, [*path, error.kind.property]), detail="this is missing")
        else:
            yield FieldError(pointer=_joined(pointer, path), detail=error.message)


def _joined(pointer: str, path: list[str]) -> str:
    return "/".join([pointer, *map(token, path)])
