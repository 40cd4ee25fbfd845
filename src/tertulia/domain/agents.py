"""An agent: a stored config (model, instructions, tools, limits) with an id.

The config has the field names of Llama Stack's `AgentConfig`, so that one shape serves every dialect.
An agent's config is versioned: a turn remembers the version that it began with.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, field
from msgspec.structs import replace

from tertulia.domain.base import END, Value
from tertulia.domain.retention import RetentionRule
from tertulia.domain.shields import ShieldId

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class GreedySampling(Value, tag_field="type", tag="greedy"):
    """The likeliest token, always."""


class TopPSampling(Value, tag_field="type", tag="top_p"):
    """Nucleus sampling."""

    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None


class TopKSampling(Value, tag_field="type", tag="top_k"):
    """One of the `top_k` likeliest tokens."""

    top_k: Annotated[int, Meta(ge=1)]


class SamplingParams(Value):
    """How the model picks tokens. Null leaves a choice to the model server."""

    strategy: GreedySampling | TopPSampling | TopKSampling | None = None
    max_tokens: Annotated[int, Meta(ge=0)] | None = None
    repetition_penalty: Annotated[float, Meta(gt=0)] | None = None
    stop: list[str] | None = None


class ToolDef(Value):
    """A tool as a model is told of it; `input_schema` is a JSON Schema of an object."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=rf"^[A-Za-z0-9_.-]+{END}")]
    description: str = ""
    input_schema: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})


class ToolgroupUse(Value):
    """A toolgroup with arguments of the agent's own: they go to each of its tools, before what the model chose."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    args: dict[str, Any] = field(default_factory=dict[str, Any])


Toolgroup = str | ToolgroupUse
"""What an agent is given: all tools of a group, or one of them as `group/tool`."""


def name_of(toolgroup: Toolgroup) -> str:
    """Return the name of a toolgroup, with or without arguments."""
    return toolgroup if isinstance(toolgroup, str) else toolgroup.name


class JsonSchemaFormat(Value, tag_field="type", tag="json_schema"):
    """Answers are JSON of this schema; `json_schema` may also be OpenAI's `{"name", "schema"}`."""

    json_schema: dict[str, Any]


class GrammarFormat(Value, tag_field="type", tag="grammar"):
    """Answers follow this grammar, in the notation of the model server."""

    bnf: dict[str, Any] | str


ResponseFormat = JsonSchemaFormat | GrammarFormat


class ToolConfig(Value):
    """Whether the model may, must or must not call tools: `auto`, `required`, `none` or one tool's name.

    What must be called is called first: after that the model is free, or the turn would never come to an answer.
    """

    tool_choice: str = "auto"
    system_message_behavior: Literal["append", "replace"] = "append"


class Budget(Value):
    """How many tokens of models one turn, and all turns of one session, may cost. Null leaves it to the server.

    It is looked at between steps: the one that goes beyond it is completed, and no further one asks a model.
    """

    turn_tokens: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None
    session_tokens: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None


class AgentConfig(Value):
    """What an agent is: which model answers, under which instructions, with which tools and limits.

    `enable_session_persistence` is Llama Stack's, taken so that its configs are valid here; sessions are always kept.
    """

    model: Annotated[str, Meta(min_length=1, max_length=300, examples=["ollama/llama3.2"])]
    instructions: Annotated[str, Meta(max_length=200_000, examples=["You are a helpful assistant."])] = ""
    name: Name | None = None
    description: Annotated[str, Meta(max_length=2_000)] | None = None
    sampling_params: SamplingParams = field(default_factory=SamplingParams)
    toolgroups: list[Toolgroup] = field(default_factory=list[Toolgroup])
    client_tools: list[ToolDef] = field(default_factory=list[ToolDef])
    tool_config: ToolConfig = field(default_factory=ToolConfig)
    max_infer_iters: Annotated[int, Meta(ge=1, le=100)] = 10
    budget: Budget = field(default_factory=Budget)
    response_format: ResponseFormat | None = None
    input_shields: Annotated[list[ShieldId], Meta(max_length=16)] = field(default_factory=list[str])
    output_shields: Annotated[list[ShieldId], Meta(max_length=16)] = field(default_factory=list[str])
    enable_session_persistence: bool = True
    retention: RetentionRule | None = None
    starters: Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=8)] = field(
        default_factory=list[str]
    )


Visibility = Literal["private", "shared"]
"""Who may use an agent: who made it, or all users of the server."""
Access = Literal["own", "shared", "withdrawn"]
"""Whose an agent is to whoever reads it: theirs; another's, who shares it; or another's who shared it and ended that,
or deleted it: its sessions can be read, and there are no new turns on it."""


class Agent(Value):
    """A stored agent. `version` counts the changes of its config, from 1."""

    agent_id: str
    agent_config: AgentConfig
    version: int
    created_at: str
    updated_at: str
    is_default: bool = False
    visibility: Visibility = "private"
    access: Access = "own"


def as_others_see(agent: Agent) -> Agent:
    """Return what other users are shown of a shared agent: no instructions, no arguments of tools.

    It is nobody's default but its owner's, and how long that one's sessions stay says nothing of theirs.
    """
    config = agent.agent_config
    toolgroups: list[Toolgroup] = [name_of(each) for each in config.toolgroups]
    seen = replace(config, instructions="", toolgroups=toolgroups, retention=None)
    return replace(agent, agent_config=seen, is_default=False, access="shared")
