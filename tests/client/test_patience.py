"""How long a client waits: longer each time, as long as it is asked to, and not at all for what will not pass."""

from tertulia.client import ApiError, Patience, ServerUnreachable
from tertulia.client.errors import ProblemDetails


def refused(status: int, retry_after: float | None = None) -> ApiError:
    return ApiError(ProblemDetails(status=status, retry_after=retry_after))


def test_waits_grow_up_to_the_longest() -> None:
    patience = Patience(attempts=9, first_wait=1, longest_wait=5)
    waits = [patience.wait_after(ServerUnreachable(), attempt) or 0 for attempt in range(1, 9)]
    bounds = [(0.5, 1), (1, 2), (2, 4), (2.5, 5), (2.5, 5), (2.5, 5), (2.5, 5), (2.5, 5)]
    assert all(low <= wait <= high for wait, (low, high) in zip(waits, bounds, strict=True))


def test_clients_do_not_come_back_all_at_once() -> None:
    assert len({Patience().wait_after(ServerUnreachable(), 1) for _ in range(20)}) > 1


def test_it_ends_after_so_many_attempts() -> None:
    assert Patience(attempts=3).wait_after(ServerUnreachable(), 2) is not None
    assert Patience(attempts=3).wait_after(ServerUnreachable(), 3) is None


def test_what_the_server_asks_for_goes_before_our_own() -> None:
    assert Patience(longest_wait=1).wait_after(refused(503, 7), 1) == 7
    assert Patience(longest_asked=60).wait_after(refused(429, 61), 1) is None


def test_what_will_not_pass_is_not_waited_for() -> None:
    waited_for = {status for status in range(300, 600) if Patience().wait_after(refused(status, 1), 1) is not None}
    assert waited_for == {429, 500, 502, 503, 504}
