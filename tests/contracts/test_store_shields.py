"""What every store does with registered shields."""

import asyncio

import pytest

from tertulia.domain.errors import InvalidCursor, ShieldNotFound
from tertulia.domain.shields import ModelShield, PatternShield, Shield
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, at

WORDS = PatternShield(
    shield_id="words", words=["senha", "пароль"], patterns=[r"\\d{16}"], message="Não. 🦊", level="warn"
)
GUARD = ModelShield(shield_id="meta-llama/Guard:8b", model="ollama/guard", prompt="policy", ignored_categories=["S8"])


@pytest.mark.parametrize("shield", [WORDS, GUARD])
async def test_a_shield_comes_back_as_it_was_saved(empty: Store, shield: Shield) -> None:
    await empty.save_shield(ANA, shield, at=at(0))
    assert await empty.get_shield(ANA, shield.shield_id) == shield


async def test_one_of_the_same_name_takes_its_place_but_not_that_of_others(empty: Store) -> None:
    other = ModelShield(shield_id="words", model="ollama/guard")
    await empty.save_shield(ANA, WORDS, at=at(0))
    await empty.save_shield(BEN, WORDS, at=at(0))
    await empty.save_shield(ANA, other, at=at(1))
    assert (await empty.list_shields(ANA, limit=9)).items == [other]
    assert await empty.get_shield(BEN, "words") == WORDS


async def test_of_many_who_save_the_same_name_at_once_one_has_saved_it(empty: Store) -> None:
    shields = [PatternShield(shield_id="words", words=[f"word {place}"]) for place in range(8)]
    await asyncio.gather(*(empty.save_shield(ANA, shield, at=at(0)) for shield in shields))
    (kept,) = (await empty.list_shields(ANA, limit=9)).items
    assert kept in shields


async def test_shields_are_listed_by_name_a_page_at_a_time(empty: Store) -> None:
    names = ["a", "b-2", "b/1", "c"]
    for name in reversed(names):
        await empty.save_shield(ANA, PatternShield(shield_id=name, words=["x"]), at=at(0))
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await empty.list_shields(ANA, limit=3, cursor=cursor)
        found += [shield.shield_id for shield in page.items]
        await empty.save_shield(ANA, PatternShield(shield_id="a-late", words=["x"]), at=at(9))
        if (cursor := page.next_cursor) is None:
            break
    assert found == names


async def test_a_cursor_of_another_list_is_refused(empty: Store) -> None:
    with pytest.raises(InvalidCursor):
        await empty.list_shields(ANA, limit=3, cursor="bm9uc2Vuc2U")


async def test_a_deleted_shield_is_gone(empty: Store) -> None:
    await empty.save_shield(ANA, WORDS, at=at(0))
    await empty.delete_shield(ANA, "words")
    for ask in (empty.get_shield, empty.delete_shield):
        with pytest.raises(ShieldNotFound):
            await ask(ANA, "words")
