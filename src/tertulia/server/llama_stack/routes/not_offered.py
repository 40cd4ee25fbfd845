"""What Llama Stack has and this server has not: each says so in a sentence, so that nobody looks for their mistake."""

from typing import Any

from litestar import HttpMethod, Request, Router, route

from tertulia.domain.errors import NotOffered

SESSIONS = "Talks are kept as agents, sessions and turns here: use client.agents."
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
    "inference/completion": "Text is completed by /v1/openai/v1/completions.",
    "inference/embeddings": "Texts are embedded by /v1/openai/v1/embeddings.",
    "inference/batch-completion": INFERENCE,
    "inference/batch-chat-completion": INFERENCE,
}
"""By the beginning of the path."""
METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]
PATHS = [path for name in MISSING for path in (f"/{name}", f"/{name}/{{rest:path}}")]


@route(PATHS, http_method=METHODS, status_code=200)
async def say_what_is_missing(request: Request[Any, Any, Any]) -> None:
    """Say that this is not offered, and what is instead."""
    name = _name_of(request.url.path)
    raise NotOffered(f"Tertulia does not offer {name}. {MISSING[name]}")


def is_offered(path: str) -> bool:
    """Tell whether a path leads to something."""
    return _find(path) is None


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
