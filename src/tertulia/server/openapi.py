"""The OpenAPI document: paths as the framework knows them, schemas as msgspec reads and writes them.

The framework's own schemas leave out what it does not know of: which fields a client may not add, which ones the
server never leaves out, what tells the members of a union apart, and what an event stream carries.
"""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, cast

import msgspec

from tertulia.domain.accounts import Account, KeyList, NewApiKey, SignedInUser, SignInOptions, UserList
from tertulia.domain.agents import Agent
from tertulia.domain.base import as_published
from tertulia.domain.batches import BatchOutcome, BatchSessions
from tertulia.domain.changes import ChangeEnvelope
from tertulia.domain.events import EventEnvelope, TurnAwaitingInput, TurnCancelled, TurnCompleted, TurnFailed
from tertulia.domain.exports import SessionExport
from tertulia.domain.files import FileInfo
from tertulia.domain.limits import AccountUsage, OwnLimits, UserLimits
from tertulia.domain.lists import AgentList, AuditList, FileList, HitList, SessionList, TrashList, TurnList
from tertulia.domain.preferences import ChangePreferences, UserPreferences
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.shares import NewShare, SharedSession, ShareList
from tertulia.domain.step_requests import StepRequest
from tertulia.domain.toolgroups import ToolgroupInfo, ToolgroupList
from tertulia.domain.tools import GrantList, ToolOutcome
from tertulia.domain.turns import Turn
from tertulia.domain.users import User
from tertulia.server.auth import COOKIE
from tertulia.server.errors import ProblemDetails
from tertulia.server.examples import EXAMPLES
from tertulia.server.routes.models import ModelList, ToolList
from tertulia.server.routes.operations import Health, Readiness, ServerConfig, Version
from tertulia.server.wire.native import (
    AcceptToolgroup,
    CallTool,
    ChangeAccount,
    ChangeUser,
    CreateAgent,
    CreateKey,
    CreateSession,
    CreateShare,
    CreateTurn,
    CreateUser,
    DecideTurn,
    ForkSession,
    ForkShared,
    PatchAgent,
    RateTurn,
    RegisterToolgroup,
    ResumeTurn,
    RetryTurn,
    SetUp,
    SignIn,
)

Json = dict[str, Any]

