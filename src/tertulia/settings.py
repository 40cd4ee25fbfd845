"""What an operator can set: one frozen value, read once, passed on as values.

Every field has a default that works on a laptop and a sentence that says what it is. The variable of a field is its
name in capitals after `TERTULIA_`, but for the two that the whole field shares (`OPENAI_BASE_URL`, `OPENAI_API_KEY`).
An empty variable counts as not set. What is set wrongly is a StartupError that names the variable and what it takes.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, field, inspect
from platformdirs import user_data_path

from tertulia.domain.base import Value
from tertulia.domain.errors import StartupError
from tertulia.domain.limits import OwnerLimits
from tertulia.domain.retention import RetentionRule

PREFIX = "TERTULIA_"
UNPREFIXED = frozenset({"openai_base_url", "openai_api_key"})
ELSEWHERE = frozenset(
    {
        "TERTULIA_URL",
        "TERTULIA_API_KEY",
        "TERTULIA_SKIP_WEB",
        "TERTULIA_TEST_DATABASE_URL",
        "TERTULIA_CHROMIUM",
        "TERTULIA_DEV_SERVER",
        "TERTULIA_FAULTS",
        "TERTULIA_FAULTS_SEED",
    }
)
"""Variables of ours that other programs than the server read."""

REPEATED = frozenset({"model_servers", "mcp_servers"})
"""Options that are given once for each value."""

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")

Seconds = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]
Most = Annotated[int, Meta(ge=0)]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*$", description="a URL that begins with http:// or https://")]
DatabaseUrl = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9+]+://\S*$",
        description="a URL such as sqlite:////srv/tertulia.db or postgresql://user@host/name",
    ),
]
BlobUrl = Annotated[
    str,
    Meta(
        pattern=r"^(?:file|s3)://\S+$",
        description="a URL such as file:///srv/files or s3://bucket/prefix?endpoint=https://host",
    ),
]
ModelServer = Annotated[
    str,
    Meta(
        pattern=r"^(?:[a-z0-9][a-z0-9.-]*=)?https?://[^\s/]+\S*$",
        description="model servers, each as URL or name=URL",
    ),
]
McpServer = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*=https?://[^\s/]+\S*$",
        description="MCP servers, each as name=URL",
    ),
]
ModelId = Annotated[str, Meta(pattern=r"^[^/\s]+/\S+$", description="a model as server/model")]
ToolReference = Annotated[
    str, Meta(pattern=r"^\w+(\.\w+)*:\w+(\.\w+)*$", description="tools, each as module:attribute")
]
NetworkText = Annotated[
    str, Meta(pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$", description="networks such as 10.1.0.0/16 or fd12:3456::/32")
]
FilePath = Annotated[Path, Meta(description="a file")]
ImageModels = Annotated[
    str, Meta(pattern=r"^!?[^/\s]+/\S+$", description="patterns of server/model, where * stands for anything")
]
HostName = Annotated[
    str, Meta(pattern=r"^[^\s/:]+$|^\[[0-9a-fA-F:.]+\]$", description="host names, without scheme and port")
]
Origin = Annotated[
    str, Meta(pattern=r"^https?://[^\s/]+$", description="origins such as https://chat.example, without a path")
]
EmbedOrigin = Annotated[
    str,
    Meta(
        pattern=r"^https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$",
        description="origins such as https://www.example, each without a path or a `*`",
    ),
]
"""What stands in a policy as it is, so it has nothing in it that would end its place there."""


IssuerRole = Annotated[
    str,
    Meta(
        pattern=r"^\S+=(?:admin|user|reader)$",
        description="values and the roles that they give, such as staff=user or chat-admins=admin",
    ),
]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+$", description="the name of a header")]


class Secret:
    """A text that no repr, log line or JSON shows; `reveal` is the one way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, to be handed to its one user."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def _default_data_dir() -> Path:
    return user_data_path("tertulia", appauthor=False)


