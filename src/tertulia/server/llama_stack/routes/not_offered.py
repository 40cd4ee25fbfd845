"""What Llama Stack has and this server has not: each says so in a sentence, so that nobody looks for their mistake."""

from typing import Any

from litestar import HttpMethod, Request, Router, get, route

from tertulia.domain.errors import NotOffered

SESSIONS = "Talks are kept as agents, sessions and turns here: use client.agents (client.alpha.agents in 0.3)."
SEARCH = "There is no vector store here. Send what a turn is about as its documents."
TRAINING = "Tertulia runs agents; it does not train or grade models, and keeps no data sets."
INFERENCE = "Ask models by /v1/chat/completions, or by /v1/inference/chat-completion."

MISSING = {
    "datasets": TRAINING,
    "datasetio": TRAINING,
    "eval": TRAINING,
    "scoring": TRAINING,
    "scoring-functions": TRAINING,
    "post-training": TRAINING,
    "synthetic-data-generation": TRAINING,
    "telemetry": "There is no telemetry here. The steps of a turn say what happened in it.",
    "vector-dbs": SEARCH,
    "vector-io": SEARCH,
    "vector_stores": SEARCH,
    "openai/v1/vector_stores": SEARCH,
    "tool-runtime/rag-tool": SEARCH,
    "responses": SESSIONS,
    "openai/v1/responses": SESSIONS,
    "conversations": SESSIONS,
    "openai/v1/conversations": SESSIONS,
    "prompts": SESSIONS,
    "batches": INFERENCE,
    "openai/v1/batches": INFERENCE,
    "moderations": "Use shields: client.safety.run_shield.",
    "openai/v1/moderations": "Use shields: client.safety.run_shield.",
    "rerank": INFERENCE,
    "inference/rerank": INFERENCE,
    "inference/batch-completion": INFERENCE,
    "inference/batch-chat-completion": INFERENCE,
}
"""By the beginning of the path."""
OPENAI_CHAT = ("/chat/completions", "/openai/v1/chat/completions")
KEPT_CHATS = [path for name in OPENAI_CHAT for path in (name, f"{name}/{{rest:path}}")]
"""Where Llama Stack lists the chat completions that it has answered."""
METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]
PATHS = [path for name in MISSING for path in (f"/{name}", f"/{name}/{{rest:path}}")]


@route(PATHS, http_method=METHODS, status_code=200)
async def say_what_is_missing(request: Request[Any, Any, Any]) -> None:
    """Say that this is not offered, and what is instead."""
    name = _name_of(request.url.path)
    raise NotOffered(f"Tertulia does not offer {name}. {MISSING[name]}")


@get(KEPT_CHATS)
async def say_that_chats_are_not_kept() -> None:
    """Say that what passes through leaves no trace; it goes with the routes that let it pass, which have its path."""
    raise NotOffered(f"Tertulia does not keep chat completions: they pass through. {SESSIONS}")


def is_offered(method: str, path: str) -> bool:
    """Tell whether a path leads to something."""
    return _find(path) is None and not (method == "GET" and path.removeprefix("/v1").startswith(OPENAI_CHAT))


def _name_of(path: str) -> str:
    name = _find(path)
    assert name is not None, "only paths of what is missing lead here"
    return name


def _find(path: str) -> str | None:
    below = path.split("/", 2)[-1]  # behind the prefix
    return next((name for name in MISSING if below == name or below.startswith(f"{name}/")), None)


def not_offered_router() -> Router:
    """The routes of what is missing."""
    handlers: list[Any] = [say_what_is_missing]
    return Router("/v1", route_handlers=handlers)
