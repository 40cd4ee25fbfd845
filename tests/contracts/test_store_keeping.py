"""What every store does for rules of how long sessions stay."""

from collections.abc import Awaitable, Callable

from tertulia.domain.agents import AgentConfig
from tertulia.domain.paging import Page
from tertulia.domain.retention import RetentionRule
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.store.base import Store
from tertulia.store.keeping import OwnedSession
from tests.store.values import ANA, BEN, agent, at, completed, running, session

RULE = RetentionRule(archive_after=7, delete_after="never", keep_pinned=False)
DAY = 86_400


async def test_a_rule_of_a_session_is_kept_and_taken_back(store: Store) -> None:
    patched = await store.update_session(ANA, "a1", "s1", patch=SessionPatch(retention=RULE), at=at(9))
    assert (patched.retention, patched.revision, patched.updated_at) == (RULE, 2, at(0)), "a rule is no activity"
    assert await store.get_session(ANA, "a1", "s1") == patched
    assert (await store.update_session(ANA, "a1", "s1", patch=SessionPatch(retention=None), at=at(9))).retention is None


async def test_every_owners_agents_are_listed_with_their_rules(store: Store) -> None:
    await store.create_agent(ANA, agent("a2", agent_config=AgentConfig(model="demo/script", retention=RULE)))
    await store.create_agent(BEN, agent("a1"))
    first = await store.list_agent_rules(limit=2)
    rest = await store.list_agent_rules(limit=2, cursor=first.next_cursor)
    found = [(each.owner, each.agent_id, each.rule) for each in [*first.items, *rest.items]]
    assert found == [(ANA, "a1", None), (ANA, "a2", RULE), (BEN, "a1", None)]
    assert rest.next_cursor is None


async def names_of(read: Callable[[str | None], Awaitable[Page[OwnedSession]]]) -> list[tuple[str, str]]:
    """The owners and ids of a list, over all pages."""
    found: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        page = await read(cursor)
        found += [(each.owner, each.session.session_id) for each in page.items]
        if (cursor := page.next_cursor) is None:
            return found


async def test_sessions_with_a_rule_of_their_own_are_listed_whosever_they_are(store: Store) -> None:
    await store.create_agent(BEN, agent())
    for owner, session_id in ((ANA, "s2"), (BEN, "s3"), (ANA, "s4"), (ANA, "s5")):
        await store.create_session(owner, session(session_id))
    for owner, session_id in ((ANA, "s2"), (BEN, "s3"), (ANA, "s4")):
        await store.update_session(owner, "a1", session_id, patch=SessionPatch(retention=RULE), at=at(1))
    await store.trash_session(ANA, "a1", "s4", at=at(2))
    assert await names_of(lambda cursor: store.list_ruled(limit=1, cursor=cursor)) == [(ANA, "s2"), (BEN, "s3")]


async def test_what_is_due_in_the_trash_is_listed_whosever_it_is(store: Store) -> None:
    await store.create_agent(BEN, agent())
    for number, (owner, session_id) in enumerate(((ANA, "s2"), (BEN, "s3"), (ANA, "s4"))):
        await store.create_session(owner, session(session_id))
        await store.trash_session(owner, "a1", session_id, at=at(number))
    found = await names_of(lambda cursor: store.list_due_trash(deleted_before=at(2), limit=1, cursor=cursor))
    assert found == [(ANA, "s2"), (BEN, "s3")]


async def test_idle_sessions_are_archived_and_deleted_and_the_others_are_not(store: Store) -> None:
    for session_id in ("s2", "s3", "runs"):
        await store.create_session(ANA, session(session_id))
    await store.create_session(ANA, session("late", updated_at=at(50)))
    await running(store, "t1", session_id="runs")
    every = ["s2", "runs", "late", "nowhere"]
    since = at(40)
    assert await store.retire(ANA, "a1", every, how="archive", idle_since=since, at=at(60)) == ["s2"]
    assert await store.retire(ANA, "a1", every, how="archive", idle_since=since, at=at(60)) == []
    archived = await store.get_session(ANA, "a1", "s2")
    assert (archived.archived, archived.revision, archived.updated_at) == (True, 2, at(0))
    assert await store.retire(ANA, "a1", [*every, "s3"], how="delete", idle_since=since, at=at(60)) == ["s2", "s3"]
    assert await store.retire(ANA, "a1", [*every, "s3"], how="delete", idle_since=since, at=at(60)) == []
    trash = (await store.list_trash(ANA, limit=9)).items
    assert {(each.session.session_id, each.deleted_at) for each in trash} == {("s2", at(60)), ("s3", at(60))}
    page = await store.list_sessions(ANA, SessionFilter(agent_id="a1", archived=None), order="asc", limit=9)
    assert [each.session_id for each in page.items if each.session_id != "s1"] == ["runs", "late"]


async def test_nothing_of_another_owner_or_agent_is_taken(store: Store) -> None:
    await store.create_agent(BEN, agent())
    await store.create_agent(ANA, agent("a2"))
    for place in ((BEN, "a1"), (ANA, "a2")):
        for how in ("archive", "delete"):
            assert await store.retire(*place, ["s1"], how=how, idle_since=at(99), at=at(99)) == []


async def test_a_session_that_was_gone_on_with_meanwhile_stays(store: Store) -> None:
    record = await running(store, "t1")
    await store.append([completed(record, second=50)])
    assert await store.retire(ANA, "a1", ["s1"], how="delete", idle_since=at(50), at=at(60)) == []
    assert await store.retire(ANA, "a1", ["s1"], how="delete", idle_since=at(51), at=at(60)) == ["s1"]


async def test_a_job_is_one_nodes_until_its_time_is_over(store: Store) -> None:
    assert await store.take_job("retention", "one", seconds=600)
    assert await store.take_job("retention", "one", seconds=600), "it may go on"
    assert not await store.take_job("retention", "two", seconds=600)
    assert await store.take_job("other", "two", seconds=600)
    assert await store.take_job("retention", "one", seconds=-1), "it lets go of it"
    assert await store.take_job("retention", "two", seconds=600)
    assert not await store.take_job("retention", "one", seconds=600)