class Settings(Value):
    """How this server runs."""

    host: Annotated[str, Meta(description="The address to listen at.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen at; 0 takes any that is free.")] = 8321
    auth: Annotated[
        Literal["auto", "none", "accounts", "proxy"],
        Meta(
            description="Who may use the server: `none`, whoever can reach it, at loopback addresses only; `accounts`, "
            "who signs in or has a key; `proxy`, whom a proxy names; `auto`, `none` at a loopback address, else "
            "`accounts`. See docs/guide/accounts.md."
        ),
    ] = "auto"
    open: Annotated[bool, Meta(description="Open the page in the browser once the server is ready.")] = False
    data_dir: Annotated[
        Path, Meta(description="The directory of the database and of all else that stays; made when it is missing.")
    ] = field(default_factory=_default_data_dir)
    database_url: Annotated[
        DatabaseUrl | None,
        Meta(
            description="Where the database is: SQLite, for one process, or PostgreSQL, which several nodes may share; "
            "without it, SQLite in the file tertulia.db of the data directory."
        ),
    ] = None

    blob_url: Annotated[
        BlobUrl | None,
        Meta(
            description="Where the bytes of files stay: a folder or a bucket of S3 or its like, one for all nodes; "
            "without it, the folder files of the data directory. See docs/guide/attachments.md."
        ),
    ] = None

    public_url: Annotated[
        Origin | None,
        Meta(
            description="Where people find this server, such as `https://chat.example`: what identity providers send "
            "them back to, and a host name that requests may ask for. With https there, cookies are for https alone."
        ),
    ] = None
    oidc_issuer: Annotated[
        Url | None,
        Meta(
            description="The OpenID Connect provider that people sign in at, exactly as it calls itself: see "
            "docs/guide/oidc.md."
        ),
    ] = None
    oidc_client_id: Annotated[
        str | None, Meta(description="What the provider calls this server, which is registered there as a client.")
    ] = None
    oidc_client_secret: Annotated[
        Secret | None,
        Meta(description="The client's secret, unless it is a public client. It is never shown or logged."),
    ] = None
    oidc_name: Annotated[str, Meta(description="What the page calls signing in there.")] = "Single sign-on"
    oidc_scopes: Annotated[
        list[str], Meta(description="What the provider is asked for, besides `openid`, separated by commas or spaces.")
    ] = field(default_factory=lambda: ["profile", "email"])
    oidc_role_claim: Annotated[
        str | None,
        Meta(
            description="The claim by which the provider gives roles, such as `groups` or `realm_access.roles`; "
            "without it, admins give them here."
        ),
    ] = None
    jwt_audiences: Annotated[
        list[str],
        Meta(
            description="What this server is called in the access tokens (JWT) of programs, separated by commas or "
            "spaces; without it, none are taken."
        ),
    ] = field(default_factory=list[str])
    jwt_issuer: Annotated[
        Url | None, Meta(description="Whose access tokens are taken; without it, those of `TERTULIA_OIDC_ISSUER`.")
    ] = None
    jwt_jwks_url: Annotated[
        Url | None, Meta(description="Where the keys of that issuer are; without it, where it says that they are.")
    ] = None
    jwt_role_claim: Annotated[
        str | None,
        Meta(
            description="The claim by which access tokens give roles; without it, that of `TERTULIA_OIDC_ROLE_CLAIM`."
        ),
    ] = None
    proxy_networks: Annotated[
        list[NetworkText],
        Meta(
            description="From where the proxy of `TERTULIA_AUTH=proxy` asks, separated by commas or spaces: whoever "
            "asks from there is believed about who comes."
        ),
    ] = field(default_factory=list[str])
    proxy_user_header: Annotated[
        HeaderName, Meta(description="The header in which that proxy says who comes, by a name that never changes.")
    ] = "X-Forwarded-User"
    proxy_name_header: Annotated[
        HeaderName | None, Meta(description="The header in which it says what to call them; without it, the same.")
    ] = None
    proxy_role_header: Annotated[
        HeaderName | None,
        Meta(description="The header in which it gives roles, separated by commas; without it, admins give them here."),
    ] = None
    identity_roles: Annotated[
        list[IssuerRole],
        Meta(
            description="Which role each value of a role claim or role header gives, separated by commas or spaces, "
            "each as `value=role`; of several the highest counts."
        ),
    ] = field(default_factory=list[str])
    identity_default_role: Annotated[
        Literal["none", "reader", "user", "admin"],
        Meta(description="The role of whoever comes with none of these; with `none`, they may not come in."),
    ] = "user"

    model_servers: Annotated[
        list[ModelServer],
        Meta(
            description="OpenAI-compatible model servers, separated by commas or spaces, each as `URL` or `name=URL`; "
            "the name is the prefix of its models."
        ),
    ] = field(default_factory=list[str])
    openai_base_url: Annotated[
        Url | None, Meta(description="One more model server, under the variable that OpenAI's own clients read.")
    ] = None
    openai_api_key: Annotated[
        Secret | None,
        Meta(
            description="The key for that server; without a base URL, for OpenAI itself. It is never shown or logged."
        ),
    ] = None
    discover: Annotated[
        bool, Meta(description="Look for Ollama, llama.cpp, LM Studio and vLLM at their usual ports of this machine.")
    ] = True
    demo: Annotated[
        Literal["auto", "always", "never"],
        Meta(
            description="When to offer the demo model, a script and no AI; "
            "`auto` offers it when no model server is found."
        ),
    ] = "auto"
    title_model: Annotated[
        ModelId | None,
        Meta(
            description="The model that names sessions, as `server/model`; "
            "without it, a session is named from its first message."
        ),
    ] = None
    image_models: Annotated[
        list[ImageModels],
        Meta(
            description="Models that look at images, besides those of which that is known, as patterns such as "
            "`vllm/*-vl` or `*/mine`; behind a `!`, models that do not. The last that fits counts."
        ),
    ] = field(default_factory=list[str])
    shields: Annotated[
        FilePath | None, Meta(description="A TOML file of shields that agents can have: see docs/guide/shields.md.")
    ] = None
    tools: Annotated[
        list[ToolReference],
        Meta(
            description="Python functions that agents can use, separated by commas or spaces, each as "
            "`module:attribute`: see docs/guide/tools.md."
        ),
    ] = field(default_factory=list[str])
    web_fetch: Annotated[bool, Meta(description="Offer agents a tool that reads pages of the public internet.")] = False
    web_networks: Annotated[
        list[NetworkText],
        Meta(
            description="Networks outside the public internet that agents may read pages from, too, "
            "separated by commas or spaces."
        ),
    ] = field(default_factory=list[str])

    mcp_servers: Annotated[
        list[McpServer],
        Meta(
            description="MCP servers whose tools agents can be given, separated by commas or spaces, each as "
            "`name=URL`: see docs/guide/mcp.md."
        ),
    ] = field(default_factory=list[str])
    mcp_file: Annotated[
        FilePath | None, Meta(description="A TOML file of MCP servers, with their credentials: see docs/guide/mcp.md.")
    ] = None
    mcp_programs: Annotated[
        bool,
        Meta(
            description="Let MCP servers that are programs be registered over HTTP: whoever can reach this server can "
            "then run programs on its machine."
        ),
    ] = False
    mcp_networks: Annotated[
        Literal["auto", "public", "loopback", "private"],
        Meta(
            description="Where MCP servers that are registered over HTTP may be: on the public internet, also on this "
            "machine (`loopback`), or anywhere (`private`); `auto` is `loopback` where nobody has to sign in, else "
            "`public`."
        ),
    ] = "auto"

    max_body_bytes: Annotated[Count, Meta(description="The largest body of a request.")] = 32 * 1024 * 1024
    # In base64 a file grows by a third: this is the largest round number that the largest body can carry.
    max_file_bytes: Annotated[Count, Meta(description="The largest file on a message, decoded.")] = 25_000_000
    max_files: Annotated[Count, Meta(description="How many files one turn may bring.")] = 10
    unused_file_hours: Annotated[
        Seconds,
        Meta(description="Hours for which an upload is kept that no turn uses; the others stay with their turns."),
    ] = 24
    max_message_chars: Annotated[Count, Meta(description="The longest text of one message, in characters.")] = 200_000

    max_queued: Annotated[
        int, Meta(ge=0, description="How many turns of one session may wait for the one that runs.")
    ] = 8
    max_running_turns: Annotated[
        Count, Meta(description="How many turns run at once in this process; further ones wait, owners in turn.")
    ] = 512
    max_waiting_turns: Annotated[
        Count, Meta(description="How many turns may wait for others of this process to end; further ones are refused.")
    ] = 2048
    max_parallel_tools: Annotated[Count, Meta(description="How many tool calls of one turn run at once.")] = 8
    max_requests_per_minute: Annotated[
        Most | None,
        Meta(
            description="Requests that one owner may send in a minute; 0 is no limit. Not set, it is 1200 where people "
            "sign in, and no limit where whoever can reach the server owns it. See docs/guide/limits.md."
        ),
    ] = None
    max_concurrent_turns: Annotated[
        Most | None,
        Meta(
            description="Turns of one owner that may run or wait at once; 0 is no limit. Not set, it is 64 where "
            "people sign in."
        ),
    ] = None
    max_tokens_per_day: Annotated[
        Most, Meta(description="Tokens of models that one owner may use in a day (UTC); 0 is no limit.")
    ] = 0
    max_storage_bytes: Annotated[
        Most | None,
        Meta(
            description="Bytes that the files of one owner may have; 0 is no limit. Not set, it is 10 GB where people "
            "sign in."
        ),
    ] = None
    max_open_streams: Annotated[
        Most | None,
        Meta(
            description="Event streams that one owner may have open at once on a node; 0 is no limit. Not set, it is "
            "256 where people sign in."
        ),
    ] = None
    max_turn_tokens: Annotated[
        Most, Meta(description="Tokens that one turn may cost, whatever its agent says; 0 is no limit.")
    ] = 0
    max_session_tokens: Annotated[
        Most, Meta(description="Tokens that all turns of one session may cost, whatever its agent says; 0 is no limit.")
    ] = 0
    first_token_timeout: Annotated[
        Seconds, Meta(description="Seconds a model server may take to begin its answer.")
    ] = 120
    idle_timeout: Annotated[
        Seconds, Meta(description="Seconds a model server may pause in the middle of an answer.")
    ] = 60
    tool_timeout: Annotated[Seconds, Meta(description="Seconds a tool may run.")] = 60
    extract_timeout: Annotated[Seconds, Meta(description="Seconds that reading an attached file may take.")] = 20
    extract_memory_mb: Annotated[
        int,
        Meta(
            ge=128, description="Megabytes of memory that reading an attached file may take, where that can be limited."
        ),
    ] = 512
    heartbeat: Annotated[
        Seconds, Meta(description="Seconds without an event after which a stream sends a sign of life.")
    ] = 15
    flush_interval_ms: Annotated[
        Count,
        Meta(
            description="Milliseconds in which pieces of answers are gathered before they are written to the database."
        ),
    ] = 75
    drain_timeout: Annotated[
        Seconds,
        Meta(
            description="Seconds that running turns are given to end when the server is told to stop; "
            "those that still run then go on in the next process, or on another node."
        ),
    ] = 10
    archive_after_days: Annotated[
        Count | None,
        Meta(
            description="Days without activity after which a session is archived, unless a rule of its own or of its "
            "agent says otherwise: see docs/guide/operating.md."
        ),
    ] = None
    delete_after_days: Annotated[
        Count | None,
        Meta(
            description="Days without activity after which a session is put into the trash, unless a rule of its own "
            "or of its agent says otherwise."
        ),
    ] = None
    keep_pinned: Annotated[
        bool, Meta(description="Let pinned sessions stay as they are, unless a rule of theirs says otherwise.")
    ] = True
    trash_days: Annotated[
        int,
        Meta(
            ge=0,
            description="Days for which a deleted session can be had back; 0 deletes at once, and for good. "
            "What was deleted with its agent is gone at once.",
        ),
    ] = 30
    delta_retention_hours: Annotated[
        Seconds,
        Meta(
            description="Hours for which the single pieces of answers are kept once their turn has ended; "
            "after that a replay has each answer in one piece."
        ),
    ] = 24

    audit_retention_days: Annotated[
        int,
        Meta(ge=30, description="Days for which the audit says what was done, by whom and to what; no less than 30."),
    ] = 365

    lease_seconds: Annotated[
        Seconds,
        Meta(
            description="Seconds after which other nodes take over the turns of one that is lost. "
            "This and the following three matter where several nodes share a PostgreSQL database."
        ),
    ] = 15
    lease_renew_every: Annotated[Seconds, Meta(description="Seconds between renewals of a node's lease.")] = 5
    lease_margin: Annotated[
        Seconds, Meta(description="Seconds before the end of its lease at which a node that cannot renew it lets go.")
    ] = 3
    poll_interval_ms: Annotated[
        Count,
        Meta(
            description="Milliseconds between looks for news of turns that run on other nodes and are read on this one."
        ),
    ] = 100
    recovery_interval_ms: Annotated[
        Count, Meta(description="Milliseconds between looks for turns to take over, and for cancels from other nodes.")
    ] = 500

    allowed_hosts: Annotated[
        list[HostName],
        Meta(
            description="Host names that requests may ask for, besides the listening address and localhost: "
            "that of a proxy in front."
        ),
    ] = field(default_factory=list[str])
    allowed_origins: Annotated[
        list[Origin],
        Meta(description="Origins of other web pages that may call this server, such as `https://chat.example`."),
    ] = field(default_factory=list[str])
    embed_origins: Annotated[
        list[EmbedOrigin],
        Meta(
            description="Origins of other web pages that may show a talk in a frame (`/embed/…`), and hand it an API "
            "key, separated by commas or spaces: see docs/guide/embedding.md."
        ),
    ] = field(default_factory=list[str])
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least severe lines to log.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"],
        Meta(description="How log lines look; `auto` is console in a terminal and JSON elsewhere."),
    ] = "auto"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **overrides: object) -> "Settings":
        """Read the variables; an override that is not None, from the command line, goes before its variable."""
        given: dict[str, Any] = {}
        for one in describe():
            if (override := overrides.pop(one.name, None)) is not None:
                given[one.name] = one.convert(override, said_by=one.option)
            elif text := environ.get(one.variable, "").strip():
                given[one.name] = one.convert(text, said_by=one.variable)
        if overrides:
            raise TypeError(f"no such settings: {', '.join(overrides)}")
        return cls(**given)

    def __post_init__(self) -> None:
        shortest = self.lease_renew_every + self.lease_margin
        if shortest >= self.lease_seconds:
            raise StartupError(
                f"TERTULIA_LEASE_SECONDS is {self.lease_seconds:g}, but it must be longer than "
                f"TERTULIA_LEASE_RENEW_EVERY and TERTULIA_LEASE_MARGIN together, {shortest:g}: "
                "a node would lose its lease before it renews it."
            )

    @property
    def store_url(self) -> str:
        """The database that is used: the given one, or SQLite in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tertulia.db'}"

    @property
    def retention(self) -> RetentionRule:
        """How long sessions stay of which no rule says more."""
        return RetentionRule(
            archive_after=self.archive_after_days, delete_after=self.delete_after_days, keep_pinned=self.keep_pinned
        )

    @property
    def files_url(self) -> str:
        """Where blobs stay: the given place, or a folder in the data directory."""
        return self.blob_url or (self.data_dir / "files").as_uri()

    @property
    def auth_mode(self) -> Literal["none", "accounts", "proxy"]:
        """How it is known who asks."""
        if self.auth != "auto":
            return self.auth
        return "none" if is_loopback(self.host) else "accounts"

    @property
    def reachable_networks(self) -> Literal["public", "loopback", "private"]:
        """Where MCP servers that people register may be: who signs in need not be who owns this machine."""
        if self.mcp_networks != "auto":
            return self.mcp_networks
        return "loopback" if self.auth_mode == "none" else "public"

    @property
    def owner_limits(self) -> OwnerLimits:
        """What one owner may use. Where nobody signs in, whoever owns the machine holds himself to what he sets."""
        signs_in = self.auth_mode != "none"

        def most(said: int | None, where_people_sign_in: int) -> int:
            return said if said is not None else where_people_sign_in * signs_in

        return OwnerLimits(
            requests_per_minute=most(self.max_requests_per_minute, 1200),
            concurrent_turns=most(self.max_concurrent_turns, 64),
            tokens_per_day=self.max_tokens_per_day,
            storage_bytes=most(self.max_storage_bytes, 10_000_000_000),
            open_streams=most(self.max_open_streams, 256),
        )

    @property
    def host_names(self) -> frozenset[str]:
        """The values, without port, that a request's Host may have."""
        own = [host for host in (self.host, urlsplit(self.public_url or "").hostname) if host is not None]
        named = [f"[{host}]" if ":" in host else host for host in own]
        return frozenset(name.lower() for name in (*named, *LOCAL_NAMES, *self.allowed_hosts))

    def shown(self) -> dict[str, str]:
        """Every setting as text that may be shown to anyone: without keys, and without passwords in URLs."""
        return {name: _shown(getattr(self, name)) for name in self.__struct_fields__}

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={text}' for name, text in self.shown().items())})"


