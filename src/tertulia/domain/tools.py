"""The tools that agents can be given by their toolgroup, and what may be done with each."""

import hashlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tertulia.domain.agents import ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value

ApprovalRule = Literal["never", "first_time", "always"]
"""When a person is asked before a tool runs: never, the first time in a session, or at each call."""


class ToolPolicy(Value):
    """What may be done with a tool.

    `is_idempotent`: a call may be made again under the same key when nobody knows whether it was made. `is_editable`:
    who approves a call may change its arguments. `timeout` is in seconds; null means the server's.
    """

    is_idempotent: bool = False
    approval: ApprovalRule = "never"
    is_editable: bool = True
    timeout: Annotated[float, Meta(gt=0)] | None = None


class Grant(Value):
    """What a person has allowed for the rest of a session: this tool, as long as its definition stays as it was."""

    tool_name: str
    definition_hash: str


class GrantList(Value):
    """All that a person has allowed in a session."""

    grants: list[Grant]


def definition_hash(definition: ToolDef) -> str:
    """Return the SHA-256 of a definition's canonical JSON: another one is another tool, whatever its name."""
    return hashlib.sha256(msgspec.json.encode(definition, order="sorted")).hexdigest()


class ToolInfo(Value):
    """A tool as lists show it.

    One of an MCP server has an `own_name` there; `is_changed` tells that it is not as it was when it was accepted.
    """

    name: str
    description: str
    toolgroup: str
    input_schema: dict[str, object]
    policy: ToolPolicy = ToolPolicy()
    own_name: str | None = None
    is_changed: bool = False


class ToolOutcome(Value):
    """What a call of a tool came to that was made without any agent; its files have their `content`."""

    content: str
    is_error: bool
    metadata: dict[str, Any]
    files: list[FileAttachment]


class ToolList(Value):
    """All tools of this server."""

    tools: list[ToolInfo]