WRITTEN = [
    CreateAgent,
    PatchAgent,
    CreateSession,
    SessionPatch,
    BatchSessions,
    ForkSession,
    CreateShare,
    ForkShared,
    CreateTurn,
    RetryTurn,
    ResumeTurn,
    DecideTurn,
    RateTurn,
    RegisterToolgroup,
    AcceptToolgroup,
    CallTool,
    SignIn,
    SetUp,
    ChangeAccount,
    CreateKey,
    CreateUser,
    ChangeUser,
    OwnLimits,
    ChangePreferences,
]
"""What clients send."""
READ = [Agent, AgentList, Session, SessionList, HitList, GrantList, Turn, TurnList, StepRequest, FileInfo, FileList]
READ_OF_LINKS = [NewShare, ShareList, SharedSession]
READ_OF_KEEPING = [SessionExport, TrashList]
READ_OF_ACCOUNTS = [SignInOptions, SignedInUser, Account, KeyList, NewApiKey, User, UserList]
READ_OF_STREAMS = [EventEnvelope, ChangeEnvelope]
READ_OF_SERVER = [
    AccountUsage,
    UserLimits,
    UserPreferences,
    ModelList,
    ToolList,
    ToolgroupInfo,
    ToolgroupList,
    ToolOutcome,
    AuditList,
    BatchOutcome,
    ServerConfig,
    Health,
    Readiness,
    Version,
]
"""What they are answered, with every field there is."""
REST_EVENTS = [TurnCompleted, TurnAwaitingInput, TurnFailed, TurnCancelled]
STREAMS = frozenset({"create_turn", "retry_turn", "resume_turn", "decide_turn"})
"""What answers with a stream when it is asked to."""
OPEN = frozenset(
    {"get_health", "get_readiness", "get_version", "get_sign_in_options", "sign_in", "sign_out", "set_up", "get_shared"}
)
"""What is open to everybody, also where one has to sign in for all else."""
SECURITY: Json = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, for programs."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "What signing in sets."},
}
"""How to say who asks, to a server at which that is needed (`auth` in its config)."""
SCHEMAS = "#/components/schemas/"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
EVENT_STREAM: Json = {"schema": {"$ref": f"{SCHEMAS}ServerSentEvent"}}
CHANGE_STREAM: Json = {"schema": {"$ref": f"{SCHEMAS}ServerSentChange"}}
BYTES: Json = {"type": "string", "format": "binary"}
UPLOAD: Json = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {**BYTES, "description": "The file; its part says its name and type."},
                    "name": {"type": "string", "description": "Another name than the part says."},
                },
                "required": ["file"],
            }
        }
    },
}
"""A form with a file in it, which the framework does not read."""
SERVER_SENT_EVENT: Json = {
    "title": "ServerSentEvent",
    "description": "One event of a stream: a line `id: …` and a line `data: …`. Read on from an id with Last-Event-ID.",
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "`n.epoch.seq`, which rises.", "pattern": r"^\d+\.\d+\.\d+$"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": f"{SCHEMAS}EventEnvelope"},
        },
    },
    "required": ["id", "data"],
}
SERVER_SENT_CHANGE: Json = {
    "title": "ServerSentChange",
    "description": "One event of a stream of changes. Read on from an id with Last-Event-ID.",
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The place of the change; it rises.", "pattern": r"^\d+\.\d+$"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": f"{SCHEMAS}ChangeEnvelope"},
        },
    },
    "required": ["id", "data"],
}
"""An event stream as its events, which is how OpenAPI 3.2 describes one and tools read 3.1."""


def document(described: Json) -> Json:
    """Refine what the framework describes; nothing of `described` is changed."""
    described = msgspec.json.decode(msgspec.json.encode(described))
    described["components"] |= {"schemas": schemas(), "securitySchemes": SECURITY}
    described["security"] = [{name: []} for name in SECURITY]
    for operation in _operations(described):
        _tidy(operation)
        if operation["operationId"] in OPEN:
            operation["security"] = []
        if operation["operationId"] in STREAMS:
            operation["responses"]["200"]["content"]["text/event-stream"] = EVENT_STREAM
        if operation["operationId"] == "upload_file":
            operation["requestBody"] = UPLOAD
        if operation["operationId"] == "get_file_content":
            for status in ("200", "206"):
                operation["responses"][status]["content"] = {"application/octet-stream": {"schema": BYTES}}
        if operation["operationId"] == "export_session":
            operation["responses"]["200"]["content"]["text/markdown"] = {"schema": {"type": "string"}}
        if operation["operationId"] == "export_account":
            operation["responses"]["200"]["content"] = {"application/gzip": {"schema": BYTES}}
    changes = described["paths"]["/v1/agents/{agent_id}/events"]["get"]
    changes["responses"]["200"]["content"] = {"text/event-stream": CHANGE_STREAM}
    follow = described["paths"]["/v1/agents/{agent_id}/session/{session_id}/turn/{turn_id}/events"]["get"]
    follow["responses"]["200"]["content"] = {"text/event-stream": EVENT_STREAM}
    return as_published(described)


