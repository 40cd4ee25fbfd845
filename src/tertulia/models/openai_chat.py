"""A model server that speaks OpenAI's chat completions: Ollama, llama.cpp, LM Studio, vLLM, OpenAI and many more.

What holds, whatever the server does (reliability R9–R12, S17):
- nothing waits for ever: connecting, the first delta and every later read have their time;
- a try that failed before its first delta is made again, three times at most; nothing is ever streamed twice;
- what goes wrong leaves as ModelUnavailable, ModelTimeout or ModelRefused with a sentence for people;
- the key goes to this server only, and into no text;
- the answer is read to its end, so that its connection serves the next one; closing the iterator closes it at once.
"""

import io
import random
import secrets
import string
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from msgspec import field

from tertulia import __version__
from tertulia.domain.base import Value
from tertulia.domain.messages import AssistantMessage, Message
from tertulia.domain.models import ModelInfo
from tertulia.models.base import ModelRequest, Piece
from tertulia.models.clock import Clock, LoopClock
from tertulia.models.failures import Failure
from tertulia.models.forward import Forwarded
from tertulia.models.openai_answer import AnswerReader
from tertulia.models.openai_exchange import Exchange, Timeouts
from tertulia.models.openai_models import Item, Line, list_models
from tertulia.models.openai_request import Encodings, encode_request
from tertulia.models.pace import Pace
from tertulia.models.retries import Retries
from tertulia.models.server_spec import CHAT_PATH, ServerSpec

LARGE_BODY_BYTES = 1024 * 1024
"""Beyond this, aiohttp wants the body as a file, to write it piece by piece."""
MODERN_HOSTS = (".openai.com", ".azure.com")
"""Where the token limit is `max_completion_tokens`; everyone else only knows the older `max_tokens`."""


def limit_field_at(host: str) -> str:
    """Return what a server at `host` calls the limit of tokens."""
    return "max_completion_tokens" if host.endswith(MODERN_HOSTS) else "max_tokens"


def new_call_id() -> str:
    """Make an id for a tool call that the server gave none: nine letters and digits, as Mistral's templates want it."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(9))


class Means(Value):
    """What a server needs of the world: time, chance and ids; and the pace, which is that of all servers together."""

    clock: Clock = LoopClock()
    random: Callable[[], float] = random.random
    new_call_id: Callable[[], str] = new_call_id
    pace: Pace = field(default_factory=Pace)


class OpenAIChat:
    """A `ModelServer` at `spec.url`, over a session that it does not own."""

    is_demo = False

    def __init__(
        self,
        spec: ServerSpec,
        session: ClientSession,
        *,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        means: Means | None = None,
    ) -> None:
        self._spec = spec
        self._session = session
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._means = means or Means()
        self._encodings = Encodings()
        self._seen: dict[str, Item] = {}
        self._limit_field = limit_field_at(urlsplit(spec.url).hostname or "")

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def url(self) -> str:
        return self._spec.url

    def __repr__(self) -> str:
        return f"OpenAIChat({self.name!r}, {self.url!r})"

    async def list_models(self) -> list[ModelInfo]:
        line = Line(session=self._session, clock=self._means.clock, headers=self._headers())
        return await list_models(self._spec, line, self._seen)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        body = encode_request(request, self._encodings, limit_field=self._limit_field)
        exchange, batch = await self._begin(request, body)
        pace = self._means.pace
        try:
            with pace.of_answer():
                yield batch
                while not exchange.is_over:
                    if pause := pace.pause:
                        await self._means.clock.sleep(pause)
                    yield await exchange.next_batch()
        except Failure as failure:
            error = failure.error
        else:
            return
        finally:
            exchange.close()
        raise error

    async def forward(self, path: str, body: bytes) -> Forwarded:
        """Hand a request on as it is. Raises ModelError, Declined."""
        answer = Forwarded(self._spec, self._post(body, path), clock=self._means.clock, timeouts=self._timeouts)
        await answer.begin()
        return answer

    async def close(self) -> None:
        """Nothing to do: the session is its owner's to close."""

    async def _begin(self, request: ModelRequest, body: bytes) -> tuple[Exchange, list[Piece]]:
        """Try until there is a first batch. Raises ModelError."""
        tries = 0
        while True:
            tries += 1
            exchange = self._exchange(request.messages, body, tries)
            try:
                return exchange, await exchange.next_batch()
            except Failure as caught:
                exchange.close()
                failure = caught
            except BaseException:
                exchange.close()
                raise
            wait = self._retries.wait_after(tries, failure, self._means.random())
            if wait is None:
                raise failure.error
            await self._means.clock.sleep(wait)

    def _exchange(self, messages: Sequence[Message], body: bytes, tries: int) -> Exchange:
        reader = AnswerReader(self._means.new_call_id, lambda: call_ids_in(messages))
        if tries > 1:
            reader.note("tries", tries)
        return Exchange(self._spec, self._post(body), reader, clock=self._means.clock, timeouts=self._timeouts)

    def _post(self, body: bytes, path: str = CHAT_PATH) -> Awaitable[ClientResponse]:
        return self._session.post(
            self._spec.url + path,
            data=body if len(body) <= LARGE_BODY_BYTES else io.BytesIO(body),
            headers={
                **self._headers(),
                "Content-Type": "application/json",
                "Accept": "text/event-stream, application/json",
            },
            allow_redirects=False,
            timeout=ClientTimeout(total=None, connect=self._timeouts.connect),
        )

    def _headers(self) -> dict[str, str]:
        # Compression would only hold a stream back; whoever compresses nevertheless is understood.
        headers = {"Accept-Encoding": "identity", "User-Agent": f"tertulia/{__version__}"}
        if self._spec.api_key:
            headers["Authorization"] = f"Bearer {self._spec.api_key}"
        return headers


def call_ids_in(messages: Sequence[Message]) -> set[str]:
    """Return the ids of all tool calls of a transcript."""
    return {
        call.call_id for message in messages if isinstance(message, AssistantMessage) for call in message.tool_calls
    }
