"""Shields: list, get, register, unregister; and run one without any agent."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter

from tertulia.domain.base import Value
from tertulia.domain.messages import AssistantMessage, text_of
from tertulia.runtime.shields import Said, Shields
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import Given
from tertulia.server.wire.llama_stack.inference import WrittenTalk, talk_of
from tertulia.server.wire.llama_stack.registry import RegisterShield, shield_of, written_shield

ShieldPath = Annotated[str, PathParameter(description="The shield's name.")]


class RunShield(Value):
    """A shield to run, and what it is to look at."""

    shield_id: str
    messages: list[WrittenTalk]
    params: dict[str, Any] | None = None


@get("/shields")
async def list_shields(shields: Given[Shields], caller: Given[Caller]) -> Response[Any]:
    """List the shields that agents can have."""
    return answer({"data": [written_shield(shield) for shield in await shields.list_shields(caller.owner)]})


@get("/shields/{shield_id:path}")
async def get_shield(shield_id: ShieldPath, shields: Given[Shields], caller: Given[Caller]) -> Response[Any]:
    """Get a shield."""
    return answer(written_shield(await shields.get(caller.owner, shield_id.removeprefix("/"))))


@post("/shields", status_code=200)
async def register_shield(
    data: JSONBody[RegisterShield], shields: Given[Shields], caller: Given[Caller]
) -> Response[Any]:
    """Register a shield, in the place of an earlier one of that name."""
    shield = shield_of(data)
    await shields.register(caller.owner, shield)
    return answer(written_shield(shield))


@delete("/shields/{shield_id:path}", status_code=204)
async def unregister_shield(shield_id: ShieldPath, shields: Given[Shields], caller: Given[Caller]) -> None:
    """Unregister a shield; agents that name it cannot answer without it."""
    await shields.unregister(caller.owner, shield_id.removeprefix("/"))


@post("/safety/run-shield", status_code=200)
async def run_shield(data: JSONBody[RunShield], shields: Given[Shields], caller: Given[Caller]) -> Response[Any]:
    """Let a shield look at a talk: at its last message, if that is the assistant's, else at all that is not."""
    violation = await shields.judge(caller.owner, data.shield_id, _said(data.messages))
    return answer({"violation": msgspec.to_builtins(violation)})


def _said(written: list[WrittenTalk]) -> Said:
    talk = [talk_of(message) for message in written]
    asked: list[str] = []
    for message in talk:
        if isinstance(message, AssistantMessage):
            continue
        asked.append(text_of(message.content))
    last = talk[-1] if talk else None
    answered = last.content if isinstance(last, AssistantMessage) else None
    return Said(user="\n\n".join(text for text in asked if text), answer=answered)


def shields_router() -> Router:
    """The routes of shields."""
    handlers: list[Any] = [list_shields, get_shield, register_shield, unregister_shield, run_shield]
    return Router("/v1", route_handlers=handlers)
