"""Past turns and this one as the messages that a model is given.

Two rules hold for every transcript: stored messages are never altered, and every tool call has exactly one result,
directly behind the message that asked (a missing one gets a result that says so), because model servers refuse
anything else and the session would be stuck for ever.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tertulia.domain.agents import ToolConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolMessage,
    UserMessage,
    files_of,
    text_of,
)
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.engine.turn import OpenStep, TurnState

INTERRUPTED = "This tool call was interrupted: it has no result."
CHARS_PER_TOKEN = 3
"""A careful guess for any language: rather leave a turn out too early than be refused by the model."""


class Transcript(Value):
    """What a model is given. `left_out` is the number of oldest turns that did not fit its window."""

    messages: list[Message]
    left_out: int = 0


def messages_of_turn(turn: Turn) -> list[Message]:
    """Return a past turn as messages: input, answers and tool results, as far as it came."""
    return [*turn.input_messages, *_messages_of_steps(turn.steps)]


def messages_of_state(state: TurnState) -> list[Message]:
    """Return the running turn as messages: its input and its ended steps."""
    ended = [step for step in state.steps.values() if not isinstance(step, OpenStep)]
    return [*state.head.input_messages, *_messages_of_steps(ended)]


def messages_before(turn: Turn, step_id: str) -> list[Message]:
    """Return a turn as messages, as it was when one of its steps began: its input and the steps before that one.

    A model is asked when nothing else of its turn runs, so this is what `messages_of_state` said then.
    """
    place = next(place for place, step in enumerate(turn.steps) if step.step_id == step_id)
    return [*turn.input_messages, *_messages_of_steps(turn.steps[:place])]


def _messages_of_steps(steps: Sequence[Step]) -> list[Message]:
    messages: list[Message] = []
    for place, step in enumerate(steps):
        if isinstance(step, InferenceStep) and (step.model_response.content or step.model_response.tool_calls):
            later = _until_next_inference(steps[place + 1 :])
            said = _with_calls(step.model_response, later)
            messages.append(said)
            messages.extend(_results_of(said, later))
        elif isinstance(step, OtherStep) and (refusal := step.refusal) is not None:
            messages = [*_without_answer(messages), AssistantMessage(content=refusal)]
    return messages


def _without_answer(messages: Sequence[Message]) -> list[Message]:
    """Leave out what a shield has stopped: a model that is given its own refused answer goes on with it."""
    if not messages or not isinstance(last := messages[-1], AssistantMessage):
        return list(messages)
    return [*messages[:-1], *([replace(last, content="")] if last.tool_calls else [])]


def _until_next_inference(steps: Sequence[Step]) -> list[ToolCallStep]:
    """Return the tools that ran for one message of the model's."""
    ran: list[ToolCallStep] = []
    for step in steps:
        if isinstance(step, InferenceStep):
            break
        if isinstance(step, ToolCallStep):
            ran.append(step)
    return ran


def _with_calls(message: AssistantMessage, later: Sequence[ToolCallStep]) -> AssistantMessage:
    """Return a message with the calls that a client found in its text, too: a result needs the call that it answers."""
    known = {call.call_id for call in message.tool_calls}
    found = [step.tool_call for step in later if step.tool_call.call_id not in known]
    return replace(message, tool_calls=[*message.tool_calls, *found]) if found else message


def _results_of(message: AssistantMessage, later: Sequence[ToolCallStep]) -> list[Message]:
    """Return one result for each call of `message`."""
    answers: dict[str, ToolMessage] = {}
    for step in later:
        if response := step.tool_response:
            answers[response.call_id] = ToolMessage(
                call_id=response.call_id,
                tool_name=response.tool_name,
                content=response.content,
                is_error=response.is_error,
            )
    return [
        answers.get(call.call_id)
        or ToolMessage(call_id=call.call_id, tool_name=call.tool_name, content=INTERRUPTED, is_error=True)
        for call in message.tool_calls
    ]


def compose(
    *,
    instructions: str,
    history: Sequence[Sequence[Message]],
    current: Sequence[Message],
    tool_config: ToolConfig | None = None,
    window_tokens: int | None = None,
    file_sizes: Mapping[FileAttachment, int] | None = None,
) -> Transcript:
    """Put a transcript together: instructions, past turns (one sequence of messages each), the running turn.

    `file_sizes` says how many characters the model is given of each file, or what an image counts as.

    When all of it exceeds `window_tokens`, whole oldest turns are left out, never half a tool exchange. Instructions
    and the running turn always stay: if they alone are too long, it is the model's to say so.
    """
    head = _instructions(instructions, current, tool_config)
    rest = [message for message in current if not isinstance(message, SystemMessage)]
    left_out = 0
    if window_tokens is not None:
        budget = window_tokens * CHARS_PER_TOKEN
        left_out = _overflow([*head, *rest], history, budget, file_sizes or {})
    past = [message for turn in history[left_out:] for message in turn if not isinstance(message, SystemMessage)]
    return Transcript(messages=[*head, *past, *rest], left_out=left_out)


def _instructions(instructions: str, current: Sequence[Message], tool_config: ToolConfig | None) -> list[Message]:
    """One system message: the agent's instructions, and those of this turn behind or instead of them."""
    own = [text_of(message.content) for message in current if isinstance(message, SystemMessage)]
    replaces = bool(own) and tool_config is not None and tool_config.system_message_behavior == "replace"
    text = "\n\n".join(part for part in ([] if replaces else [instructions]) + own if part)
    return [SystemMessage(content=text)] if text else []


def _overflow(
    kept: Sequence[Message],
    history: Sequence[Sequence[Message]],
    budget: int,
    file_sizes: Mapping[FileAttachment, int],
) -> int:
    """How many of the oldest turns have no room beside what is kept in any case."""
    budget -= sum(_size(message, file_sizes) for message in kept)
    for left_out in range(len(history), 0, -1):
        for message in history[left_out - 1]:
            budget -= _size(message, file_sizes)
        if budget < 0:
            return left_out
    return 0


def _size(message: Message, file_sizes: Mapping[FileAttachment, int]) -> int:
    content = message.content
    size = (len(content) if isinstance(content, str) else len(text_of(content))) + 16
    if isinstance(message, AssistantMessage) and message.tool_calls:
        size += sum(len(call.arguments_json) + 32 for call in message.tool_calls)
    elif file_sizes and isinstance(message, UserMessage):
        size += sum(file_sizes.get(file, 0) for file in files_of(message))
    return size
