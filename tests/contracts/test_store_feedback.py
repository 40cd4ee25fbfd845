"""What every store does with what people think of turns: it stays with them, and is read with them."""

import msgspec
import pytest

from tertulia.domain.errors import Conflict, TurnNotFound
from tertulia.domain.feedback import Feedback
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tertulia.store.importing import ImportedTurn
from tertulia.store.turns import StoredTurn
from tests.store.values import ANA, BEN, agent, completed, running, session

DOWN = Feedback(rating="down", comment="Wrong year.")
UP = Feedback(rating="up")


def feedback_of(stored: StoredTurn) -> Feedback | None:
    assert stored.turn is not None
    return msgspec.json.decode(stored.turn, type=Turn).feedback


async def test_a_turn_has_what_was_said_of_it_last_until_it_is_taken_back(store: Store) -> None:
    await store.append([completed(await running(store))])
    for said in (DOWN, UP, None, None):
        await store.set_feedback(ANA, "a1", "s1", "t1", said)
        listed = await store.list_turns(ANA, "s1", order="asc", limit=9)
        found = [await store.get_turn(ANA, "a1", "s1", "t1"), *listed.items, *await store.list_tree(ANA, "s1", limit=9)]
        assert [feedback_of(each) for each in found] == [said] * 3


async def test_models_are_not_given_it(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.set_feedback(ANA, "a1", "s1", "t1", DOWN)
    assert [turn.feedback for turn in await store.list_history(ANA, "t1", limit=9)] == [None]


async def test_a_turn_that_has_not_ended_is_not_rated(store: Store) -> None:
    await running(store)
    with pytest.raises(Conflict):
        await store.set_feedback(ANA, "a1", "s1", "t1", UP)


async def test_nor_is_one_of_others_or_elsewhere(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.create_session(ANA, session("s2"))
    for owner, agent_id, session_id, turn_id in [
        (BEN, "a1", "s1", "t1"),
        (ANA, "a2", "s1", "t1"),
        (ANA, "a1", "s2", "t1"),
        (ANA, "a1", "s1", "t9"),
    ]:
        with pytest.raises(TurnNotFound):
            await store.set_feedback(owner, agent_id, session_id, turn_id, UP)
    assert feedback_of(await store.get_turn(ANA, "a1", "s1", "t1")) is None


async def test_a_fork_and_its_origin_show_the_same(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.fork_session(ANA, "s1", session("s2"), turn_id="t1")
    await store.set_feedback(ANA, "a1", "s2", "t1", DOWN)
    for session_id in ("s1", "s2"):
        stored = await store.get_turn(ANA, "a1", session_id, "t1")
        assert stored.turn is not None
        turn = msgspec.json.decode(stored.turn, type=Turn)
        assert (turn.session_id, turn.feedback) == (session_id, DOWN)


async def test_it_comes_along_with_a_session_from_elsewhere(store: Store) -> None:
    await store.append([completed(await running(store))])
    turn = msgspec.json.decode((await store.get_turn(ANA, "a1", "s1", "t1")).turn or b"", type=Turn)
    log = await store.read_events(ANA, "t1")
    await store.create_agent(BEN, agent())
    moved = ImportedTurn(turn=msgspec.structs.replace(turn, turn_id="t5", session_id="s5"), events=log, feedback=DOWN)
    await store.import_session(BEN, session("s5"), [moved])
    assert feedback_of(await store.get_turn(BEN, "a1", "s5", "t5")) == DOWN
