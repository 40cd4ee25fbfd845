"""Answers in JSON, encoded once by msgspec."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
from litestar import Response
from msgspec.structs import replace

from tertulia.domain.paging import Page
from tertulia.domain.sessions import Session
from tertulia.runtime.turns import TurnPage
from tertulia.server.downloads import Download

NO_TURNS = b'"turns":[]'
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
    headers = {**etag_of(session), **({"location": location} if location else {})}
    return answer(whole, status=status, headers=headers)


def etag_of(session: Session) -> dict[str, str]:
    """Say which revision of a session this is."""
    return {"etag": f'"{session.revision}"'}


def answer_in_pieces(
    session: Any, turns: AsyncIterator[msgspec.Raw], *, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    """Answer with a session as its dialect says it, whose turns may be too many to be held at once."""
    return Download(_in_pieces(session, turns), dict(headers or {}), kind="application/json")


async def _in_pieces(session: Any, turns: AsyncIterator[msgspec.Raw]) -> AsyncIterator[bytes]:
    # Within a text the quotes would have a backslash before them, and metadata stands behind the turns.
    head, tail = _encoder.encode(session).split(NO_TURNS, 1)
    yield head + NO_TURNS[:-1]
    separator = b""
    async for turn in turns:
        yield separator + bytes(turn)
        separator = b","
    yield NO_TURNS[-1:] + tail
