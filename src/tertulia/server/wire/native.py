"""The native dialect: the guide's shapes. The domain is the wire here, so there is little to translate."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from tertulia.domain.agents import AgentConfig, ToolConfig, Toolgroup
from tertulia.domain.base import Input
from tertulia.domain.events import LoggedEvent, RestEvent
from tertulia.domain.messages import InputMessage, ToolAnswer
from tertulia.domain.sessions import SessionName
from tertulia.domain.turns import OnBusy, Verdict
from tertulia.server.wire.base import TurnAt

RETRY_MS = 1000
"""How long a browser waits before it opens a broken stream again."""


class CreateAgent(Input):
    """A new agent."""

    agent_config: AgentConfig


class PatchAgent(Input):
    """Changes of an agent: an RFC 7396 merge patch of its config."""

    agent_config: Annotated[dict[str, Any], Meta(examples=[{"instructions": "Answer in one sentence."}])]


class CreateSession(Input):
    """A new session; without a name it gets one from its first message."""

    session_name: SessionName | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class CreateTurn(Input):
    """A new turn. `stream` answers with events, `background` at once; else the answer waits until the turn rests."""

    messages: Annotated[
        list[InputMessage],
        Meta(min_length=1, max_length=100, examples=[[{"role": "user", "content": "What time is it in Lisbon?"}]]),
    ]
    stream: bool = False
    background: bool = False
    on_busy: OnBusy = "enqueue"
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None


class ResumeTurn(Input):
    """Answers that a turn waits for: all of them, or those that are there."""

    tool_responses: Annotated[list[ToolAnswer], Meta(min_length=1, max_length=100)]
    stream: bool = False
    background: bool = False


class DecideTurn(Input):
    """What is done about a tool call that waits for a person's decision.

    `arguments`, all of them, take the place of what the model chose; `answer` is what a question is answered with, an
    object of its `requested_schema`; `remember` approves all calls of this tool for the rest of the session.
    """

    call_id: str
    decision: Verdict
    reason: Annotated[str, Meta(max_length=2000)] = ""
    arguments: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    remember: bool = False
    stream: bool = False
    background: bool = False


class Native:
    """Server-sent events as the guide's clients and browsers read them."""

    stream_head = b"retry: %d\n\n" % RETRY_MS
    heartbeat = b":\n\n"

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    async def frames(self, batch: Sequence[LoggedEvent], turn_at: TurnAt) -> bytes:
        """Each event as `id:` and `data:`; one at which the turn rests carries the turn."""
        encode = self._encoder.encode
        parts: list[bytes] = []
        for logged in batch:
            payload = encode(logged.event)
            if isinstance(logged.event, RestEvent):
                payload = payload[:-1] + b',"turn":' + encode(await turn_at(logged.id)) + b"}"
            place = logged.id
            parts.append(
                b'id: %d.%d.%d\ndata: {"event":{"payload":%b}}\n\n' % (place.n, place.epoch, place.seq, payload)
            )
        return b"".join(parts)


NATIVE = Native()