class SettingInfo(Value):
    """One setting, as messages and the reference page speak of it."""

    name: str
    type: Any
    default: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return self.name.upper() if self.name in UNPREFIXED else PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        """The option of `tertulia serve` that sets it, where there is one."""
        return "--" + self.name.removesuffix("s" if self.name in REPEATED else "").replace("_", "-")

    @property
    def sentence(self) -> str:
        """Say what it is."""
        match inspect.type_info(self.type):
            case inspect.Metadata(extra_json_schema={"description": str(sentence)}):
                return sentence
            case _:
                raise TypeError(f"the setting {self.name} has no sentence")

    @property
    def takes(self) -> str:
        """Say what values it takes."""
        return _takes(_plain(inspect.type_info(self.type)))

    def convert(self, given: object, *, said_by: str) -> object:
        """Make the setting's value of a text, or of an option's value. Raises StartupError."""
        value = given.replace(",", " ").split() if isinstance(given, str) and self.is_list else given
        try:
            value = msgspec.convert(value, self.type, strict=False, dec_hook=_from_text)
        except msgspec.ValidationError:
            raise StartupError(f'{said_by} is "{_shown(given)}", but it takes {self.takes}.') from None
        return value.expanduser().absolute() if isinstance(value, Path) else value

    @property
    def is_list(self) -> bool:
        """It may be given more than once."""
        return isinstance(_plain(inspect.type_info(self.type)), inspect.ListType)


