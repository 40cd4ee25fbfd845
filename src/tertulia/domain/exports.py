"""A session as a document of its own: what an export is, and what an import reads.

The log is what lasts, so the document has it; each turn stands beside its log as it is read, for programs that want to
know no more than what was said. An import folds the log and passes over what stands beside it, but for the turn's
`feedback`, of which logs know nothing. `version` counts the changes that an older server would misread.
"""

from inspect import cleandoc
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from tertulia.domain.agents import Agent
from tertulia.domain.base import Value, as_published
from tertulia.domain.events import LoggedEvent
from tertulia.domain.files import FileInfo
from tertulia.domain.sessions import Session
from tertulia.domain.turns import Turn

SESSION_FORMAT = "tertulia.session"
ACCOUNT_FORMAT = "tertulia.account"
VERSION = 1


class ExportedFile(Value):
    """A file that turns use. `content` is base64; in an archive it is null, and the bytes are `files/{sha256}`."""

    info: FileInfo
    is_listed: bool = False
    purpose: str = ""
    content: str | None = None


class ExportedTurn(Value):
    """A turn, and the log that it is the fold of: without the pieces of what its steps have in full."""

    turn: Turn
    events: Annotated[list[LoggedEvent], Meta(min_length=1)]


class SessionExport(Value):
    """A session with everything that hangs on it; `session.turns` is empty, and `agent` is who it was with."""

    format: Literal["tertulia.session"] = SESSION_FORMAT
    version: Literal[1] = VERSION
    exported_at: str
    agent: Agent
    session: Session
    turns: list[ExportedTurn] = field(default_factory=list[ExportedTurn])
    files: list[ExportedFile] = field(default_factory=list[ExportedFile])


class AccountExport(Value):
    """The first entry of an archive of all that an owner has; the others are its agents, sessions and files."""

    format: Literal["tertulia.account"] = ACCOUNT_FORMAT
    version: Literal[1] = VERSION
    exported_at: str
    preferences: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a `SessionExport`, which is published in docs/reference."""
    schema = msgspec.json.schema(SessionExport, schema_hook=lambda _: {"description": "Anything."})
    for each in schema["$defs"].values():  # which Python it runs on decides whether docstrings keep their indentation
        if "description" in each:
            each["description"] = cleandoc(each["description"])
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{SESSION_FORMAT}/{VERSION}"}
    return as_published(title | schema)
