"""Answers in JSON, encoded once by msgspec."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response
from msgspec.structs import replace

from tertulia.domain.paging import Page
from tertulia.domain.sessions import Session
from tertulia.runtime.turns import TurnPage

_encoder = msgspec.json.Encoder()


def answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """Answer with a value as JSON."""
    body = _encoder.encode(value)
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def answer_page(name: str, page: Page[Any] | TurnPage, **more: Any) -> Response[Any]:
    """Answer with a page of a list: its rows under their name, and what else there is to say."""
    said = {"has_more": page.next_cursor is not None, "next_cursor": page.next_cursor, **more}
    return answer({name: page.items, **said})


def answer_session(
    session: Session, turns: list[msgspec.Raw] | None = None, *, status: int = 200, location: str | None = None
) -> Response[Any]:
    """Answer with a session, and its turns as the JSON that is stored; the ETag is its revision."""
    whole: Any = session if not turns else replace(session, turns=turns)
    headers = {"etag": f'"{session.revision}"', **({"location": location} if location else {})}
    return answer(whole, status=status, headers=headers)