def schemas() -> dict[str, Json]:
    """Every type on the wire by its name."""
    _, found = msgspec.json.schema_components(
        [
            *WRITTEN,
            *READ,
            *READ_OF_LINKS,
            *READ_OF_KEEPING,
            *READ_OF_ACCOUNTS,
            *READ_OF_STREAMS,
            *READ_OF_SERVER,
            ProblemDetails,
        ],
        ref_template=SCHEMAS + "{name}",
        schema_hook=lambda _: {"description": "Anything."},  # of type `object`
    )
    found |= _logged_rest_events(found)
    for kind in REST_EVENTS:
        found[kind.__name__]["properties"]["turn"] = {"$ref": f"{SCHEMAS}Turn"}
    written = _within(found, [kind.__name__ for kind in WRITTEN])
    for name, schema in found.items():
        for member in schema.get("properties", {}).values():
            _say_openly(member)
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])
        if name in written:
            schema["additionalProperties"] = False
        elif name != ProblemDetails.__name__:  # which leaves out what it has nothing to say of
            schema["required"] = list(schema["properties"])
        if name in EXAMPLES:
            schema["examples"] = [msgspec.to_builtins(EXAMPLES[name])]
    streamed = {each["title"]: each for each in (SERVER_SENT_EVENT, SERVER_SENT_CHANGE)}
    return dict(sorted({**found, **streamed}.items()))


def _logged_rest_events(found: dict[str, Json]) -> dict[str, Json]:
    """What is different in a log, as an export has it: a stream adds the turn to the events at which it rests."""
    names = {kind.__name__: f"Logged{kind.__name__}" for kind in REST_EVENTS}
    text = msgspec.json.encode(found["LoggedEvent"]).decode()
    for streamed, logged in names.items():
        text = text.replace(f'"{SCHEMAS}{streamed}"', f'"{SCHEMAS}{logged}"')
    copies = {
        logged: {**found[streamed], "title": logged, "properties": dict(found[streamed]["properties"])}
        for streamed, logged in names.items()
    }
    return {"LoggedEvent": msgspec.json.decode(text), **copies}


def _say_openly(schema: Json) -> None:
    """Say of an object that may hold anything that it may; leave out that what may be null is null by default."""
    if schema.get("default", ...) is None:
        del schema["default"]
    for each in (schema, *schema.get("anyOf", [])):
        if each.get("type") == "object":
            each.setdefault("additionalProperties", {})


def _within(found: dict[str, Json], names: list[str]) -> set[str]:
    """The names of schemas that some schemas are made of, and their own."""
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name not in seen:
            seen.add(name)
            names += [ref.removeprefix(SCHEMAS) for ref in _refs(found[name])]
    return seen


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        members = cast(Json, value)
        if "$ref" in members:
            yield members["$ref"]
        for member in members.values():
            yield from _refs(member)
    elif isinstance(value, list):
        for item in cast(list[Any], value):
            yield from _refs(item)


def _operations(described: Json) -> Iterator[Json]:
    for path in described["paths"].values():
        yield from (operation for method, operation in path.items() if method in METHODS)


def _tidy(operation: Json) -> None:
    """Say in the summary what it does, and leave out what says nothing."""
    summary, _, more = operation.pop("description", "").partition("\n\n")
    operation["summary"] = " ".join(summary.split())
    if more:
        operation["description"] = " ".join(more.split())
    if "application/json" in operation["responses"].get("400", {}).get("content", {}):
        del operation["responses"][
            "400"
        ]  # the framework's guess for whatever has parameters; ours say what can be wrong
    headers = [
        header for response in operation["responses"].values() for header in response.get("headers", {}).values()
    ]
    for said in (operation, *operation.get("parameters", []), *headers):
        for name in ("deprecated", "allowEmptyValue", "allowReserved"):
            if said.get(name) is False:
                del said[name]
    for response in operation["responses"].values():
        if not response.get("headers"):
            response.pop("headers", None)
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])


def _without_null(schema: Json) -> Json:
    """A parameter that is not given is no parameter: there is no null in a URL."""
    schema = {name: value for name, value in schema.items() if name != "description"}
    kinds = [kind for kind in schema.pop("oneOf", []) if kind != {"type": "null"}]
    return {**kinds[0], **schema} if kinds else schema
