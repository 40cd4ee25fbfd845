"""What was said in a chat: by the user, by the model, by a tool."""

import json
import re
from datetime import datetime
from typing import Any, cast

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.messages import ToolCall

_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


class SaidBase(Value):
    """What every message has."""

    message_id: str
    at: datetime


class UserSaid(SaidBase):
    """A question."""

    text: str


class ModelSaid(SaidBase):
    """A piece of an answer, and the calls that it makes."""

    text: str = ""
    reasoning: str = ""
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    model: str = ""


class ToolSaid(SaidBase):
    """What a tool answered; to which call is not always said (`call_id` "")."""

    tool_name: str
    content: str
    call_id: str = ""
    is_error: bool = False


Said = UserSaid | ModelSaid | ToolSaid


class Chat(Value):
    """One chat as far as it could be read; `notes` say what of it could not."""

    chat_id: str
    name: str
    started_at: datetime
    updated_at: datetime
    said: list[Said]
    model: str = ""
    pinned: bool = False
    archived: bool = False
    notes: list[str] = field(default_factory=list[str])


def call_of(call_id: str, name: str, written: str) -> ToolCall:
    """Return a call; what was written to the tool and is no JSON object is its `input`."""
    try:
        arguments: Any = json.loads(written) if written.strip() else {}
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        arguments = {"input": written}
        written = json.dumps(arguments, ensure_ascii=False)
    tool_name = _NO_NAME.sub("_", name)[:64] or "tool"
    return ToolCall(
        call_id=call_id, tool_name=tool_name, arguments=cast(dict[str, Any], arguments), arguments_json=written or "{}"
    )
