"""The few statistics that the tables are made of."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that `share` percent of all do not exceed (nearest rank); None of nothing."""
    if not values:
        return None
    rank = -(-len(values) * share // 100)
    return sorted(values)[max(0, int(rank) - 1)]


def median(values: Sequence[float]) -> float | None:
    """The 50th percentile."""
    return percentile(values, 50)


def ratio(value: float | None, base: float | None) -> float | None:
    """`value` by `base`; None when either is not known or the base is nothing."""
    return None if value is None or not base else value / base


def scaled(value: float | None, factor: float) -> float | None:
    """`value` in another unit."""
    return None if value is None else value * factor
