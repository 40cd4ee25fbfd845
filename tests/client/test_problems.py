"""Which error a refusal becomes: by its code's place in the server's tree, else by its status."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest

from tertulia import client
from tertulia.client import ApiError
from tertulia.client.problems import error_of
from tertulia.domain.errors import LeaseLost, StartupError, TertuliaError
from tertulia.server.errors import HTTP_CODES, status_of

INSIDE = (LeaseLost, StartupError)
"""What no client is ever told."""


def kinds(of: type[TertuliaError] = TertuliaError) -> Iterator[type[TertuliaError]]:
    for each in of.__subclasses__():
        yield each
        yield from kinds(each)


def said(status: int, code: str = "", **headers: str) -> ApiError:
    body = msgspec.json.encode({"code": code}) if code else b"<html>"
    return error_of(status, "Reason", {name.lower(): value for name, value in headers.items()}.get, body)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in INSIDE], ids=lambda kind: kind.__name__)
def test_every_error_of_the_server_has_a_class(kind: type[TertuliaError]) -> None:
    error = said(status_of(kind), kind.code)
    assert type(error) is not ApiError
    assert type(error).__name__ in client.__all__


@pytest.mark.parametrize(("status", "code"), [pair for pair in HTTP_CODES.items() if pair[0] != 405])
def test_every_refusal_of_the_framework_has_a_class(status: int, code: str) -> None:
    assert type(said(status, code)) is not ApiError


def test_a_gateway_that_fails_is_no_model_that_fails() -> None:
    assert type(said(502)) is client.Unavailable
    assert type(said(502, "model_unavailable")) is client.ModelFailed


def test_a_code_of_a_newer_server_has_the_class_of_its_status() -> None:
    error = said(404, "dream_not_found")
    assert (type(error), error.code) == (client.NotFound, "dream_not_found")


def test_a_date_to_come_back_at_is_so_many_seconds() -> None:
    header = {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)}
    error = error_of(503, "", lambda name: header.get(name.lower()), b"")
    assert error.retry_after is not None
    assert 60 < error.retry_after <= 100


@pytest.mark.parametrize("nonsense", ["soon", "-1", "1.5.2", "²"])
def test_a_time_to_come_back_that_makes_no_sense_is_none(nonsense: str) -> None:
    header = {"retry-after": nonsense}
    assert error_of(503, "", lambda name: header.get(name.lower()), b"").retry_after is None
