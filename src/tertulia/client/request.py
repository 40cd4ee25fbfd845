"""One request, before it is sent: how its path, its parameters and its body are written."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from tertulia import __version__
from tertulia.domain.base import Value

USER_AGENT = f"tertulia-python/{__version__}"


class Form(Value):
    """A form with one file in it."""

    name: str
    content: bytes
    type: str = ""

    @property
    def boundary(self) -> str:
        """What stands between its parts, and not in the file: what stands there by chance does not hold its hash."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def body(self) -> bytes:
        """The form as it is sent; of the name nothing leads out of its quotes, as browsers have it."""
        name = self.name.translate({ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"})
        head = f'--{self.boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        kind = re.sub(r"[^\x20-\x7e]", "", self.type) or "application/octet-stream"
        end = f"\r\n--{self.boundary}--\r\n"
        return f"{head}Content-Type: {kind}\r\n\r\n".encode() + self.content + end.encode()


class Request(Value):
    """A request: `path` is escaped and begins below `/v1`. Statuses in `also_answers` are no refusals.

    It has a `body`, a `form`, or neither.
    """

    method: str
    path: str
    params: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    body: Any = None
    form: Form | None = None
    is_repeatable: bool = False
    also_answers: frozenset[int] = frozenset()

    @property
    def target(self) -> str:
        """The path and its parameters."""
        return f"/v1{self.path}?{urlencode(self.params)}" if self.params else f"/v1{self.path}"

    @property
    def content(self) -> bytes | None:
        """The body as it is sent: JSON, unless it is a form."""
        if self.form is not None:
            return self.form.body
        return None if self.body is None else msgspec.json.encode(self.body)

    def all_headers(self, given: Mapping[str, str]) -> dict[str, str]:
        """The headers of this request, and those that every request of a client is given."""
        own = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **given, **self.headers}
        if self.form is not None:
            return {"Content-Type": f"multipart/form-data; boundary={self.form.boundary}", **own}
        return own if self.body is None else {"Content-Type": "application/json", **own}


def key_in(environ: Mapping[str, str]) -> str | None:
    """The API key that a machine has for its programs."""
    return environ.get("TERTULIA_API_KEY", "").strip() or None


def with_key(api_key: str | None, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers that say who asks; what is in `headers` overrules that."""
    return headers if api_key is None else {"Authorization": f"Bearer {api_key}", **headers}


def path_of(*parts: str) -> str:
    """Make a path of its parts; ids are escaped. Raises ValueError for one that would lead to another place."""
    for part in parts:
        if part in ("", ".", ".."):
            raise ValueError(f"{part!r} is not the id of anything")
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def given(**params: str | int | None) -> dict[str, str]:
    """The parameters that have a value, as they are written in a query."""
    return {name: str(value) for name, value in params.items() if value is not None}
