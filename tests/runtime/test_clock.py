"""Times as they are written: they sort as they follow one another, and none is beyond what a calendar has."""

import datetime as dt

import pytest

from tertulia.runtime.clock import earlier, time_of

NOW = "2026-01-31T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000000Z"),
        ("0999-01-01T00:00:00+00:00", "0999-01-01T00:00:00.000000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_whatever_has_a_zone_can_be_written(moment: str, written: str) -> None:
    assert time_of(dt.datetime.fromisoformat(moment)) == written


@pytest.mark.parametrize(
    ("hours", "written"),
    [
        (24, "2026-01-30T12:00:00.000000Z"),
        (24 * 1_000_000, "0001-01-01T00:00:00.000000Z"),
        (1e18, "0001-01-01T00:00:00.000000Z"),
        (-1e18, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_who_keeps_something_for_ever_may_say_so_by_any_number(hours: float, written: str) -> None:
    assert earlier(NOW, hours=hours) == written
