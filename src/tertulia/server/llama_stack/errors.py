"""Answers to errors, as Llama Stack's clients take them.

They try again on 409, 429 and every 5xx unless `x-should-retry` says not to: it does for whatever would only be refused
again, and for all that comes after a turn was recorded.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from tertulia.domain.steps import Problem
from tertulia.server.errors import problem_of
from tertulia.server.wire.llama_stack.errors import OF_TURNS, Error, ErrorBody, error_of, make_error

PASSING = frozenset({408, 425, 429})
"""What is refused now and may be taken in a moment."""
NOT_OFFERED = 501
LONGEST_WAIT = 60
"""Seconds of `Retry-After` that its clients wait; of more than that they take no notice."""
GIVE_UP = {"x-should-retry": "false"}
RECORDED = "recorded_turn"
"""In a request's state: the headers that name the turn that it has recorded."""


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer with what an error is."""
    found, headers = problem_of(request, error)
    state = request.scope["state"]
    state["problem_code"] = found.code
    recorded: Mapping[str, str] | None = state.get(RECORDED)
    given = {**headers, **(recorded or {}), **(GIVE_UP if recorded is not None else {})}
    return answer_error(found.status, make_error(found.status, found.code, found.detail, found.errors), given)


def answer_error(status: int, error: Error, headers: Mapping[str, str]) -> Response[Any]:
    """Answer with an error; clients are told not to try again what would only be refused again."""
    is_final = status == NOT_OFFERED or (400 <= status < 500 and status not in PASSING) or _is_far(headers)
    return _answer(status, error, {**headers, **(GIVE_UP if is_final else {})})


def _is_far(headers: Mapping[str, str]) -> bool:
    """Tell whether it is asked for more patience than clients have: they would try again at once instead."""
    return int(headers.get("retry-after", "0")) > LONGEST_WAIT


def answer_failure(problem: Problem, headers: Mapping[str, str]) -> Response[Any]:
    """Answer with the failure of a turn that was recorded."""
    return _answer(OF_TURNS, error_of(problem), {**headers, **GIVE_UP})


def _answer(status: int, error: Error, headers: Mapping[str, str]) -> Response[Any]:
    body = msgspec.json.encode(ErrorBody(error=error, detail=error.message))
    return Response(body, status_code=status, media_type="application/json", headers=headers)
