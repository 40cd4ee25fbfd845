"""What a function takes: as a JSON Schema for the model, and read from what the model wrote.

The signature is made into a msgspec Struct, which gives both: there is one reading of a type, and a call that fits the
schema is one that the function can be called with.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tertulia.tools.base import ToolContext

OWN = "Arguments"
PLAIN = (type(None), bool, int, float, str)
"""The types of defaults that a schema shows; others are the function's own affair."""


class BadArguments(Exception):
    """The arguments do not fit. The message is for the model, and names the one that does not."""


class Parameters:
    """The parameters of one function. Raises TypeError for a function that a model could not call.

    `described` says what each is, where its annotation does not.
    """

    def __init__(self, function: Callable[..., Any], described: Mapping[str, str]) -> None:
        signature = _signature_of(function)
        self.context_name = next((name for name, one in signature.items() if one.annotation is ToolContext), None)
        self._taken = {name: one for name, one in signature.items() if name != self.context_name}
        fields = [_field_of(one, described.get(name)) for name, one in self._taken.items()]
        self._values = msgspec.defstruct(OWN, fields, forbid_unknown_fields=True, kw_only=True)
        self.schema = _schema_of(self._values)
        self._never_null = {name for name, one in self._taken.items() if _has_default(one) and not _takes_null(one)}

    @property
    def are_described(self) -> bool:
        """Each parameter says what it is."""
        return all("description" in one for one in self.schema["properties"].values())

    def read(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as the function wants them; what was left out stays so. Raises BadArguments.

        A number or a truth value may come as a text, and null for what is left out, as some models write it.
        """
        arguments = {
            name: value for name, value in arguments.items() if value is not None or name not in self._never_null
        }
        try:
            values = msgspec.convert(arguments, self._values, strict=False)
        except msgspec.ValidationError as error:
            raise BadArguments(self._in_words(str(error))) from None
        return {name: getattr(values, name) for name in arguments}

    def _in_words(self, problem: str) -> str:
        detail, _, path = problem.partition(" - at `$.")
        if path:
            return f"The argument `{path.rstrip('`')}` does not fit: {detail[:1].lower()}{detail[1:]}."
        names = ", ".join(self._taken) or "no arguments"
        match re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", problem, re.DOTALL):
            case re.Match() as found if found[1] == "missing required":
                return f"The argument `{found[2]}` is missing. The tool takes: {names}."
            case re.Match() as found:
                return f"There is no argument `{found[2][:60]}`. The tool takes: {names}."
            case _:
                return f"The arguments do not fit: {problem}."


def _signature_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function, eval_str=True).parameters
    except (NameError, ValueError) as error:
        raise TypeError(f"its signature cannot be read: {error}") from error


def _field_of(parameter: inspect.Parameter, described: str | None) -> tuple[str, Any, Any]:
    """Return a parameter as a field for `msgspec.defstruct`."""
    name, annotation = parameter.name, parameter.annotation
    if parameter.kind not in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY):
        raise TypeError(
            f"`{name}` cannot be given by its name; a tool takes neither *args, **kwargs nor positional ones"
        )
    if annotation is inspect.Parameter.empty:
        raise TypeError(f"`{name}` has no type: write one, such as `{name}: str`")
    kind = Annotated[annotation, Meta(description=described)] if described else annotation
    try:
        msgspec.json.schema(kind)
    except TypeError:
        raise TypeError(f"`{name}` has a type that no JSON Schema is known for: {annotation!r}") from None
    if not _has_default(parameter):
        return name, kind, msgspec.field()
    if isinstance(parameter.default, PLAIN):
        return name, kind, msgspec.field(default=parameter.default)
    return name, kind, msgspec.field(default_factory=lambda: parameter.default)


def _has_default(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


def _takes_null(parameter: inspect.Parameter) -> bool:
    try:
        msgspec.convert(None, parameter.annotation)
    except msgspec.ValidationError:
        return False
    return True


def _schema_of(values: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these fields, whose other types are under `$defs`."""
    _, components = msgspec.json.schema_components([values], ref_template="#/$defs/{name}")
    schema = {key: value for key, value in components.pop(OWN).items() if key != "title"}
    return {**schema, "$defs": components} if components else schema
