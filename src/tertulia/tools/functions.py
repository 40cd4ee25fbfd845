"""Python functions as tools: the signature is the schema, the docstring is what the model is told.

    @tool(policy=ToolPolicy(is_idempotent=True))
    def distance(start: str, end: str) -> float:
        "Tell how far two places are apart, in kilometres."

An async function runs in the event loop and is cancelled with its turn; any other runs in a thread, where it may block.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import Tool, ToolContext, ToolFile, ToolResult
from tertulia.tools.parameters import BadArguments, Parameters
from tertulia.tools.threads import Threads, from_thread

P = ParamSpec("P")
R = TypeVar("R")


class FunctionTool(Generic[P, R]):
    """A function as a tool. It can still be called as the function that it is."""

    def __init__(
        self,
        function: Callable[P, R],
        parameters: Parameters,
        *,
        definition: ToolDef,
        toolgroup: str,
        policy: ToolPolicy,
    ) -> None:
        self.function = function
        self.definition = definition
        self.toolgroup = toolgroup
        self.policy = policy
        self._parameters = parameters
        self._threads = Threads(definition.name)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Call the function with what the model wrote; what does not fit is an error that names the argument."""
        try:
            values = self._parameters.read(arguments)
        except BadArguments as error:
            return ToolResult(content=str(error), is_error=True)
        is_async = inspect.iscoroutinefunction(self.function)
        if self._parameters.context_name is not None:
            ours = context if is_async else replace(context, output=from_thread(context.output))
            values[self._parameters.context_name] = ours
        call = functools.partial(cast(Callable[..., Any], self.function), **values)
        answer = call() if is_async else await self._threads.run(call)
        return as_result(await answer if inspect.isawaitable(answer) else answer)


@overload
def tool(function: Callable[P, R], /) -> FunctionTool[P, R]: ...
@overload
def tool(
    *, name: str | None = None, description: str | None = None, toolgroup: str | None = None, policy: ToolPolicy = ...
) -> Callable[[Callable[P, R]], FunctionTool[P, R]]: ...
def tool(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    toolgroup: str | None = None,
    policy: ToolPolicy = ToolPolicy(),  # noqa: B008 - a frozen value
) -> FunctionTool[P, R] | Callable[[Callable[P, R]], FunctionTool[P, R]]:
    """Make a tool of a function whose parameters have types; a parameter of type ToolContext is told who asks.

    Without a name it has the function's, without a description the docstring's, and `functions::NAME` is its toolgroup.
    What it returns is the answer: a text, a ToolResult, a ToolFile or several, and anything else as JSON.
    Raises TypeError when a model could not call it, and says why.
    """

    def made(function: Callable[P, R]) -> FunctionTool[P, R]:
        called = name or getattr(function, "__name__", type(function).__name__)
        try:
            parameters, said = _read(function, description)
            given = {"name": called, "description": said, "input_schema": parameters.schema}
            definition = msgspec.convert(given, ToolDef)
        except (TypeError, msgspec.ValidationError) as error:
            raise TypeError(f"{called} cannot be a tool: {error}") from error
        group = toolgroup or f"functions::{called}"
        return FunctionTool(function, parameters, definition=definition, toolgroup=group, policy=policy)

    return made if function is None else made(function)


def as_result(value: Any) -> ToolResult:
    """Return what a function returned as a tool's answer."""
    match value:
        case ToolResult():
            return value
        case str():
            return ToolResult(content=value)
        case ToolFile():
            return _files([value])
        case [*several] if several and all(isinstance(one, ToolFile) for one in several):
            return _files(several)
        case _:
            return ToolResult(content=msgspec.json.encode(value).decode())


def _files(files: Sequence[ToolFile]) -> ToolResult:
    made = ", ".join(f"{file.name} ({file.type}, {len(file.data)} bytes)" for file in files)
    return ToolResult(content=f"Made {made}.", files=list(files))


def _read(function: Callable[..., Any], description: str | None) -> tuple[Parameters, str]:
    """Return what a function takes, and what the model is told that it does. Raises TypeError."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("it yields, and a tool returns its answer")
    parameters = Parameters(function, {})
    if description is not None and parameters.are_described:
        return parameters, description
    said, described = _docstring_of(function)
    if not (description or said):
        raise TypeError("it has no docstring, and the model would not know when to call it")
    return Parameters(function, described), description or said


def _docstring_of(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return what a docstring says of the function, and of each parameter."""
    from docstring_parser import parse  # noqa: PLC0415 - a server with builtin tools only does without it

    docstring = parse(inspect.getdoc(_written(function)) or "")
    said = "\n\n".join(part for part in (docstring.short_description, docstring.long_description) if part)
    return said, {one.arg_name: " ".join(one.description.split()) for one in docstring.params if one.description}


def _written(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what somebody has written a docstring for: a partial call and an object have their types' own."""
    if isinstance(function, functools.partial):
        return _written(cast("functools.partial[Any]", function).func)
    return function if inspect.isroutine(function) else type(function).__call__


def as_tools(value: object) -> list[Tool]:
    """Return what was named as tools: a function, a tool, or a list of them. Raises TypeError."""
    if isinstance(value, (list, tuple)):
        return [one for each in cast(Sequence[object], value) for one in as_tools(each)]
    if all(hasattr(value, name) for name in ("definition", "toolgroup", "policy", "call")):
        return [cast(Tool, value)]
    if callable(value) and not isinstance(value, type):
        return [tool(cast(Callable[..., Any], value))]
    raise TypeError(f"{type(value).__name__} is neither a function nor a tool nor a list of them")
