"""Agents in Llama Stack's words. Its `AgentConfig` has our field names; what differs in shape is turned here.

What its clients leave out counts as Llama Stack's default. Fields that we do not know are passed over.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from tertulia.domain.agents import Agent, AgentConfig, SamplingParams
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.server.wire.llama_stack.base import Json, Wire
from tertulia.server.wire.llama_stack.tools import tool_of, written_tool

GREEDY: Json = {"strategy": {"type": "greedy"}}
UNDECIDED: Json = {"type": "top_p", "temperature": None, "top_p": None}
"""How a strategy that is left to the model server is said to clients that expect one."""
NOT_SAID: Json = {"tool_choice": None, "tool_prompt_format": None}
"""What a config always has at Llama Stack, here too if the domain has no word for it."""


class CreateAgent(Value):
    """A new agent."""

    agent_config: dict[str, Any]


def config_of(written: Mapping[str, Any]) -> AgentConfig:
    """Read a config. Raises msgspec.ValidationError, which names the field."""
    said = {name: value for name, value in written.items() if value is not None}
    fields: Json = {"sampling_params": GREEDY, "enable_session_persistence": False, **said}
    if not said.get("name"):
        fields.pop("name", None)
    fields["sampling_params"] = _said(fields["sampling_params"])
    fields["toolgroups"] = [_said(group) for group in _listed(said.get("toolgroups"))]
    fields["client_tools"] = [tool_of(tool) for tool in _listed(said.get("client_tools"))]
    fields["tool_config"] = {
        **({"tool_choice": said["tool_choice"]} if "tool_choice" in said else {}),
        **_said(said.get("tool_config")),
    }
    return msgspec.convert(fields, AgentConfig)


def sampling_of(written: Mapping[str, Any] | None) -> SamplingParams:
    """Read the sampling parameters of a request. Raises InvalidRequest."""
    try:
        return msgspec.convert(_said(written or GREEDY), SamplingParams)
    except msgspec.ValidationError as error:
        pointer, detail = "/sampling_params", str(error)
        raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]) from None


def _said(value: Any) -> Any:
    if not isinstance(value, dict):
        return value or {}
    return {name: inner for name, inner in cast(Json, value).items() if inner is not None}


def _listed(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def written_agent(agent: Agent, wire: Wire) -> Json:
    """Return an agent as Llama Stack says it."""
    return {
        "agent_id": agent.agent_id,
        "agent_config": written_config(agent.agent_config, wire),
        "created_at": agent.created_at,
    }


def written_config(config: AgentConfig, wire: Wire) -> Json:
    """Return a config as Llama Stack says it, with its fields alone."""
    fields: Json = msgspec.to_builtins(config)
    sampling = config.sampling_params
    return {
        **NOT_SAID,
        **fields,
        "sampling_params": {
            "strategy": fields["sampling_params"]["strategy"] or UNDECIDED,
            "max_tokens": sampling.max_tokens or 0,
            "repetition_penalty": 1.0 if sampling.repetition_penalty is None else sampling.repetition_penalty,
            "stop": sampling.stop,
        },
        "client_tools": [written_tool(tool, wire) for tool in config.client_tools],
        "tool_config": {"tool_prompt_format": None, **fields["tool_config"]},
    }
