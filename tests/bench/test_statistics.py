"""The figures are computed as the tables say."""

import pytest

from bench.statistics import median, percentile, scaled


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 50, 7.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(number) for number in range(1, 101)], 99, 99.0),
        ([float(number) for number in range(1, 101)], 100, 100.0),
        ([1.0, 2.0], 50, 1.0),
        ([1.0, 2.0], 51, 2.0),
    ],
)
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


def test_nothing_has_no_median() -> None:
    assert median([]) is None


def test_what_is_not_known_is_not_known_in_another_unit() -> None:
    assert scaled(None, 1e3) is None
    assert scaled(0.5, 1e3) == 500
