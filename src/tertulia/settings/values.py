"""All that an operator can set, in the order in which it is documented.

Every field has a default that works on a laptop and a sentence that says what it is. The variable of a field is its
name in capitals after `TERTULIA_`, but for the two that the whole field shares (`OPENAI_BASE_URL`, `OPENAI_API_KEY`).
An empty variable counts as not set. What is set wrongly is a StartupError that names the variable and what it takes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, field
from platformdirs import user_data_path

from tertulia.domain.base import Value
from tertulia.domain.errors import StartupError
from tertulia.domain.limits import OwnerLimits
from tertulia.domain.retention import RetentionRule
from tertulia.settings.described import SettingInfo
from tertulia.settings.kinds import (
    BlobUrl,
    Count,
    DatabaseUrl,
    EmbedOrigin,
    FilePath,
    HeaderName,
    HostName,
    ImageModels,
    IssuerRole,
    McpServer,
    ModelId,
    ModelServer,
    Most,
    NetworkText,
    Origin,
    Seconds,
    ToolReference,
    Url,
)
from tertulia.settings.loopback import LOCAL_NAMES, is_loopback
from tertulia.settings.shown import Secret, shown


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
            description="Networks outside the public internet that agents may read pages from, too, and model servers "
            "images that are named by their address, separated by commas or spaces."
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
        Literal["auto", "public", "loopback", "private", "any"],
        Meta(
            description="Where MCP servers that are registered over HTTP may be: on the public internet, also on this "
            "machine (`loopback`), or anywhere (`private`) but where clouds tell machines their credentials (`any`: "
            "there, too); `auto` is `loopback` where nobody has to sign in, else `public`."
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
    max_message_chars: Annotated[
        Count,
        Meta(description="The longest text of one message, in characters; all of a turn's take ten times as many."),
    ] = 200_000

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
            description="Answers that take their time (event streams, waits for turns, exports) that one owner may "
            "have open at once on a node; 0 is no limit. Not set, it is 256 where people sign in."
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
            description="Milliseconds in which pieces of answers are gathered before they are written to the database; "
            "up to four times as many where more than 100 turns run at once."
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
    def reachable_networks(self) -> Literal["public", "loopback", "private", "any"]:
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
        return {name: shown(getattr(self, name)) for name in self.__struct_fields__}

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={text}' for name, text in self.shown().items())})"


def describe() -> Iterator[SettingInfo]:
    """Yield every setting, in the order in which they are documented."""
    defaults = Settings().shown() | {"data_dir": "the platform's directory for user data"}
    for one in msgspec.structs.fields(Settings):
        yield SettingInfo(name=one.name, type=one.type, default=defaults[one.name])
