"""Configs of Llama Stack's agents as configs of ours, which have the same field names for that purpose.

A field that there is not here, or whose value does not fit, is left at its default and reported: an agent that lost a
setting is better than one that lost its sessions. Only an agent without a model is none.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.base import Value
from tertulia.domain.tool_parameters import schema_of
from tertulia.sources.times import time_of

Fields = dict[str, Any]

SUPERSEDED = frozenset({"created_at", "tool_choice", "tool_prompt_format"})
"""Not of the config, or said again within `tool_config`."""


class _StoredAgent(Value):
    model: Annotated[str, Meta(min_length=1)]
    created_at: dt.datetime


class AgentReader:
    """Reads agents; `models` says which models have another name here."""

    def __init__(self, models: Mapping[str, str]) -> None:
        self._models = models
        self._types = {one.name: one.type for one in msgspec.structs.fields(AgentConfig)}
        self.notes: list[str] = []
        """What was left out of the agent that was read last."""

    def read(self, agent_id: str, raw: bytes) -> Agent:
        """Return an agent. Raises msgspec.MsgspecError for one that cannot be read."""
        self.notes = []
        stored = msgspec.json.decode(raw, type=_StoredAgent)
        fields = msgspec.json.decode(raw, type=Fields) | {"model": self._models.get(stored.model, stored.model)}
        config = msgspec.convert(self._fitting(fields), AgentConfig)
        at = time_of(stored.created_at)
        return Agent(agent_id=agent_id, agent_config=config, version=1, created_at=at, updated_at=at)

    def _fitting(self, fields: Fields) -> Fields:
        """Return what fits, as plain JSON."""
        fitting: Fields = {}
        for name, value in fields.items():
            if name in SUPERSEDED or value in (None, "", [], {}):
                continue
            if name not in self._types:
                self.notes.append(f"{name} is not offered here: {_shown(value)}")
            elif isinstance(value, list):
                items = cast(list[Any], value)
                fitting[name] = [one for item in items for one in self._adapted(name, item, within=list[Any])]
            else:
                fitting.update((name, one) for one in self._adapted(name, value))
        return fitting

    def _adapted(self, name: str, value: Any, *, within: Callable[[list[Any]], Any] | None = None) -> Iterator[Any]:
        """Yield a value, or an item of a list, as it is here, if it fits."""
        try:
            adapted = ADAPTED.get(name, _as_it_is)(value)
            msgspec.convert(adapted if within is None else within([adapted]), self._types[name])
        except (msgspec.ValidationError, TypeError, AttributeError, KeyError) as error:
            self.notes.append(f"{name} is left out: {error or 'it does not fit'}: {_shown(value)}")
        else:
            yield adapted


def _as_it_is(value: Any) -> Any:
    return value


def _without_nulls(value: Fields) -> Fields:
    return {name: one for name, one in value.items() if one is not None}


def _sampling(value: Fields) -> Fields:
    """Old servers stored the name of the strategy, and its numbers beside it."""
    strategy = value.get("strategy")
    if isinstance(strategy, str):
        value = value | {"strategy": {**value, "type": strategy}}
    return _without_nulls(value)


def _tool(tool: Fields) -> Fields:
    """A tool with a JSON Schema: 0.3 has one, 0.2 a list of parameters."""
    schema = tool.get("input_schema") or schema_of(tool.get("parameters") or [])
    return {"name": tool["name"], "description": tool.get("description") or "", "input_schema": schema}


ADAPTED: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda name: cast(str, name)[:200],
    "sampling_params": _sampling,
    "client_tools": _tool,
    "tool_config": _without_nulls,
    "max_infer_iters": lambda most: min(cast(int, most), 100),
}


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else text[:199] + "…"
