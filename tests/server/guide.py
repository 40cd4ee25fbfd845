"""The guide's interfaces and endpoint tables as data, and a check that a value is of an interface.

Source: "Session and Turn Management Guide", the sections Session Structure, Turn Structure, Turn Steps, Message
Structure, File Attachments, Session Endpoints and Turn Endpoints. A field with `?` may be left out or null; every other
one must be there. `Time` stands for the timestamps that the guide types as `string`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

INTERFACES: dict[str, dict[str, str]] = {
    "Session": {
        "session_id": "string",
        "session_name": "string",
        "agent_id": "string",
        "turns": "Turn[]",
        "started_at": "Time",
        "updated_at?": "Time",
        "metadata?": "Record",
    },
    "Turn": {
        "turn_id": "string",
        "session_id": "string",
        "input_messages": "Message[]",
        "steps": "TurnStep[]",
        "output_message": "Message",
        "output_attachments": "FileAttachment[]",
        "started_at": "Time",
        "completed_at": "Time",
    },
    "TurnStep": {
        "turn_id": "string",
        "step_id": "string",
        "step_type": "inference|tool_call|other",
        "started_at": "Time",
        "completed_at": "Time",
        "model_response?": "Message",
        "tool_call?": "ToolCall",
        "tool_response?": "any",
    },
    "Message": {
        "role": "system|user|assistant|tool",
        "content": "string",
        "stop_reason?": "string",
        "tool_calls?": "ToolCall[]",
        "call_id?": "string",
        "tool_name?": "string",
        "file?": "FileAttachment",
    },
    "FileAttachment": {"name": "string", "content": "string", "type": "string"},
    # The guide names ToolCall and leaves it open; contract §2 has its fields.
    "ToolCall": {"call_id": "string", "tool_name": "string", "arguments": "Record", "arguments_json": "string"},
}

ENDPOINTS = [
    ("POST", "/v1/agents/{agent_id}/session"),
    ("GET", "/v1/agents/{agent_id}/session/{session_id}"),
    ("GET", "/v1/agents/{agent_id}/sessions"),
    ("DELETE", "/v1/agents/{agent_id}/session/{session_id}"),
    ("PATCH", "/v1/agents/{agent_id}/session/{session_id}"),
    ("POST", "/v1/agents/{agent_id}/session/{session_id}/turn"),
    ("GET", "/v1/agents/{agent_id}/session/{session_id}/turn/{turn_id}"),
    ("GET", "/v1/agents/{agent_id}/session/{session_id}/turns"),
]


def complaints(value: Any, interface: str, where: str = "") -> list[str]:
    """Say in what a value is not of an interface of the guide."""
    where = where or interface
    if not isinstance(value, Mapping):
        return [f"{where} is no object"]
    found: list[str] = []
    for field, kind in INTERFACES[interface].items():
        name = field.removesuffix("?")
        if field.endswith("?") and value.get(name) is None:
            continue
        found += [f"{where}.{name} is missing"] if name not in value else _of_kind(value[name], kind, f"{where}.{name}")
    return found


def _of_kind(value: Any, kind: str, where: str) -> list[str]:
    if kind.endswith("[]"):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [each for n, item in enumerate(value) for each in _of_kind(item, kind[:-2], f"{where}[{n}]")]
    if kind in INTERFACES:
        return complaints(value, kind, where)
    return [] if _is_of(value, kind) else [f"{where} is no {kind}: {value!r}"]


def _is_of(value: Any, kind: str) -> bool:
    match kind:
        case "any":
            return True
        case "string":
            return isinstance(value, str)
        case "Record":
            return isinstance(value, Mapping)
        case "Time":
            return is_time(value)
        case _:
            return value in kind.split("|")


def is_time(value: Any) -> bool:
    """Tell whether a value is a moment as contract §2 has them: RFC 3339, UTC, with a Z."""
    if not isinstance(value, str) or not value.endswith("Z"):
        return False
    return dt.datetime.fromisoformat(value).tzinfo is dt.UTC
