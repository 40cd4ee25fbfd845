"""Requests whose JSON bodies are decoded once, strictly, straight into the value that a route takes."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request

from tertulia.domain.errors import InvalidRequest, UnsupportedMediaType
from tertulia.server.errors import invalid_body


class JsonRequest(Request[Any, Any, Any]):
    """A request that reads its body as the type of the route's `data`.

    The framework would decode to plain dicts first and then convert leniently ("1" for 1); here the body must be what
    the OpenAPI document says, and an error names the field.
    """

    async def json(self) -> Any:
        """Decode the body. Raises UnsupportedMediaType, InvalidRequest, UnknownField."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedMediaType(
                f"The body is sent as {media_type or 'nothing in particular'}; send Content-Type: application/json."
            )
        expected = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        body = await self.body()
        try:
            return _decoder(expected).decode(body)
        except RecursionError:
            raise InvalidRequest("The body is nested too deeply.") from None
        except msgspec.DecodeError as error:
            raise invalid_body(error) from None
        except UnicodeDecodeError:
            raise InvalidRequest("The body is not UTF-8.") from None


@lru_cache(256)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