def describe() -> Iterator[SettingInfo]:
    """Yield every setting, in the order in which they are documented."""
    defaults = Settings().shown() | {"data_dir": "the platform's directory for user data"}
    for one in msgspec.structs.fields(Settings):
        yield SettingInfo(name=one.name, type=one.type, default=defaults[one.name])


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that begin like ours and that nothing reads: spelling mistakes, most likely."""
    known = {one.variable for one in describe()} | ELSEWHERE
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def check_bind(settings: Settings) -> None:
    """Refuse, by a StartupError, an address that other machines can reach if nobody has to sign in there."""
    if settings.auth_mode == "none" and not is_loopback(settings.host):
        raise StartupError(
            f'The address "{settings.host}" can be reached from other machines, and TERTULIA_AUTH is "none", by which '
            "nobody has to sign in. Leave TERTULIA_AUTH out, and the server has accounts there; or listen at 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen at can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def redact(text: str) -> str:
    """Return a text without the user names, passwords and queries of the URLs in it: where keys are hidden."""
    return re.sub(r"(://[^\s,?]*)\?[^\s,]*", r"\1?…", re.sub(r"://[^/\s]*@", "://", text))


def _shown(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case Secret():
            return "set, not shown"
        case list() | tuple():
            return ", ".join(_shown(one) for one in cast("Sequence[object]", value)) or "none"
        case _:
            return redact(str(value))


def _from_text(kind: type, text: object) -> object:
    if kind in (Path, Secret) and isinstance(text, str):
        return kind(text)
    raise NotImplementedError


def _plain(info: inspect.Type) -> inspect.Type:
    """Take the type of a setting out of its sentence, and out of `… | None`."""
    match info:
        case inspect.Metadata(type=inspect.UnionType(types=(inner, inspect.NoneType()))):
            return inner
        case inspect.Metadata(type=inner):
            return inner
        case _:
            return info


def _takes(info: inspect.Type) -> str:  # noqa: PLR0911 - one line a type
    match info:
        case inspect.Metadata(extra_json_schema={"description": str(description)}):
            return description
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least}" + (f" to {most}" if most is not None else " up")
        case inspect.FloatType():
            return "a number above 0"
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
        case inspect.ListType(item_type=item):
            return _takes(item)
        case inspect.CustomType(cls=kind):
            return "a directory" if kind is Path else "a key"
        case _:
            raise TypeError(f"no sentence says what a setting of type {info} takes")
