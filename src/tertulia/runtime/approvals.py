"""What a person is asked about a call of a tool, and what comes of the answer.

A person decides about what was shown: the arguments with which the call is made to the byte, and the tool as it was
defined then. What a tool or a model says is never a decision; those come by a person's request alone.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.messages import ToolCall
from tertulia.domain.questions import Question
from tertulia.domain.tools import Grant, definition_hash
from tertulia.engine.assembly import parse_arguments
from tertulia.engine.turn import OpenStep
from tertulia.tools.base import Tool, ToolResult
from tertulia.tools.toolbox import settled_arguments

DENIED = "A person denied this call: it was not made. Do not try to reach the same by other means."
UNKNOWN_OUTCOME = (
    "The server stopped while this tool ran: nobody knows whether it had its effect, and a person decided not to run "
    "it again."
)
CHANGED = ToolResult(
    content="This tool is not the one any more that a person approved: its definition has changed. Call it again, and "
    "the person is asked anew.",
    is_error=True,
)
MAX_QUESTION_BYTES = 64_000


def call_as_made(call: ToolCall, tool: Tool) -> ToolCall:
    """Return a call with the arguments that it is made with: those that the agent has settled go before the model's.

    They are written anew: JSON in which a name comes twice, say, is not read alike by all who are shown it.
    """
    return with_arguments(call, {**(parse_arguments(call.arguments_json) or {}), **settled_arguments(tool)})


def with_arguments(call: ToolCall, arguments: dict[str, Any]) -> ToolCall:
    """Return a call with other arguments."""
    return replace(call, arguments=arguments, arguments_json=msgspec.json.encode(arguments).decode())


def terms_of(call: ToolCall, tool: Tool) -> dict[str, Any]:
    """Return what a person must know who is asked about a call, and what the decision is held against."""
    policy, settled = tool.policy, settled_arguments(tool)
    return {
        "approval_rule": policy.approval,
        "is_editable": policy.is_editable,
        "definition_hash": definition_hash(tool.definition),
        **({"settled_arguments": dict(settled), "asked_arguments": call.arguments} if settled else {}),
    }


def is_as_approved(step: OpenStep, tool: Tool) -> bool:
    """Tell whether a tool is still defined as it was when a person was asked about a call of it."""
    asked = step.started.metadata.get("definition_hash")
    return asked is None or asked == definition_hash(tool.definition)


def grant_of(step: OpenStep, *, remembers: bool) -> Grant | None:
    """Return what approving a call allows for the rest of its session; a tool that asks the first time asks once."""
    terms = step.started.metadata
    if not remembers and terms.get("approval_rule") != "first_time":
        return None
    return Grant(tool_name=step.tool_name, definition_hash=terms["definition_hash"])


def denial_of(step: OpenStep) -> ToolResult:
    """Return what the model is told of a call that a person has denied."""
    reason = step.started.metadata.get("reason")
    sentence = UNKNOWN_OUTCOME if step.attempt else DENIED
    return ToolResult(content=f"{sentence} The reason given: {reason}" if reason else sentence, is_error=True)


def is_askable(question: Question) -> bool:
    """Tell whether a question is JSON, and of a size that can be asked."""
    try:
        words = msgspec.json.encode(question)
        msgspec.json.decode(words, type=Question)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return False
    return len(words) <= MAX_QUESTION_BYTES
