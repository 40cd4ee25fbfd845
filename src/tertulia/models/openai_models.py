"""The models that an OpenAI-compatible server says it has.

OpenAI's list says little of a model. Ollama and LM Studio say more elsewhere, in particular whether it looks at images:
they are recognised by what they write as `owned_by`, and asked there, too. What they do not answer is not known.
"""

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any, cast

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from tertulia.domain.base import Value
from tertulia.domain.errors import ModelError, ModelUnavailable
from tertulia.domain.models import ModelInfo
from tertulia.models import failures
from tertulia.models.clock import Clock, TimeIsUp, Watchdog
from tertulia.models.http import BodyTooLarge, read_whole
from tertulia.models.images import known_to_look, said_to_look
from tertulia.models.server_spec import ServerSpec

LIST_TIMEOUT_S = 5.0
MAX_LIST_BYTES = 8 * 1024 * 1024
MAX_NAME_CHARS = 300
MAX_FACTS = 24
MAX_FACT_CHARS = 200

MAX_SHOWN = 200
"""Models that Ollama is asked about one by one."""
SHOWN_AT_ONCE = 4
TROUBLE = (TimeIsUp, BodyTooLarge, ClientError, OSError)

Item = dict[str, Any]
Seen = MutableMapping[str, Item]
"""What Ollama has said of a model, by its name and the time it was made: asked once for each."""


class Line(Value):
    """How a server is asked: over which session, by which clock, with which headers."""

    session: ClientSession
    clock: Clock
    headers: Mapping[str, str]


async def list_models(server: ServerSpec, line: Line, seen: Seen) -> list[ModelInfo]:
    """Ask for the list. Raises ModelRefused when the key is not accepted, else ModelUnavailable or ModelTimeout."""
    try:
        status, body = await _ask(f"{server.url}/models", line)
    except TimeIsUp:
        error: ModelError = failures.too_slow(server, "did not list its models", LIST_TIMEOUT_S).error
    except BodyTooLarge:
        error = failures.malformed(server, "its list of models is too large").error
    except (ClientError, OSError) as trouble:
        error = failures.of_network(server, trouble).error
    else:
        items = _items(server, status, body)
        more = await _more_about(server, line, items, seen)
        return [_info(server, name, {**more.get(name, {}), **item}) for name, item in items.items()]
    raise error


async def _ask(url: str, line: Line, question: Item | None = None) -> tuple[int, bytes]:
    """GET, or POST a question."""
    watchdog = Watchdog(line.clock)
    deadline = line.clock.now() + LIST_TIMEOUT_S
    timeout = ClientTimeout(total=None, connect=LIST_TIMEOUT_S)
    try:
        method = "GET" if question is None else "POST"
        request = line.session.request(
            method, url, json=question, headers=line.headers, allow_redirects=False, timeout=timeout
        )
        response = await watchdog.wait(request, deadline)
        try:
            return response.status, await watchdog.wait(read_whole(response.content, MAX_LIST_BYTES), deadline)
        finally:
            response.close()
    finally:
        watchdog.close()


def _items(server: ServerSpec, status: int, body: bytes) -> dict[str, Item]:
    if status in (401, 403):
        raise failures.of_status(server, status, body).error
    if status != 200:
        raise ModelUnavailable(
            f"The model server {server.name} has no list of models at {server.url}/models ({status})."
        )
    items = items_in(body)
    if items is None:
        raise failures.malformed(server, "its list of models is none").error
    abilities = _abilities(body)
    return {
        name: {**abilities.get(name, {}), **item}
        for item in items
        if isinstance(name := item.get("id"), str) and 0 < len(name) <= MAX_NAME_CHARS
    }


def _info(server: ServerSpec, name: str, item: Item) -> ModelInfo:
    said = said_to_look(item)
    return ModelInfo(
        id=f"{server.name}/{name}",
        server=server.name,
        name=name,
        takes_images=known_to_look(name) if said is None else said,
        metadata=_facts(item),
    )


async def _more_about(server: ServerSpec, line: Line, items: Mapping[str, Item], seen: Seen) -> Mapping[str, Item]:
    """What those servers say that have more to say than the list; nothing when they do not."""
    owners = {item.get("owned_by") for item in items.values()}
    root = server.url.removesuffix("/v1")
    if "library" in owners:
        return await _shown_by_ollama(root, line, items, seen)
    if "organization_owner" not in owners:
        return {}
    try:  # LM Studio: https://lmstudio.ai/docs/developer/rest/endpoints
        _, body = await _ask(f"{root}/api/v0/models", line)
    except TROUBLE:
        return {}
    return {str(item.get("id")): item for item in items_in(body) or []}


async def _shown_by_ollama(root: str, line: Line, items: Mapping[str, Item], seen: Seen) -> Mapping[str, Item]:
    """Ask Ollama about each model (https://docs.ollama.com/api-reference/show-model-details), until one goes wrong."""
    keys = {name: f"{name} {item.get('created')}" for name, item in items.items()}
    places = asyncio.Semaphore(SHOWN_AT_ONCE)

    async def show(name: str) -> None:
        async with places:
            status, body = await _ask(f"{root}/api/show", line, {"model": name})
        seen[keys[name]] = {"capabilities": _decoded(body).get("capabilities") if status == 200 else None}

    try:
        async with asyncio.TaskGroup() as group:
            for name in [name for name, key in keys.items() if key not in seen][:MAX_SHOWN]:
                group.create_task(show(name))
    except* TROUBLE:
        pass  # it is asked about the others next time
    return {name: seen[key] for name, key in keys.items() if key in seen}


def _abilities(body: bytes) -> dict[str, Item]:
    """What llama.cpp says of its models beside OpenAI's list, by their names."""
    listed = _decoded(body).get("models")
    models = cast("list[Any]", listed) if isinstance(listed, list) else []
    return {
        str(name): {"capabilities": abilities}
        for each in models
        if isinstance(each, dict)
        for name, abilities in [(cast("Item", each).get("model"), cast("Item", each).get("capabilities"))]
        if abilities is not None
    }


def _decoded(body: bytes) -> Item:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return cast("Item", answer) if isinstance(answer, dict) else {}


def items_in(body: bytes) -> list[Item] | None:
    """Return the entries of a list of models, or None when it is something else. No models may be `null`."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    data = cast("Item", answer).get("data", ()) if isinstance(answer, dict) else answer
    if data is None and answer is not None:
        return []
    if not isinstance(data, list):
        return None
    return [cast("Item", item) for item in cast("list[Any]", data) if isinstance(item, dict)]


def _facts(item: Item) -> dict[str, Any]:
    """Keep the short facts of an entry, and those of llama.cpp's `meta`, such as the size of its window."""
    meta = item.get("meta")
    facts = {**(cast("Item", meta) if isinstance(meta, dict) else {}), **item}
    short = {
        name: value
        for name, value in facts.items()
        if name not in ("id", "object")
        and isinstance(value, str | int | float | bool)
        and len(str(value)) <= MAX_FACT_CHARS
    }
    return dict(list(short.items())[:MAX_FACTS])
