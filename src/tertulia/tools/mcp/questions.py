"""A call of a tool while it runs, and what its server asks a person meanwhile (elicitation).

A question that has no answer yet ends the call: a person may take days. The call is made again with the answer, and
the server asks again; a key that comes from the words of the question tells that it is the same one.
"""

import asyncio
import contextvars
import hashlib
from collections import Counter
from typing import Any

import msgspec
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult

from tertulia.tools.base import Question, ToolContext
from tertulia.tools.mcp.redaction import Redaction

NOTHING_TO_FILL_IN: dict[str, Any] = {"type": "object", "properties": {}}


class RunningCall:
    """One call. `asked` is done with the question that ends it.

    Of HTTP: `status` is what it was refused with, if it was, `is_unsent` tells that there was nobody to take it, and
    `is_taken` that the server has begun to answer. What comes of a call that was taken says nothing of its beginning.
    """

    def __init__(self, context: ToolContext, redaction: Redaction) -> None:
        self._context = context
        self._redaction = redaction
        self._keys: Counter[str] = Counter()
        self.asked: asyncio.Future[Question] = asyncio.get_running_loop().create_future()
        self.has_ended = asyncio.Event()
        self.status: int | None = None
        self.is_unsent = False
        self.is_taken = False

    async def on_progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Pass on how far the server has come."""
        done = f"{progress:g}" if total is None else f"{progress:g}/{total:g}"
        await self._context.output(self._redaction.text(f"{message or done}\n"))

    def answer(self, params: ElicitRequestParams) -> ElicitResult | None:
        """Return what a person has answered to a question; without an answer, the question ends the call."""
        question = self._question(params)
        answer = self._context.answers.get(question.key)
        if answer is None:
            if not self.asked.done():
                self.asked.set_result(question)
            return None
        is_form = isinstance(params, ElicitRequestFormParams)
        content = answer.content if is_form and answer.action == "accept" else None
        return ElicitResult(action=answer.action, content=content)

    def _question(self, params: ElicitRequestParams) -> Question:
        if isinstance(params, ElicitRequestFormParams):
            message, schema = params.message, params.requested_schema
        else:
            message, schema = f"{params.message}\n\n{params.url}", NOTHING_TO_FILL_IN
        message, schema = self._redaction.text(message), self._redaction.json(schema)
        words = msgspec.json.encode([message, schema], order="deterministic")
        digest = hashlib.sha256(words).hexdigest()[:16]
        self._keys[digest] += 1
        count = self._keys[digest]
        return Question(key=digest if count == 1 else f"{digest}-{count}", message=message, requested_schema=schema)


CALL: contextvars.ContextVar[RunningCall | None] = contextvars.ContextVar("mcp_call", default=None)
"""The call that something is done for: the SDK's HTTP transport takes it along to whatever comes of a request."""
