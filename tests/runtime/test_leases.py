"""A node's right to run turns: when it is renewed, and when it is lost."""

import asyncio
import itertools
import threading
from collections.abc import Callable

from tertulia.domain.errors import LeaseLost, StorageUnavailable
from tertulia.runtime.leases import LOST_SECONDS, Lease, LeaseKeeper, LeaseTerms

TERMS = LeaseTerms(seconds=15, renew_every=5, margin=3)


class Renewals:
    """Plays the store's part in leases: counts renewals, and fails as it is told."""

    is_shared = True

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.fails: Exception | None = None
        self.on_renewal: Callable[[int], None] = lambda _: None

    def renew(self, node: str, *, seconds: float) -> None:
        if self.fails is not None:
            raise self.fails
        self.nodes.append(node)
        self.on_renewal(len(self.nodes))


class Node:
    """A lease on a clock that stands still until a test moves it."""

    def __init__(self, terms: LeaseTerms = TERMS) -> None:
        self.now = 100.0
        self.store = Renewals()
        self.losses = 0
        names = itertools.count(1)
        self.lease = Lease(
            self.store,  # type: ignore[arg-type] - it plays no other part of a store
            terms,
            new_id=lambda: f"n{next(names)}",
            monotonic=lambda: self.now,
        )
        self.lease.on_lost = self._count

    def _count(self) -> None:
        self.losses += 1


def test_a_lease_is_renewed_in_its_nodes_name_and_again_in_good_time() -> None:
    node = Node()
    assert node.lease.renew() == 5
    node.now += 5
    assert node.lease.renew() == 5
    assert (node.store.nodes, node.losses) == (["n1", "n1"], 0)


def test_a_renewal_that_fails_is_soon_tried_again_and_nothing_is_lost_by_it() -> None:
    node = Node()
    node.lease.renew()
    node.store.fails = StorageUnavailable()
    node.now += 5
    assert node.lease.renew() == 1
    node.store.fails = None
    node.now += 1
    assert node.lease.renew() == 5
    assert node.losses == 0


def test_a_lease_that_is_renewed_often_is_tried_again_as_soon() -> None:
    node = Node(LeaseTerms(seconds=1, renew_every=0.2, margin=0.1))
    node.store.fails = StorageUnavailable()
    assert node.lease.renew() == 0.2


def takes(node: Node, *seconds: float) -> None:
    """Let the next renewals take so long, each; those after them take no time."""
    waits = list(seconds)

    def wait(_: int) -> None:
        node.now += waits.pop(0) if waits else 0

    node.store.on_renewal = wait


def test_a_renewal_that_took_long_is_soon_followed_by_the_next_since_it_counts_from_its_beginning() -> None:
    node = Node()
    takes(node, 8)
    assert node.lease.renew() == 2
    node.now += 2
    assert node.lease.renew() == 5
    assert node.losses == 0


def test_a_lease_that_came_when_nothing_was_left_of_it_is_renewed_at_once_and_not_lost() -> None:
    node = Node()
    takes(node, 20)
    assert node.lease.renew() == 5
    assert node.store.nodes == ["n1", "n1"]
    node.now += 5
    assert node.lease.renew() == 5
    assert node.losses == 0


def test_a_node_that_cannot_renew_calls_its_lease_lost_before_the_database_does() -> None:
    node = Node()
    node.lease.renew()
    node.store.fails = StorageUnavailable()
    node.now += 11.9
    node.lease.renew()
    assert node.losses == 0
    node.now += 0.1
    assert node.lease.renew() == LOST_SECONDS
    assert node.losses == 1


def test_a_node_that_slept_through_its_lease_does_not_renew_it() -> None:
    node = Node()
    node.lease.renew()
    node.now += 3600
    node.lease.renew()
    assert (node.store.nodes, node.losses) == (["n1"], 1)


