"""The models that an OpenAI-compatible server says it has."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from tertulia.domain.errors import ModelError, ModelUnavailable
from tertulia.domain.models import ModelInfo
from tertulia.models import failures
from tertulia.models.clock import Clock, TimeIsUp, Watchdog
from tertulia.models.http import BodyTooLarge, read_whole
from tertulia.models.server_spec import ServerSpec

LIST_TIMEOUT_S = 5.0
MAX_LIST_BYTES = 8 * 1024 * 1024
MAX_NAME_CHARS = 300
MAX_FACTS = 24
MAX_FACT_CHARS = 200

Item = dict[str, Any]


async def list_models(
    server: ServerSpec, session: ClientSession, clock: Clock, *, headers: Mapping[str, str]
) -> list[ModelInfo]:
    """Ask for the list. Raises ModelRefused when the key is not accepted, else ModelUnavailable or ModelTimeout."""
    try:
        status, body = await _get(f"{server.url}/models", session, clock, headers)
    except TimeIsUp:
        error: ModelError = failures.too_slow(server, "did not list its models", LIST_TIMEOUT_S).error
    except BodyTooLarge:
        error = failures.malformed(server, "its list of models is too large").error
    except (ClientError, OSError) as trouble:
        error = failures.of_network(server, trouble).error
    else:
        return _models(server, status, body)
    raise error


async def _get(url: str, session: ClientSession, clock: Clock, headers: Mapping[str, str]) -> tuple[int, bytes]:
    watchdog = Watchdog(clock)
    deadline = clock.now() + LIST_TIMEOUT_S
    timeout = ClientTimeout(total=None, connect=LIST_TIMEOUT_S)
    try:
        request = session.get(url, headers=headers, allow_redirects=False, timeout=timeout)
        response = await watchdog.wait(request, deadline)
        try:
            return response.status, await watchdog.wait(read_whole(response.content, MAX_LIST_BYTES), deadline)
        finally:
            response.close()
    finally:
        watchdog.close()


def _models(server: ServerSpec, status: int, body: bytes) -> list[ModelInfo]:
    if status in (401, 403):
        raise failures.of_status(server, status, body).error
    if status != 200:
        raise ModelUnavailable(
            f"The model server {server.name} has no list of models at {server.url}/models ({status})."
        )
    items = items_in(body)
    if items is None:
        raise failures.malformed(server, "its list of models is none").error
    named = {
        name: item for item in items if isinstance(name := item.get("id"), str) and 0 < len(name) <= MAX_NAME_CHARS
    }
    return [
        ModelInfo(id=f"{server.name}/{name}", server=server.name, name=name, metadata=_facts(item))
        for name, item in named.items()
    ]


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
