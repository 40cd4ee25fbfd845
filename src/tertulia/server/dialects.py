"""Which dialect a request is spoken in; an application of its own answers each.

The paths `/v1alpha/` and `/v1beta/` are Llama Stack's, and so are those of OpenAI's API and every request with a header
that its official clients send; all else is native. `X-Dialect` overrules all. The applications share the use cases, and
nothing below them knows of dialects.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from litestar.types import ASGIApp, Receive, Scope, Send

from tertulia.domain.errors import InvalidRequest
from tertulia.server.errors import problem_body, request_id_of

Dialect = Literal["native", "llama_stack"]

OVERRULES = b"x-dialect"
OF_LLAMA_STACK = (b"x-llamastack-client-version", b"x-stainless-lang")
"""Its Python client sends both, its TypeScript client the second."""
LATER = ("/v1alpha/", "/v1beta/")
"""Where Llama Stack has put what it may still change."""
OPENAI = ("/v1/openai/", "/v1/chat/completions", "/v1/completions", "/v1/embeddings")
"""Paths of OpenAI's API, which Llama Stack has and the native dialect has not."""
VARY = b"Origin, X-Dialect, X-LlamaStack-Client-Version, X-Stainless-Lang"


class Dialects:
    """Hands each request to the application that speaks its dialect; the lifespan is the native one's."""

    def __init__(self, *, native: ASGIApp, llama_stack: ASGIApp) -> None:
        self._apps: dict[str, ASGIApp] = {"native": native, "llama_stack": llama_stack}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, or the lifespan."""
        if scope["type"] != "http":
            await self._apps["native"](scope, receive, send)
            return
        dialect = dialect_of(scope["path"], dict(scope["headers"]))
        app = self._apps.get(dialect)
        if app is None:
            await _refuse(scope, send, dialect)
        else:
            await app(scope, receive, send)


def dialect_of(path: str, headers: Mapping[bytes, bytes]) -> str:
    """Return the dialect of a request, or what it asks for although there is no such dialect."""
    if asked := headers.get(OVERRULES):
        return asked.decode("latin-1").strip().lower()
    if path.startswith((*LATER, *OPENAI)) or any(name in headers for name in OF_LLAMA_STACK):
        return "llama_stack"
    return "native"


async def _refuse(scope: Scope, send: Send, dialect: str) -> None:
    detail = f"X-Dialect: there is no dialect {dialect[:60]!r}; there are {' and '.join(get_args(Dialect))}."
    body = problem_body(
        path=scope["path"],
        request_id=request_id_of(scope),
        status=400,
        code=InvalidRequest.code,
        detail=detail,
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