def test_a_lease_that_the_store_calls_lost_is_lost() -> None:
    node = Node()
    node.lease.renew()
    node.store.fails = LeaseLost()
    node.now += 5
    assert node.lease.renew() == LOST_SECONDS
    assert node.losses == 1


def test_a_loss_is_told_once_and_the_name_is_not_renewed_any_more() -> None:
    node = Node()
    node.lease.renew()
    node.now += 12
    for _ in range(3):
        node.lease.renew()
        node.now += LOST_SECONDS
    assert (node.store.nodes, node.losses) == (["n1"], 1)


def test_after_a_loss_the_node_goes_on_under_a_new_name_and_can_lose_that_too() -> None:
    node = Node()
    node.lease.renew()
    node.now += 12
    node.lease.renew()
    node.lease.begin_anew()
    assert node.lease.node == "n2"
    assert node.lease.renew() == 5
    node.now += 12
    node.lease.renew()
    assert (node.store.nodes, node.losses) == (["n1", "n2"], 2)


def test_before_the_first_renewal_nothing_can_be_lost() -> None:
    node = Node()
    node.store.fails = StorageUnavailable()
    for _ in range(3):
        node.lease.renew()
        node.now += 60
    assert node.losses == 0


# --- the thread that keeps it ---

QUICK = LeaseTerms(seconds=60, renew_every=0.001, margin=1)


async def test_a_blocked_event_loop_keeps_its_lease() -> None:
    node, enough = Node(QUICK), threading.Event()
    node.store.on_renewal = lambda count: enough.set() if count > 5 else None
    keeper = LeaseKeeper(node.lease, lambda: None)
    await keeper.start()
    try:
        assert enough.wait(10), "nothing was renewed while the loop was blocked"
    finally:
        await asyncio.to_thread(keeper.stop)


async def test_a_loss_is_told_on_the_event_loop_and_a_new_name_is_kept() -> None:
    node, told = Node(QUICK), asyncio.Event()
    renewed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_lost() -> None:
        assert asyncio.get_running_loop() is loop
        node.store.fails = None
        node.lease.begin_anew()
        told.set()

    keeper = LeaseKeeper(node.lease, on_lost)
    await keeper.start()
    try:
        node.store.on_renewal = lambda _: _ring(loop, renewed, node)
        node.store.fails = LeaseLost()
        async with asyncio.timeout(60):
            await told.wait()
            await renewed.wait()
    finally:
        await asyncio.to_thread(keeper.stop)
    assert node.lease.node == "n2"


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event, node: Node) -> None:
    if node.store.nodes[-1] == "n2":
        loop.call_soon_threadsafe(bell.set)


async def test_a_keeper_that_was_stopped_renews_no_more() -> None:
    node = Node(QUICK)
    keeper = LeaseKeeper(node.lease, lambda: None)
    await keeper.start()
    await asyncio.to_thread(keeper.stop)
    assert node.store.nodes
    assert not [thread for thread in threading.enumerate() if thread.name == "tertulia-lease"]


async def test_a_keeper_starts_also_when_the_store_is_away() -> None:
    node, renewed = Node(QUICK), threading.Event()
    node.store.fails = StorageUnavailable()
    keeper = LeaseKeeper(node.lease, lambda: None)
    await keeper.start()
    try:
        node.store.on_renewal = lambda _: renewed.set()
        node.store.fails = None
        assert await asyncio.to_thread(renewed.wait, 10)
    finally:
        await asyncio.to_thread(keeper.stop)


def test_a_lease_survives_two_renewals_that_fail() -> None:
    node = Node(LeaseTerms())
    node.lease.renew()
    node.store.fails = StorageUnavailable()
    node.now += LeaseTerms().renew_every
    waits = [node.lease.renew()]
    node.now += waits[0]
    waits.append(node.lease.renew())
    node.now += waits[1]
    node.store.fails = None
    node.lease.renew()
    assert node.losses == 0
