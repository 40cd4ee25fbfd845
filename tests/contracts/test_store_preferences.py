"""What every store does with what users prefer: the last who says something of a name counts."""

import asyncio

import pytest

from tertulia.domain.errors import TooLarge
from tertulia.domain.preferences import MOST_BYTES
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, at


async def test_what_was_never_said_is_nothing(store: Store) -> None:
    assert await store.get_preferences(ANA) == {}


async def test_names_are_changed_one_by_one_and_forgotten_by_null(store: Store) -> None:
    await store.change_preferences(ANA, {"density": "compact", "keys": {"search": {"key": "p"}}}, at=at(1))
    changed = await store.change_preferences(ANA, {"density": None, "enterSends": False}, at=at(2))
    assert changed == {"keys": {"search": {"key": "p"}}, "enterSends": False}
    assert await store.get_preferences(ANA) == changed
    assert await store.get_preferences(BEN) == {}


async def test_of_many_changes_at_once_none_takes_back_another(store: Store) -> None:
    names = [f"n{number}" for number in range(8)]
    await asyncio.gather(*(store.change_preferences(ANA, {name: True}, at=at(1)) for name in names))
    assert await store.get_preferences(ANA) == dict.fromkeys(names, True)


async def test_what_is_too_long_changes_nothing(store: Store) -> None:
    half = "x" * (MOST_BYTES // 2)
    await store.change_preferences(ANA, {"one": half}, at=at(1))
    with pytest.raises(TooLarge):
        await store.change_preferences(ANA, {"other": half}, at=at(2))
    assert await store.get_preferences(ANA) == {"one": half}


async def test_who_leaves_leaves_nothing(store: Store) -> None:
    for owner in (ANA, BEN):
        await store.change_preferences(owner, {"density": "compact"}, at=at(1))
    await store.forget_preferences(ANA)
    assert await store.get_preferences(ANA) == {}
    assert await store.get_preferences(BEN) == {"density": "compact"}
