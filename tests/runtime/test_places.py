"""How many turns run at once, and who is next."""

import asyncio
from random import Random

import pytest

from tertulia.domain.errors import Overloaded
from tertulia.runtime.places import Places


class Turn:
    """A turn that takes a place and holds it until it is told to end."""

    def __init__(self, places: Places, owner: str, begun: list[str], name: str = "") -> None:
        self.end = asyncio.Event()
        self.task = asyncio.create_task(self._run(places, owner, begun, name or owner))

    async def _run(self, places: Places, owner: str, begun: list[str], name: str) -> None:
        async with places.take(owner):
            begun.append(name)
            await self.end.wait()


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def finish(*turns: Turn) -> None:
    for turn in turns:
        turn.end.set()
        await settle()


async def test_so_many_turns_run_at_once_and_no_more() -> None:
    places, begun = Places(2, most_waiting=9), list[str]()
    turns = [Turn(places, "ana", begun, name) for name in "abc"]
    await settle()
    assert (begun, places.free) == (["a", "b"], 0)
    await finish(turns[1])
    assert begun == ["a", "b", "c"]
    await finish(*turns)
    assert places.free == 2


async def test_owners_take_turns_whoever_has_how_many_waiting() -> None:
    places, begun = Places(1, most_waiting=9), list[str]()
    turns = [Turn(places, name[0], begun, name) for name in ("a1", "a2", "a3", "a4", "b1", "b2", "c1")]
    await settle()
    order = [0, 1, 4, 6, 2, 5, 3]
    await finish(*[turns[place] for place in order])
    assert begun == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_a_turn_that_is_cancelled_while_it_waits_is_passed_over() -> None:
    places, begun = Places(1, most_waiting=9), list[str]()
    first, second, third = [Turn(places, "ana", begun, name) for name in "abc"]
    await settle()
    second.task.cancel()
    await settle()
    await finish(first)
    assert begun == ["a", "c"]
    await finish(third)
    assert places.free == 1


async def test_a_turn_that_is_cancelled_as_it_gets_its_place_passes_it_on() -> None:
    places, begun = Places(1, most_waiting=9), list[str]()
    first, second, third = [Turn(places, "ana", begun, name) for name in "abc"]
    await settle()
    first.end.set()
    await asyncio.sleep(0)
    assert (first.task.done(), begun) == (True, ["a"])
    second.task.cancel()
    await settle()
    assert begun == ["a", "c"]
    await finish(third)
    assert places.free == 1


async def test_a_turn_that_is_cancelled_while_it_runs_gives_its_place_back() -> None:
    places, begun = Places(1, most_waiting=9), list[str]()
    first, second = Turn(places, "ana", begun, "a"), Turn(places, "ben", begun, "b")
    await settle()
    first.task.cancel()
    await settle()
    assert begun == ["a", "b"]
    await finish(second)
    assert places.free == 1


async def test_when_too_many_wait_new_ones_are_refused_until_one_begins() -> None:
    places, begun = Places(1, most_waiting=2), list[str]()
    turns = [Turn(places, "ana", begun) for _ in range(2)]
    await settle()
    places.refuse_when_full()
    turns.append(Turn(places, "ben", begun))
    await settle()
    with pytest.raises(Overloaded) as refused:
        places.refuse_when_full()
    assert refused.value.retry_after
    await finish(turns[0])
    places.refuse_when_full()
    await finish(*turns[1:])


async def test_those_that_were_cancelled_do_not_count_as_waiting() -> None:
    places, begun = Places(1, most_waiting=1), list[str]()
    first, second = Turn(places, "ana", begun), Turn(places, "ana", begun)
    await settle()
    second.task.cancel()
    await settle()
    places.refuse_when_full()
    await finish(first)


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_happens_no_place_is_lost_and_each_owners_turns_begin_in_order(seed: int) -> None:
    chance, begun = Random(seed), list[str]()
    places = Places(3, most_waiting=1000)
    turns: list[Turn] = []
    for number in range(60):
        owner = chance.choice("abcd")
        turns.append(Turn(places, owner, begun, f"{owner}{number:02d}"))
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        victim = chance.choice(turns)
        if chance.random() < 0.3:
            victim.task.cancel()
        elif chance.random() < 0.5:
            victim.end.set()
    for turn in turns:
        turn.end.set()
    await asyncio.wait([turn.task for turn in turns])
    assert places.free == 3
    for owner in "abcd":
        of_owner = [name for name in begun if name[0] == owner]
        assert of_owner == sorted(of_owner)
