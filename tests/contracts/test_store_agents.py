"""What every store does with agents and the versions of their configs."""

import pytest

from tertulia.domain.agents import AgentConfig, SamplingParams, ToolDef, TopPSampling
from tertulia.domain.errors import AgentNotFound, Conflict, InvalidCursor, SessionNotFound, Stale, TurnNotFound
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, agent, append, at, orphans, queued, running, said, session

WHOLE = AgentConfig(
    model="ollama/llama3.2",
    instructions="Você é breve. 🦊",
    name="Fox",
    sampling_params=SamplingParams(strategy=TopPSampling(temperature=0.5), max_tokens=100, stop=["END"]),
    toolgroups=["builtin::clock"],
    client_tools=[ToolDef(name="camera")],
    starters=["Hello?"],
)


async def test_an_agent_comes_back_as_it_was_stored(empty: Store) -> None:
    stored = agent("a1", agent_config=WHOLE, is_default=True)
    await empty.create_agent(ANA, stored)
    assert await empty.get_agent(ANA, "a1") == stored


async def test_an_agent_that_was_never_there_is_not_found(empty: Store) -> None:
    with pytest.raises(AgentNotFound):
        await empty.get_agent(ANA, "a1")


async def test_an_agent_cannot_be_made_twice(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.create_agent(ANA, agent("a1", agent_config=WHOLE))
    assert (await store.get_agent(ANA, "a1")).agent_config.model == "demo/script"


async def test_a_new_config_is_the_next_version_and_the_old_one_stays_readable(store: Store) -> None:
    updated = await store.update_agent(ANA, "a1", config=WHOLE, version=1, at=at(5))
    assert updated == agent("a1", agent_config=WHOLE, version=2, updated_at=at(5))
    assert await store.get_agent(ANA, "a1") == updated
    assert await store.get_agent_config(ANA, "a1", 1) == AgentConfig(model="demo/script")
    assert await store.get_agent_config(ANA, "a1", 2) == WHOLE


async def test_a_config_that_follows_an_old_version_is_stale(store: Store) -> None:
    await store.update_agent(ANA, "a1", config=WHOLE, version=1, at=at(5))
    with pytest.raises(Stale):
        await store.update_agent(ANA, "a1", config=AgentConfig(model="demo/other"), version=1, at=at(6))
    assert (await store.get_agent(ANA, "a1")).agent_config == WHOLE


@pytest.mark.parametrize("version", [0, 2])
async def test_a_version_that_never_was_is_not_found(store: Store, version: int) -> None:
    with pytest.raises(AgentNotFound):
        await store.get_agent_config(ANA, "a1", version)


async def test_agents_are_listed_oldest_first_page_by_page(empty: Store) -> None:
    for agent_id, second in [("a3", 2), ("a1", 3), ("a4", 1), ("a2", 3)]:
        await empty.create_agent(ANA, agent(agent_id, created_at=at(second)))
    first = await empty.list_agents(ANA, limit=3)
    last = await empty.list_agents(ANA, limit=3, cursor=first.next_cursor)
    assert [each.agent_id for each in first.items] == ["a4", "a3", "a1"]
    assert [each.agent_id for each in last.items] == ["a2"]
    assert last.next_cursor is None


async def test_a_page_that_ends_with_the_list_leads_nowhere(store: Store) -> None:
    assert (await store.list_agents(ANA, limit=1)).next_cursor is None


async def test_a_cursor_that_we_did_not_make_is_refused(store: Store) -> None:
    for cursor in ("nonsense", "WzFd"):
        with pytest.raises(InvalidCursor):
            await store.list_agents(ANA, limit=1, cursor=cursor)


async def test_the_oldest_agent_that_is_marked_is_the_default(empty: Store) -> None:
    assert await empty.find_default_agent(ANA) is None
    for agent_id, second, is_default in [("a1", 1, False), ("a2", 3, True), ("a3", 2, True)]:
        await empty.create_agent(ANA, agent(agent_id, created_at=at(second), is_default=is_default))
    assert await empty.find_default_agent(ANA) == agent("a3", created_at=at(2), is_default=True)


async def test_two_owners_may_have_agents_of_the_same_id(store: Store) -> None:
    await store.create_agent(BEN, agent("a1", agent_config=WHOLE))
    assert (await store.get_agent(ANA, "a1")).agent_config.model == "demo/script"
    assert (await store.get_agent(BEN, "a1")).agent_config == WHOLE


async def test_an_agent_takes_its_sessions_and_turns_along(store: Store) -> None:
    record = await running(store)
    await queued(store, "t2")
    await store.delete_agent(ANA, "a1")
    with pytest.raises(AgentNotFound):
        await store.get_agent(ANA, "a1")
    with pytest.raises(AgentNotFound):
        await store.get_agent_config(ANA, "a1", 1)
    with pytest.raises(SessionNotFound):
        await store.get_session(ANA, "a1", "s1")
    with pytest.raises(TurnNotFound):
        await store.read_events(ANA, "t1")
    assert (await store.append([append(record, said(["Hi"]))])).lost == {"t1"}
    assert await orphans(store) == []


async def test_an_agent_that_comes_again_has_nothing_of_the_old_one(store: Store) -> None:
    await store.update_agent(ANA, "a1", config=WHOLE, version=1, at=at(5))
    await store.delete_agent(ANA, "a1")
    await store.create_agent(ANA, agent("a1"))
    await store.create_session(ANA, session("s1"))
    with pytest.raises(AgentNotFound):
        await store.get_agent_config(ANA, "a1", 2)
    assert (await running(store)).n == 1


def large(size: int) -> AgentConfig:
    return AgentConfig(model="demo/script", client_tools=[ToolDef(name="camera", description="x" * size)])


async def test_a_page_of_large_agents_ends_early_and_leads_on(empty: Store) -> None:
    for place, size in enumerate([3_000_000, 3_000_000, 3_000_000, 9_000_000, 1]):
        await empty.create_agent(ANA, agent(f"a{place}", agent_config=large(size), created_at=at(place)))
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        page = await empty.list_agents(ANA, limit=9, cursor=cursor)
        pages.append([each.agent_id for each in page.items])
        cursor = page.next_cursor
    assert pages == [["a0", "a1"], ["a2"], ["a3"], ["a4"]]
