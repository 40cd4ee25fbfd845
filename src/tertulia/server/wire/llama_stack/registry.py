"""What Llama Stack's registries hold, in its words: models, toolgroups, tools, shields, providers.

Its models and tools have other fields since 0.3, and OpenAI's clients have theirs: each gets them all, since they pass
over what they do not know.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from tertulia.domain.agents import ToolDef
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.models import ModelInfo, ServerStatus
from tertulia.domain.shields import ModelShield, PatternShield, Shield
from tertulia.domain.toolgroups import McpServer, ToolgroupInfo
from tertulia.domain.tools import ToolInfo
from tertulia.domain.written import refuse_unknown
from tertulia.server.wire.llama_stack.base import Json
from tertulia.server.wire.llama_stack.tools import parameters_of

BUILTIN = "builtin"
MCP = "model-context-protocol"
PATTERNS = "pattern"
GUARDS = "llama-guard"
"""Providers of ours."""


# --- models ---


def written_model(model: ModelInfo) -> Json:
    """Return a model: Llama Stack's fields, and those of OpenAI's lists."""
    return {
        "identifier": model.id,
        "provider_resource_id": model.name,
        "provider_id": model.server,
        "type": "model",
        "metadata": model.metadata,
        "model_type": "llm",
        **openai_model(model),
    }


def openai_model(model: ModelInfo) -> Json:
    """Return a model as OpenAI lists it."""
    created = model.metadata.get("created")
    return {
        "id": model.id,
        "object": "model",
        "created": created if isinstance(created, int) else 0,
        "owned_by": model.server,
    }


# --- tools ---


def written_toolgroup(group: ToolgroupInfo) -> Json:
    """Return a group of tools."""
    endpoint = group.mcp_endpoint
    return {
        "identifier": group.toolgroup_id,
        "provider_resource_id": group.toolgroup_id,
        "provider_id": MCP if group.provider == "mcp" else BUILTIN,
        "type": "tool_group",
        "mcp_endpoint": {"uri": endpoint.uri} if endpoint and endpoint.uri else None,
        "args": None,
    }


def server_of(toolgroup_id: str, endpoint: Mapping[str, Any]) -> McpServer:
    """Return the MCP server that is meant; its tools run unasked, as Llama Stack's clients can approve nothing.

    Raises InvalidRequest.
    """
    try:
        return msgspec.convert(
            {"toolgroup_id": toolgroup_id, "endpoint": {"uri": endpoint.get("uri")}, "approval": "never"}, McpServer
        )
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$.")
        pointer = "/toolgroup_id" if path.startswith("toolgroup_id") else "/mcp_endpoint/uri"
        raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]) from None


def endpoint_of(written: str | None, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the endpoint that a query asks for: as JSON, or as `mcp_endpoint[uri]`. Raises InvalidRequest."""
    if written is None:
        uri = query.get("mcp_endpoint[uri]")
        return {"uri": uri} if uri else None
    try:
        return msgspec.json.decode(written, type=dict[str, Any])
    except msgspec.DecodeError:
        raise missing_endpoint() from None


def missing_endpoint() -> InvalidRequest:
    """Return an error that says how an MCP server is named."""
    pointer, detail = "/mcp_endpoint", 'it is an object with the URL of the server: {"uri": "https://…/mcp"}'
    return InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])


def written_tool_info(tool: ToolInfo) -> Json:
    """Return a tool of the registry: that of 0.2 has an `identifier`, that of 0.3 a `name`."""
    return {
        "identifier": tool.name,
        "provider_resource_id": tool.name,
        "provider_id": BUILTIN if tool.own_name is None else MCP,
        "type": "tool",
        **written_tool_def(tool),
    }


def written_tool_def(tool: ToolInfo | ToolDef) -> Json:
    """Return a tool as a model is told of it, with its parameters said in both ways."""
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": list(parameters_of(tool.input_schema)),
        "input_schema": tool.input_schema,
        "output_schema": None,
        "toolgroup_id": getattr(tool, "toolgroup", None),
        "metadata": None,
    }


class RegisterToolgroup(Value):
    """A group of tools to register."""

    toolgroup_id: str
    provider_id: str
    mcp_endpoint: dict[str, Any] | None = None
    args: dict[str, Any] | None = None


# --- shields ---


class RegisterShield(Value):
    """A shield to register: the `params` of a pattern shield are its words and patterns, those of others its model."""

    shield_id: str
    provider_id: str | None = None
    provider_shield_id: str | None = None
    params: dict[str, Any] | None = None


def shield_of(written: RegisterShield) -> Shield:
    """Return the shield that is meant. Raises InvalidRequest, UnknownField."""
    params = dict(written.params or {})
    if "excluded_categories" in params:  # Llama Stack's word
        params["ignored_categories"] = params.pop("excluded_categories")
    fields: Json = {**params, "shield_id": written.shield_id}
    if _is_pattern(written, params):
        kind: type[PatternShield | ModelShield] = PatternShield
    else:
        kind = ModelShield
        fields.setdefault("model", written.provider_shield_id or written.shield_id)
    tag = "pattern" if kind is PatternShield else "model"
    try:
        shield = msgspec.convert({**fields, "kind": tag}, kind)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`")
        pointer = "/shield_id" if name == "shield_id" else f"/params/{name}".rstrip("/")
        raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]) from None
    refuse_unknown({**fields, "kind": tag}, shield, "/params")
    return shield


def _is_pattern(written: RegisterShield, params: Json) -> bool:
    if written.provider_id is not None:
        return written.provider_id.rpartition("::")[2] == PATTERNS
    return "words" in params or "patterns" in params


def written_shield(shield: Shield) -> Json:
    """Return a shield."""
    fields = msgspec.to_builtins(shield)
    params = {name: value for name, value in fields.items() if name not in {"shield_id", "kind"} and value is not None}
    is_pattern = isinstance(shield, PatternShield)
    return {
        "identifier": shield.shield_id,
        "provider_resource_id": shield.shield_id if is_pattern else shield.model,
        "provider_id": PATTERNS if is_pattern else GUARDS,
        "type": "shield",
        "params": params,
    }


# --- providers ---


def written_server(server: ServerStatus) -> Json:
    """Return a model server as a provider of inference."""
    is_ready = server.status == "ready"
    health = {"status": "OK"} if is_ready else {"status": "Error", "message": server.detail or server.status}
    kind = "inline::demo" if server.is_demo else "remote::openai"
    return written_provider("inference", server.name, kind, config={"url": server.url}, health=health)


def written_provider(
    api: str, provider_id: str, provider_type: str, *, config: Json | None = None, health: Json | None = None
) -> Json:
    """Return a provider."""
    return {
        "api": api,
        "provider_id": provider_id,
        "provider_type": provider_type,
        "config": config or {},
        "health": health or {"status": "OK"},
    }
