"""Requests whose JSON bodies are decoded once, strictly, straight into the value that a route takes."""

from collections.abc import AsyncGenerator, Iterable
from functools import lru_cache
from typing import Any, ClassVar, cast

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException

from tertulia.domain.errors import InvalidRequest, UnsupportedMediaType
from tertulia.domain.written import refuse_unknown
from tertulia.server.errors import invalid_body
from tertulia.server.slow_bodies import patiently

MAX_DEPTH = 100
"""How deep a body may be nested: what is stored must also be readable by what nests less deep than this process."""
TOO_DEEP = f"The body is nested too deeply; the limit is {MAX_DEPTH}."
MAX_VALUES = 4_000_000
"""Brackets and commas of a body: each stands for a value, and the smallest ones take thirty times their text."""
TOO_MANY = f"The body has too many values; the limit is {MAX_VALUES}. Send it in parts."


class JsonRequest(Request[Any, Any, Any]):
    """A request that reads its body as the type of the route's `data`.

    The framework would decode to plain dicts first and then convert leniently ("1" for 1); here the body must be what
    the OpenAPI document says, and an error names the field.
    """

    refuses_unknown: ClassVar[bool] = True

    async def json(self) -> Any:
        """Decode the body. Raises UnsupportedMediaType, InvalidRequest, UnknownField."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedMediaType(
                f"The body is sent as {media_type or 'nothing in particular'}; send Content-Type: application/json."
            )
        expected = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        body = await self.body()
        if len(body) > MAX_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES:
            raise InvalidRequest(TOO_MANY)
        try:
            value = _decoder(expected).decode(body)
            written = msgspec.json.decode(body)
        except RecursionError:
            raise InvalidRequest(TOO_DEEP) from None
        except msgspec.DecodeError as error:
            raise invalid_body(error) from None
        except UnicodeDecodeError:
            raise InvalidRequest("The body is not UTF-8.") from None
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH:  # it takes as many brackets to be as deep
            _refuse_depth(written)
        if self.refuses_unknown:
            refuse_unknown(written, value)
        return value

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes. Raises InvalidRequest when it comes too slowly."""
        async for chunk in patiently(super().stream()):
            yield chunk

    async def body(self) -> bytes:
        """Read the body to its end. Raises InvalidRequest when the client leaves before."""
        try:
            return await super().body()
        except InternalServerException:
            raise InvalidRequest("The client left in the middle of the body.") from None


class LenientRequest(JsonRequest):
    """A request of clients that send fields which this server does not know: they are passed over."""

    refuses_unknown = False


def _refuse_depth(written: Any) -> None:
    level = [written]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in _members(each)]
    if level:
        raise InvalidRequest(TOO_DEEP)


def _members(value: Any) -> Iterable[Any]:
    match value:
        case dict():
            return cast(dict[str, Any], value).values()
        case list():
            return cast(list[Any], value)
        case _:
            return ()


@lru_cache(256)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
