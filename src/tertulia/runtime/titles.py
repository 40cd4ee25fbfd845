"""Names for sessions, made by a model once the first turn has ended. A name given by a person is never overwritten."""

import asyncio
from contextlib import aclosing

import structlog

from tertulia.domain.agents import SamplingParams
from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import TertuliaError
from tertulia.domain.messages import Message, SystemMessage, UserMessage, text_of
from tertulia.domain.sessions import title_of
from tertulia.models.base import ModelRequest, Resolve
from tertulia.runtime.live import LiveTurn
from tertulia.store.sessions import SessionStore

log = structlog.get_logger()

INSTRUCTIONS = (
    "Name the conversation below in at most six words, in its own language. Answer with the name alone: no quotation "
    "marks, no full stop."
)
EXCERPT_CHARS = 2_000
SECONDS = 60


class Titles:
    """Asks a model for names, in the background; a failure leaves the name as it is."""

    def __init__(self, store: SessionStore, resolve: Resolve, *, model: str) -> None:
        self._store = store
        self._resolve = resolve
        self._model = model
        self._tasks: set[asyncio.Task[None]] = set()

    def on_end(self, live: LiveTurn) -> None:
        """Name the session of a first turn that has ended well."""
        if live.record.n == 1 and live.state.status == "completed":
            task = asyncio.create_task(self._name(live), name=f"title-{live.record.session_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _name(self, live: LiveTurn) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                name = await self._ask(live)
            if name:
                await self._store.name_session(
                    live.record.owner, live.record.session_id, name=title_of(name), source="model"
                )
        except (TertuliaError, TimeoutError) as error:
            log.warning("title.failed", session_id=live.record.session_id, error=type(error).__name__)

    async def _ask(self, live: LiveTurn) -> str:
        server, model, _ = await self._resolve(self._model)
        request = ModelRequest(model=model, messages=_excerpt(live), sampling=SamplingParams(max_tokens=64))
        text = ""
        async with aclosing(server.stream(request)) as batches:
            async for batch in batches:
                text += "".join(piece.text for piece in batch if isinstance(piece, TextDelta))
        return text.strip().strip("\"'“”«».").strip()


def _excerpt(live: LiveTurn) -> list[Message]:
    turn = live.turn
    asked = "\n".join(text_of(message.content) for message in live.state.head.input_messages)
    answered = turn.output_message.content if turn else ""
    return [
        SystemMessage(content=INSTRUCTIONS),
        UserMessage(content=f"User: {asked[:EXCERPT_CHARS]}\n\nAssistant: {answered[:EXCERPT_CHARS]}"),
    ]
