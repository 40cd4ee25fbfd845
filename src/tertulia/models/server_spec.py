"""Which model servers there are, and what they are called: from what an operator wrote to `ServerSpec`s.

A server's name is the prefix of its models' ids, so it is short, stable and unique. Whatever is wrong with a spec is a
StartupError with a sentence that never repeats credentials.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, urlsplit

from tertulia.domain.errors import StartupError

NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
OPENAI_NAME = "openai"
OPENAI_URL = "https://api.openai.com/v1"
DEMO_NAME = "demo"

LOCAL_SERVERS: Mapping[int, str] = {11434: "ollama", 8080: "llamacpp", 1234: "lmstudio", 8000: "vllm"}
"""The ports at which the usual local model servers listen when nobody says otherwise."""

CHAT_PATH = "/chat/completions"


@dataclass(frozen=True, kw_only=True)
class ServerSpec:
    """A model server: its name, the base URL of its API, and the key that belongs to it and to no other."""

    name: str
    url: str
    api_key: str | None = field(default=None, repr=False)


def parse_server_spec(text: str, api_key: str | None = None) -> ServerSpec:
    """Read `URL` or `name=URL`. Raises StartupError."""
    before, equals, after = text.strip().partition("=")
    is_named = bool(equals) and "://" not in before
    parts, port = _checked(after.strip() if is_named else text.strip())
    name = before.strip() if is_named else default_name(parts.hostname or "", port)
    if not NAME.fullmatch(name):
        raise StartupError(f"{name!r} cannot be the name of a model server: use a-z, 0-9, dots and dashes.")
    return ServerSpec(name=name, url=_base_url(parts), api_key=_checked_key(name, api_key))


def server_specs(
    given: Sequence[str], *, openai_base_url: str | None = None, openai_api_key: str | None = None
) -> list[ServerSpec]:
    """Return the servers that were asked for, with unique names.

    `OPENAI_BASE_URL` and `OPENAI_API_KEY` make a server named `openai`; when its URL was also given by hand, that
    server gets the key and no second one is made. Raises StartupError.
    """
    specs = [parse_server_spec(text) for text in given]
    if openai_base_url or openai_api_key:
        openai = parse_server_spec(f"{OPENAI_NAME}={openai_base_url or OPENAI_URL}", openai_api_key)
        if any(spec.url == openai.url for spec in specs):
            specs = [replace(spec, api_key=openai.api_key) if spec.url == openai.url else spec for spec in specs]
        else:
            specs.append(openai)
    return with_unique_names(specs)


def with_unique_names(specs: Iterable[ServerSpec]) -> list[ServerSpec]:
    """Number the later ones of the same name: `ollama`, `ollama-2`. The demo's name is taken."""
    taken = {DEMO_NAME}
    unique: list[ServerSpec] = []
    for spec in specs:
        name, number = spec.name, 1
        while name in taken:
            number += 1
            name = f"{spec.name}-{number}"
        taken.add(name)
        unique.append(replace(spec, name=name))
    return unique


def with_found(given: Sequence[ServerSpec], found: Iterable[ServerSpec]) -> list[ServerSpec]:
    """Add the servers that were found on this machine to those that were given, except where it is the same one."""
    places = {_place_of(spec.url) for spec in given}
    return with_unique_names([*given, *(spec for spec in found if _place_of(spec.url) not in places)])


def _place_of(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return "localhost" if is_loopback(host) else host, parts.port


def default_name(host: str, port: int | None) -> str:
    """Name a server after where it is: `ollama`, `openai`, `gpu-box.lan-8000`."""
    if is_loopback(host) and (known := LOCAL_SERVERS.get(port or 0)):
        return known
    labels = host.split(".")
    if port is None and not _is_address(host) and (len(labels) == 2 or (len(labels) == 3 and labels[0] == "api")):
        return labels[-2]
    name = re.sub(r"[^a-z0-9.-]+", "-", host if port is None else f"{host}-{port}")
    return name.strip(".-") or "server"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its address or as `localhost`."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _checked(url: str) -> tuple[SplitResult, int | None]:
    """Split a URL into its parts. What may hold a secret is refused without being repeated."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise StartupError("A model server's URL is not valid: check its host and port.") from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise StartupError("A model server is given as http://host:port/v1 or https://host/v1, or as name=URL.")
    if "@" in parts.netloc:
        raise StartupError(f"The URL of the model server at {host} has a user or password in it; leave them out.")
    if parts.query or parts.fragment:
        raise StartupError(f"The URL of the model server at {host} has a “?” or “#” in it; give only its base URL.")
    return parts, port


def _base_url(parts: SplitResult) -> str:
    path = parts.path.rstrip("/").removesuffix(CHAT_PATH)  # some paste the whole endpoint
    return f"{parts.scheme}://{parts.netloc.lower()}{path or '/v1'}"


def _checked_key(name: str, api_key: str | None) -> str | None:
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise StartupError(f"The API key of the model server {name} has characters that no key has.")
    return key or None
