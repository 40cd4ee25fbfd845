"""What every store does with grants: they come with the decision that gives them, and go with their session."""

from collections.abc import Sequence

from tertulia.domain.events import StepDecided, TurnEvent
from tertulia.domain.tools import Grant
from tertulia.store.base import Store
from tertulia.store.log import Append
from tertulia.store.turns import TurnRecord
from tests.store.values import ANA, BEN, OTHER_NODE, append, at, awaiting, resumed, running, session

PAY = Grant(tool_name="pay", definition_hash="a" * 64)
PAY_NOW = Grant(tool_name="pay", definition_hash="b" * 64)


def decides(*grants: Grant | None) -> Sequence[TurnEvent]:
    return [StepDecided(step_id="s", decision="approve", at=at(30), grant=grant) for grant in grants]


async def waits(store: Store, turn_id: str = "t1", session_id: str = "s1") -> TurnRecord:
    """A turn that a person has just taken up again."""
    record = await running(store, turn_id, session_id=session_id)
    await store.append([awaiting(record)])
    claimed = await store.claim(ANA, turn_id, node=OTHER_NODE)
    assert claimed is not None
    return claimed.record


async def granted(store: Store, owner: str = ANA, session_id: str = "s1") -> set[Grant]:
    return set(await store.read_grants(owner, session_id))


def giving(record: TurnRecord, *grants: Grant | None, seq: int = 2) -> Append:
    return append(record, decides(*grants), seq=seq)


async def test_a_session_has_no_grants_before_a_decision_gives_one(store: Store) -> None:
    record = await waits(store)
    await store.append([resumed(record), giving(record, None)])
    assert await granted(store) == set()


async def test_what_a_decision_grants_is_granted_once_it_is_stored(store: Store) -> None:
    record = await waits(store)
    await store.append([resumed(record), giving(record, PAY, None, PAY_NOW)])
    assert await granted(store) == {PAY, PAY_NOW}


async def test_granting_again_changes_nothing(store: Store) -> None:
    record = await waits(store)
    await store.append([resumed(record), giving(record, PAY, PAY)])
    await store.append([giving(record, PAY, seq=4)])
    assert await granted(store) == {PAY}


async def test_a_decision_under_an_old_epoch_grants_nothing(store: Store) -> None:
    record = await waits(store)
    newer = await store.claim(ANA, "t1", node=OTHER_NODE)
    assert newer is not None
    appended = await store.append([giving(record, PAY, seq=1)])
    assert appended.lost == {"t1"}
    assert await granted(store) == set()


async def test_grants_are_of_one_session_and_one_owner(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    record = await waits(store)
    await store.append([giving(record, PAY, seq=1)])
    assert await granted(store, session_id="s2") == set()
    assert await granted(store, owner=BEN) == set()
    assert await granted(store, session_id="nowhere") == set()


async def test_grants_go_with_their_session(store: Store) -> None:
    record = await waits(store)
    await store.append([giving(record, PAY, seq=1)])
    await store.delete_session(ANA, "a1", "s1")
    await store.create_session(ANA, session("s1"))
    assert await granted(store) == set()


async def test_grants_go_with_their_agent(store: Store) -> None:
    record = await waits(store)
    await store.append([giving(record, PAY, seq=1)])
    await store.delete_agent(ANA, "a1")
    assert await granted(store) == set()


async def test_what_was_granted_is_taken_back_in_one_session_by_its_owner(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    for turn_id, session_id in (("t1", "s1"), ("t2", "s2")):
        await store.append([giving(await waits(store, turn_id, session_id), PAY, PAY_NOW, seq=1)])
    await store.delete_grants(BEN, "s1")
    assert await granted(store) == {PAY, PAY_NOW}
    await store.delete_grants(ANA, "s1")
    await store.delete_grants(ANA, "nowhere")
    assert (await granted(store), await granted(store, session_id="s2")) == (set(), {PAY, PAY_NOW})
