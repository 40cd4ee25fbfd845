"""What can be loaded: a server with the Agents API, in either of its dialects, or the model server itself.

A target knows how a turn is asked for and how its answer is read. An answer counts only if it is whole: it ended as it
should, with as many words as were asked for.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, Protocol

from bench.ask import WORD
from bench.connection import Answer, Connection, request

Dialect = Literal["native", "llama_stack"]
MAKERS = 8
"""Connections that create sessions side by side."""


class TargetError(Exception):
    """A server cannot be loaded, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer held."""

    words: int
    events: int
    is_whole: bool


class Target(Protocol):
    """A server under load. A place is where turns are posted to: a session, if the server has them."""

    @property
    def url(self) -> str: ...

    @property
    def mark(self) -> bytes:
        """What the first delta of a stream holds and nothing before it does."""
        ...

    async def prepare(self, places: int, within: float) -> Sequence[str]:
        """Make fresh places; fewer when it takes longer than so many seconds, but at least one."""
        ...

    def request(self, place: str, text: str, *, stream: bool) -> bytes: ...

    def read(self, answer: Answer, *, stream: bool) -> Reading: ...


class ModelServer:
    """The model server, called directly: what every figure of ours is set against."""

    mark = b'"content":"word'

    def __init__(self, url: str, model: str) -> None:
        self.url = url
        self._model = model

    async def prepare(self, places: int, within: float) -> Sequence[str]:
        return [f"{self.url}/chat/completions"] * places

    def request(self, place: str, text: str, *, stream: bool) -> bytes:
        return self.request_with(place, [{"role": "user", "content": text}], stream=stream)

    def request_with(self, place: str, messages: Sequence[Mapping[str, str]], *, stream: bool) -> bytes:
        """Ask with a whole conversation."""
        options = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
        return request("POST", place, json.dumps({"model": self._model, "messages": messages, **options}).encode())

    def read(self, answer: Answer, *, stream: bool) -> Reading:
        if not stream:
            return Reading(answer.body.count(WORD), 0, answer.status == 200)
        events = answer.body.count(b"data:")
        return Reading(answer.body.count(WORD), events, answer.body.endswith(b"data: [DONE]\n\n"))


class AgentsApi:
    """A server with agents, sessions and turns. `url` is what its paths begin with, such as http://127.0.0.1:8321/v1."""

    mark = b'"step_progress"'

    def __init__(self, url: str, model: str, dialect: Dialect = "native") -> None:
        self.url = url
        self._model = model
        self.dialect: Dialect = dialect
        self._headers = ("x-dialect: llama_stack",) if dialect == "llama_stack" else ()
        self._agent_id = ""

    def at(self, url: str) -> "AgentsApi":
        """The same kind of server elsewhere, with an agent of its own."""
        return AgentsApi(url, self._model, self.dialect)

    async def prepare(self, places: int, within: float) -> Sequence[str]:
        stop = perf_counter() + within
        agent = await self.agent()
        made: list[str] = []
        wanted = iter(range(places))

        async def make(connection: Connection) -> None:
            for _ in wanted:
                if made and perf_counter() > stop:
                    break
                made.append(f"{await self.new_session(connection, agent)}/turn")
            connection.close()

        await asyncio.gather(*(make(Connection(self.url)) for _ in range(MAKERS)))
        return made

    async def agent(self) -> str:
        """The address of the agent that all turns are for; it is created once."""
        if not self._agent_id:
            model = await self._full_model_name()
            config = {"model": model, "instructions": "Do as you are told.", "enable_session_persistence": True}
            config = config if self._headers else {key: config[key] for key in ("model", "instructions")}
            created = await self.call("POST", f"{self.url}/agents", {"agent_config": config})
            self._agent_id = created["agent_id"]
        return f"{self.url}/agents/{self._agent_id}"

    async def new_session(self, connection: Connection, agent: str) -> str:
        """Create a session and return its address."""
        created = await self.call("POST", f"{agent}/session", {"session_name": "A session under load"}, connection)
        return f"{agent}/session/{created['session_id']}"

    def get(self, url: str) -> bytes:
        """A request to read."""
        return request("GET", url, headers=self._headers)

    def request(self, place: str, text: str, *, stream: bool) -> bytes:
        body = {"messages": [{"role": "user", "content": text}], "stream": stream}
        return request("POST", place, json.dumps(body).encode(), self._headers)

    async def begin(self, place: str, text: str) -> str:
        """Start a turn that nobody reads; return its address."""
        messages = [{"role": "user", "content": text}]
        turn = await self.call("POST", place, {"messages": messages, "background": True})
        return f"{place}/{turn['turn_id']}"

    def read(self, answer: Answer, *, stream: bool) -> Reading:
        if stream:
            return read_turn_stream(answer)
        words = json.loads(answer.body)["output_message"]["content"].encode().count(WORD) if answer.status == 200 else 0
        return Reading(words, 0, answer.status == 200)

    async def call(self, method: str, url: str, body: Any = None, connection: Connection | None = None) -> Any:
        """Make one call and return what it answers. Raises TargetError when that is an error."""
        one = connection or Connection(url)
        content = b"" if body is None else json.dumps(body).encode()
        try:
            answer = await one.exchange(request(method, url, content, self._headers))
        finally:
            if connection is None:
                one.close()
        if not 200 <= answer.status < 300:
            raise TargetError(f"{method} {url} answered {answer.status}: {answer.body[:300].decode(errors='replace')}")
        return json.loads(answer.body)

    async def _full_model_name(self) -> str:
        """The name under which the server offers the fake server's model."""
        page: dict[str, list[dict[str, str]]] = await self.call("GET", f"{self.url}/models")
        models = page.get("models") or page.get("data") or []
        names = [model.get("id") or model.get("identifier", "") for model in models]
        for name in names:
            if name == self._model or name.endswith(f"/{self._model}"):
                return name
        raise TargetError(f"{self.url}/models does not offer {self._model}, only {', '.join(names) or 'nothing'}")


def read_turn_stream(answer: Answer) -> Reading:
    """Count the words of the deltas alone: the events at the end of a turn hold its text once more."""
    frames = [frame for frame in answer.body.split(b"\n\n") if b"data:" in frame]
    words = sum(frame.count(WORD) for frame in frames if AgentsApi.mark in frame)
    is_whole = answer.status == 200 and bool(frames) and b'"turn_complete"' in frames[-1]
    return Reading(words, len(frames), is_whole)
