"""Who a key belongs to is read once in some seconds, and what is taken from its user soon holds everywhere."""

import asyncio
from datetime import timedelta

import pytest

from tertulia.domain.errors import TooManyRequests
from tertulia.domain.users import ApiKey, User
from tertulia.runtime.attempts import LONGEST_SECONDS, Attempts
from tertulia.runtime.callers import SECONDS, Callers
from tertulia.runtime.clock import new_secret, time_of
from tertulia.runtime.tokens import new_key
from tertulia.store.accounts import KnownKey, UserChange
from tertulia.store.memory.store import MemoryStore
from tests.fakes.clock import ManualClock
from tests.store.values import ANA, at


class Counting(MemoryStore):
    """Counts how often it is asked for a key, and told that one was used."""

    found = 0
    touched = 0
    is_read_slowly = False

    def __init__(self) -> None:
        super().__init__()
        self.has_read = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def find_key(self, prefix: str) -> KnownKey | None:
        self.found += 1
        key = await super().find_key(prefix)
        if self.is_read_slowly:
            self.has_read.set()
            await self.goes_on.wait()
        return key

    async def touch_key(self, key_id: str, *, at: str) -> None:
        self.touched += 1
        await super().touch_key(key_id, at=at)


class Node:
    """A node at a clock that a test moves, and a key of Ana's."""

    def __init__(self, store: Counting, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.key = new_key(new_secret)
        self.callers = Callers(store, clock=lambda: time_of(clock.wall()), monotonic=clock.now)

    async def knows(self) -> bool:
        return await self.callers.by_key(self.key.text) is not None


@pytest.fixture
async def node() -> Node:
    store = Counting()
    await store.open()
    found = Node(store, ManualClock())
    await store.add_user(User(user_id=ANA, name="ana", role="user", created_at=at(0)))
    end = time_of(found.clock.wall() + timedelta(seconds=300))
    key = ApiKey(key_id="k", name="k", scopes=["read"], prefix=found.key.prefix, created_at=at(0), expires_at=end)
    await store.add_key(ANA, key, key_hash=found.key.key_hash)
    return found


async def test_many_requests_by_a_key_cost_one_read_and_one_write(node: Node) -> None:
    for _ in range(1_000):
        assert await node.knows()
    assert (node.store.found, node.store.touched) == (1, 1)


async def test_that_it_was_used_is_written_once_a_minute(node: Node) -> None:
    for _ in range(12):
        assert await node.knows()
        node.clock.seconds += SECONDS
    assert (node.store.found, node.store.touched) == (12, 2)


async def test_what_another_node_takes_holds_within_seconds(node: Node) -> None:
    assert await node.knows()
    await node.store.update_user(ANA, UserChange(disabled=True))
    node.clock.seconds += SECONDS
    assert not await node.knows()


async def test_what_this_node_takes_holds_at_once(node: Node) -> None:
    assert await node.knows()
    await node.store.delete_key(ANA, "k")
    node.callers.forget()
    assert not await node.knows()


async def test_nor_is_what_was_taken_while_it_was_being_found_out_remembered(node: Node) -> None:
    node.store.is_read_slowly = True
    asked = asyncio.create_task(node.knows())
    await node.store.has_read.wait()
    await node.store.delete_key(ANA, "k")
    node.callers.forget()
    node.store.goes_on.set()
    await asked
    assert not await node.knows()


async def test_a_key_expires_in_time_although_it_is_remembered(node: Node) -> None:
    node.clock.seconds = 299
    assert await node.knows()
    node.clock.seconds = 300
    assert not await node.knows()


async def test_what_has_not_the_form_of_a_key_is_not_looked_for(node: Node) -> None:
    for text in ("", "tert_", node.key.prefix, node.key.text + "a", node.key.text[1:], f" {node.key.text}"):
        assert await node.callers.by_key(text) is None
    assert node.store.found == 0


async def test_a_prefix_with_another_secret_is_no_key(node: Node) -> None:
    assert await node.callers.by_key(f"{node.key.prefix}_{new_secret()}") is None
    assert node.store.found == 1


def asked_to_wait(attempts: Attempts, *keys: str) -> int:
    """How many seconds the next attempt has to wait."""
    try:
        attempts.refuse_hasty(*keys)
    except TooManyRequests as refused:
        return refused.retry_after or 0
    return 0


def test_failures_make_the_next_attempt_wait_longer_each_time_and_not_for_ever() -> None:
    clock = ManualClock()
    attempts = Attempts(free=3, monotonic=clock.now)
    waits: list[int] = []
    for _ in range(14):
        attempts.note_failure("ana")
        waits.append(wait := asked_to_wait(attempts, "ana", "ben"))
        clock.seconds += wait
        assert asked_to_wait(attempts, "ana") == 0
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, *[int(LONGEST_SECONDS)] * 6]
    attempts.refuse_hasty("ben")
    clock.seconds += 3_600
    attempts.note_failure("ana")
    attempts.refuse_hasty("ana")


def test_one_who_succeeds_is_forgiven_and_says_nothing_of_others() -> None:
    attempts = Attempts(free=2, monotonic=ManualClock().now)
    for _ in range(3):
        attempts.note_failure("ana")
        attempts.note_failure("address")
    attempts.forget("ana")
    attempts.take_back("address")
    attempts.refuse_hasty("ana")
    with pytest.raises(TooManyRequests):
        attempts.refuse_hasty("address")
