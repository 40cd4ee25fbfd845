"""The native dialect: the guide's shapes. The domain is the wire here, so there is little to translate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from tertulia.domain.agents import AgentConfig, ToolConfig, Toolgroup, Visibility
from tertulia.domain.base import Input
from tertulia.domain.events import LoggedEvent, RestEvent
from tertulia.domain.feedback import Comment, Rating
from tertulia.domain.messages import InputMessage, ToolAnswer
from tertulia.domain.sessions import SessionName
from tertulia.domain.shares import Included
from tertulia.domain.toolgroups import McpEndpoint, McpServer, Policies, Secrets, ToolgroupId, Words
from tertulia.domain.tools import ApprovalRule, ToolPolicy
from tertulia.domain.turns import OnBusy, Verdict
from tertulia.domain.users import MAX_PASSWORD, KeyName, Password, Role, Scopes, UserName
from tertulia.server.wire.base import TurnAt

RETRY_MS = 1000
"""How long a browser waits before it opens a broken stream again."""


class CreateAgent(Input):
    """A new agent."""

    agent_config: AgentConfig
    visibility: Visibility = "private"


class PatchAgent(Input):
    """Changes of an agent: an RFC 7396 merge patch of its config, and who may use it."""

    agent_config: Annotated[dict[str, Any], Meta(examples=[{"instructions": "Answer in one sentence."}])] = field(
        default_factory=dict[str, Any]
    )
    visibility: Visibility | None = None


class CreateSession(Input):
    """A new session; without a name it gets one from its first message."""

    session_name: SessionName | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class CreateTurn(Input):
    """A new turn. `stream` answers with events, `background` at once; else the answer waits until the turn rests.

    With `parent_turn_id` it comes after that turn, on a branch of its own if another one does so already: to edit a
    turn, send its new message with its own `parent_turn_id`, which is null for the first one. Without, it goes on from
    the active branch.
    """

    messages: Annotated[
        list[InputMessage],
        Meta(min_length=1, max_length=100, examples=[[{"role": "user", "content": "What time is it in Lisbon?"}]]),
    ]
    stream: bool = False
    background: bool = False
    on_busy: OnBusy = "enqueue"
    toolgroups: list[Toolgroup] | None = None
    tool_config: ToolConfig | None = None
    parent_turn_id: str | UnsetType | None = UNSET


class RetryTurn(Input):
    """Another attempt at a turn's input. `stream` and `background` are as for a new turn."""

    stream: bool = False
    background: bool = False
    on_busy: OnBusy = "enqueue"


class RateTurn(Input):
    """What its owner thinks of a turn, and why if they like to say it."""

    rating: Rating
    comment: Comment = ""


class ForkSession(Input):
    """A new session that has another one's turns up to `turn_id`; without it, to the last one that has ended.

    Without a name it is called as the other one. With an `agent_id` it is that agent's, and its turns are copies.
    """

    turn_id: str | None = None
    agent_id: str | None = None
    session_name: SessionName | None = None


class CreateShare(Input):
    """A link to a session. `expires_at` is a time with its zone; without it, the link is there until it is revoked.

    It ends with the turn `turn_id` if that is given. `signed` tells its readers the name of who made it, if they have
    one here.
    """

    include: Included = "messages"
    live: bool = False
    turn_id: str | None = None
    signed: bool = False
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class ForkShared(Input):
    """A session of one's own that goes on, with one's own agent, from what a link shows."""

    agent_id: str


class ResumeTurn(Input):
    """Answers that a turn waits for: all of them, or those that are there."""

    tool_responses: Annotated[list[ToolAnswer], Meta(min_length=1, max_length=100)]
    stream: bool = False
    background: bool = False


class DecideTurn(Input):
    """What is done about a tool call that waits for a person's decision.

    `arguments`, all of them, take the place of what the model chose; `answer` is what a question is answered with, an
    object of its `requested_schema`; `remember` approves all calls of this tool for the rest of the session.
    `attempt` is that of the step as the person saw it: if the call has gone on since, this was not decided about it.
    """

    call_id: str
    decision: Verdict
    reason: Annotated[str, Meta(max_length=2000)] = ""
    arguments: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    remember: bool = False
    attempt: Annotated[int, Meta(ge=0)] | None = None
    stream: bool = False
    background: bool = False


class NewEndpoint(Input):
    """Where an MCP server is: at a `uri`, or a program that is run, with its environment."""

    uri: Annotated[str, Meta(min_length=1, max_length=4_000, examples=["https://mcp.example/mcp"])] | None = None
    command: Annotated[str, Meta(min_length=1, max_length=4_000)] | None = None
    args: Words = field(default_factory=list[str])
    env: Secrets = field(default_factory=dict[str, str])


class RegisterToolgroup(Input):
    """An MCP server whose tools agents can be given. Its credentials are its own, and are never shown again.

    `authorization` is the header of that name, or a bearer token. `approval` is the rule for all of its tools,
    `policies` have those of single ones, by the names that the server gives them.
    """

    toolgroup_id: ToolgroupId
    mcp_endpoint: NewEndpoint
    headers: Secrets = field(default_factory=dict[str, str])
    authorization: Annotated[str, Meta(min_length=1, max_length=8_000)] | None = None
    approval: ApprovalRule = "first_time"
    policies: Policies = field(default_factory=dict[str, ToolPolicy])

    @property
    def server(self) -> McpServer:
        """What is registered."""
        endpoint = self.mcp_endpoint
        return McpServer(
            toolgroup_id=self.toolgroup_id,
            endpoint=McpEndpoint(uri=endpoint.uri, command=endpoint.command, args=endpoint.args),
            headers=self.headers,
            authorization=self.authorization,
            env=endpoint.env,
            approval=self.approval,
            policies=self.policies,
        )


class AcceptToolgroup(Input):
    """What was looked at: the `listing` of the toolgroup. Without it, its tools are accepted as they are."""

    listing: str | None = None


class CallTool(Input):
    """The arguments of a call."""

    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


class SignIn(Input):
    """The name and password of a user."""

    name: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=MAX_PASSWORD)]


class SetUp(Input):
    """The first admin: the token of the link that the server printed, and what to sign in by from then on."""

    token: Annotated[str, Meta(max_length=200)]
    name: UserName
    password: Password


class ChangeAccount(Input):
    """Changes of one's own account; a new `password` wants the `current_password`."""

    name: UserName | None = None
    password: Password | None = None
    current_password: Annotated[str, Meta(max_length=MAX_PASSWORD)] | None = None


class CreateKey(Input):
    """A new API key; without `scopes` it may do what its maker may. `expires_at` is a time with its zone."""

    name: KeyName
    scopes: Scopes | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class CreateUser(Input):
    """A new user."""

    name: UserName
    role: Role = "user"
    password: Password | None = None


class ChangeUser(Input):
    """Changes of a user; what is left out stays."""

    name: UserName | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


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
