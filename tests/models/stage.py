"""A model server of ours, connected by real sockets to a fake upstream that does as it is told."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count

from aiohttp import ClientSession

from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import ModelError
from tertulia.domain.messages import Message, UserMessage
from tertulia.engine.assembly import NOTHING, Assembly, add
from tertulia.models.base import Finished, ModelRequest, Piece
from tertulia.models.http import open_session
from tertulia.models.openai_chat import Means, OpenAIChat
from tertulia.models.openai_exchange import Timeouts
from tertulia.models.server_spec import ServerSpec
from tests.fakes.clock import ManualClock
from tests.fakes.upstream import Behaviour, Upstream

API_KEY = "canary4f9d1c77e2"


@dataclass
class Stage:
    """What a test needs at hand. Ids are `made1`, `made2` …; chance is always a half."""

    model: OpenAIChat
    upstream: Upstream
    clock: ManualClock
    session: ClientSession

    async def until_waiting(self) -> None:
        """Wait until a request has arrived, and its answer, as far as there is one, was read."""
        await self.upstream.arrived.wait()
        await settle()


@asynccontextmanager
async def stage(*behaviours: Behaviour, url: str | None = None, connect: float = 5.0) -> AsyncIterator[Stage]:
    numbers = count(1)
    clock = ManualClock()
    means = Means(clock=clock, random=lambda: 0.5, new_call_id=lambda: f"made{next(numbers)}")
    async with Upstream(*behaviours) as upstream, open_session() as session:
        spec = ServerSpec(name="fake", url=url or upstream.url, api_key=API_KEY)
        model = OpenAIChat(spec, session, timeouts=Timeouts(connect=connect), means=means)
        yield Stage(model, upstream, clock, session)


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def until_error(on: Stage) -> tuple[list[Piece], ModelError]:
    """Ask, and return the pieces that came and the error that ended them."""
    pieces: list[Piece] = []
    try:
        async for batch in on.model.stream(ask()):
            pieces += batch
    except ModelError as error:
        return pieces, error
    raise AssertionError("there was no error")


async def error_of(on: Stage) -> ModelError:
    return (await until_error(on))[1]


async def error_after(*behaviours: Behaviour) -> ModelError:
    async with stage(*behaviours) as on:
        return await error_of(on)


def ask(*messages: Message) -> ModelRequest:
    return ModelRequest(model="m", messages=messages or [UserMessage(content="Hi")])


async def whole(answer: AsyncGenerator[list[Piece], None]) -> list[Piece]:
    return [piece async for batch in answer for piece in batch]


def fold(pieces: list[Piece]) -> Assembly:
    assembly = NOTHING
    for piece in pieces:
        if not isinstance(piece, Finished):
            assembly = add(assembly, piece)
    return assembly


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if isinstance(piece, TextDelta)]


def finished(pieces: list[Piece]) -> Finished:
    last = pieces[-1]
    assert isinstance(last, Finished)
    return last


@contextmanager
def unused_port() -> Iterator[int]:
    """A port at which nobody listens: bound, so that nobody else takes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port at which somebody listens who never accepts, and who has no room for more."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
