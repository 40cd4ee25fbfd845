"""What readers of a link are shown of a turn: what is named here, and nothing else.

Never shown: instructions (also those within a turn), the metadata of steps and of answers of tools (what was settled
for a tool stands there), ids and contents of files, and what errors say of the server. Only where the link shows what
steps were made of ("raw"): what a model thought, which one it was and what it cost, and context that was retrieved.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import AssistantMessage, InputMessage, ToolResponse, UserMessage
from tertulia.domain.shares import Included, SharedTurn
from tertulia.domain.steps import InferenceStep, OtherStep, Problem, Step, ToolCallStep, Violation
from tertulia.domain.turns import Turn
from tertulia.runtime.attached import attached_to, with_files


def shown(turn: Turn, include: Included) -> SharedTurn:
    """Return a turn as readers of a link see it."""
    return SharedTurn(
        n=turn.n,
        status=turn.status,
        input_messages=_said(turn.input_messages),
        output_message=_answer(turn.output_message),
        started_at=turn.started_at,
        completed_at=turn.completed_at,
        steps=[] if include == "messages" else [_step(step, is_raw=include == "raw") for step in turn.steps],
        output_attachments=[_named(file) for file in turn.output_attachments],
        error=_problem(turn.error),
        usage=turn.usage if include == "raw" else None,
    )


def _said(messages: Sequence[InputMessage]) -> list[UserMessage]:
    by_people = [message for message in messages if isinstance(message, UserMessage)]
    return with_files(by_people, {each.pointer: _named(each.file) for each in attached_to(by_people)})


def _answer(message: AssistantMessage) -> AssistantMessage:
    return AssistantMessage(content=message.content, stop_reason=message.stop_reason)


def _named(file: FileAttachment) -> FileAttachment:
    return FileAttachment(name=file.name, type=file.type, size=file.size)


def _problem(problem: Problem | None) -> Problem | None:
    return None if problem is None else Problem(code=problem.code, message="It failed.")


def _step(step: Step, *, is_raw: bool) -> Step:
    bare = replace(step, metadata={}, error=_problem(step.error))
    match bare:
        case InferenceStep():
            if is_raw:
                return bare
            said = replace(bare.model_response, reasoning="")
            return replace(bare, model_response=said, model="", usage=None, first_token_at=None)
        case ToolCallStep():
            return replace(bare, tool_response=_response(bare.tool_response), question=None)
        case OtherStep():
            context = bare.inserted_context if is_raw else None
            return replace(bare, inserted_context=context, violation=_violation(bare.violation))
        case _:
            assert_never(bare)


def _response(response: ToolResponse | None) -> ToolResponse | None:
    if response is None:
        return None
    return replace(response, metadata={}, files=[_named(file) for file in response.files])


def _violation(violation: Violation | None) -> Violation | None:
    return None if violation is None else replace(violation, metadata={})
