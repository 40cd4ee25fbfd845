"""What every store does with agents that all owners may use: what others see, and what stays theirs when it ends."""

import pytest
from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig, Budget, ToolDef, ToolgroupUse
from tertulia.domain.changes import BEGINNING
from tertulia.domain.errors import AgentNotFound, AgentWithdrawn, BudgetReached, SessionNotFound
from tertulia.domain.retention import RetentionRule
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionFilter
from tertulia.domain.steps import Usage
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, NODE, agent, at, completed, new_turn, session

CYD = "cyd"
WHOLE = AgentConfig(
    model="demo/script",
    name="Fox",
    instructions="secret-canary",
    toolgroups=[ToolgroupUse(name="weather", args={"key": "secret-canary"}), "builtin::clock"],
    retention=RetentionRule(delete_after=1),
    starters=["Hello?"],
)
SEEN = AgentConfig(model="demo/script", name="Fox", toolgroups=["weather", "builtin::clock"], starters=["Hello?"])
SHARED = agent("shared", agent_config=WHOLE, visibility="shared", is_default=True, created_at=at(3))
TO_OTHERS = replace(SHARED, agent_config=SEEN, is_default=False, access="shared")
WITHDRAWN = replace(TO_OTHERS, visibility="private", access="withdrawn")


@pytest.fixture
async def lending(empty: Store) -> Store:
    """A store in which Ana shares an agent, and Ben has one of his own."""
    await empty.create_agent(ANA, SHARED)
    await empty.create_agent(BEN, agent("bens", created_at=at(2)))
    return empty


async def begun(store: Store, owner: str = BEN, session_id: str = "s1") -> None:
    await store.create_session(owner, session(session_id, agent_id="shared", session_name="Foxes"))


async def withdraw(store: Store) -> Agent:
    return await store.update_agent(ANA, "shared", config=WHOLE, version=1, at=at(9), visibility="private")


async def listed(store: Store, owner: str, *, with_shared: bool = True) -> list[Agent]:
    return (await store.list_agents(owner, with_shared=with_shared, limit=9)).items


async def test_others_see_a_shared_agent_without_what_is_its_owners(lending: Store) -> None:
    assert await lending.get_agent(BEN, "shared") == TO_OTHERS
    assert await listed(lending, BEN) == [agent("bens", created_at=at(2)), TO_OTHERS]
    assert await lending.get_agent(ANA, "shared") == SHARED
    assert await listed(lending, ANA) == [SHARED]
    assert await lending.find_default_agent(BEN) is None


async def test_a_list_of_what_is_ones_own_has_it_from_the_first_session_on(lending: Store) -> None:
    assert [each.agent_id for each in await listed(lending, BEN, with_shared=False)] == ["bens"]
    await begun(lending)
    assert await listed(lending, BEN, with_shared=False) == [agent("bens", created_at=at(2)), TO_OTHERS]
    assert await listed(lending, BEN) == [agent("bens", created_at=at(2)), TO_OTHERS]


async def test_lists_with_shared_agents_page_without_skips_and_repeats(lending: Store) -> None:
    for number in range(3):
        await lending.create_agent(CYD, agent(f"c{number}", visibility="shared", created_at=at(2 + number)))
    await begun(lending)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await lending.list_agents(BEN, with_shared=True, limit=1, cursor=cursor)
        seen += [each.agent_id for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["bens", "c0", "c1", "shared", "c2"]


async def test_whose_it_is_is_known_to_who_runs_it_alone(lending: Store) -> None:
    assert await lending.find_lender(BEN, "shared") == ANA
    assert await lending.find_lender(ANA, "shared") == ANA
    assert await lending.find_lender(BEN, "bens") == BEN
    with pytest.raises(AgentNotFound):
        await lending.get_agent_config(BEN, "shared", 1)


async def test_nobody_but_its_owner_changes_or_deletes_it(lending: Store) -> None:
    for is_used in (False, True):
        if is_used:
            await begun(lending)
        with pytest.raises(AgentNotFound):
            await lending.update_agent(BEN, "shared", config=SEEN, version=1, at=at(9), visibility="private")
    await lending.delete_agent(BEN, "shared")
    assert await lending.get_agent(ANA, "shared") == SHARED
    with pytest.raises(SessionNotFound):
        await lending.get_session(BEN, "shared", "s1")


async def test_sessions_on_it_are_whose_they_are(lending: Store) -> None:
    await begun(lending, BEN, "s1")
    await begun(lending, ANA, "s2")
    which = SessionFilter(agent_id="shared")
    for owner, own, other in ((BEN, "s1", "s2"), (ANA, "s2", "s1")):
        found = await lending.list_sessions(owner, which, order="asc", limit=9)
        assert [each.session_id for each in found.items] == [own]
        changes = await lending.read_changes(owner, "shared", after=BEGINNING, limit=9)
        assert [each.change.session_id for each in changes] == [own]
        with pytest.raises(SessionNotFound):
            await lending.get_session(owner, "shared", other)
        names = await lending.search(owner, SearchFilter(query=parse_query("foxes")), limit=9)
        assert [hit.session_id for hit in names.items] == [own]


async def test_changes_can_be_followed_before_there_is_a_session(lending: Store) -> None:
    assert await lending.last_change(BEN, "shared") == BEGINNING


async def test_a_turn_on_it_is_run_by_its_newest_config_and_counts_for_who_asked(lending: Store) -> None:
    await begun(lending)
    await lending.update_agent(ANA, "shared", config=SEEN, version=1, at=at(5))
    record = (await lending.accept_turn(BEN, new_turn("t1", agent_id="shared"), node=NODE)).record
    assert (record.owner, record.agent_version) == (BEN, 2)
    assert await lending.get_agent_config(ANA, "shared", 2) == SEEN


async def test_the_budget_of_its_sessions_is_the_lenders_to_say(lending: Store) -> None:
    await begun(lending)
    config = replace(WHOLE, budget=Budget(session_tokens=1))
    await lending.update_agent(ANA, "shared", config=config, version=1, at=at(5))
    record = (await lending.accept_turn(BEN, new_turn("t1", agent_id="shared"), node=NODE)).record
    ended = completed(record)
    assert ended.turn is not None
    await lending.append([replace(ended, turn=replace(ended.turn, usage=Usage(input_tokens=5)))])
    with pytest.raises(BudgetReached):
        await lending.accept_turn(BEN, new_turn("t2", agent_id="shared"), node=NODE)


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_when_it_is_shared_no_more_what_others_have_is_there_to_read(lending: Store, is_deleted: bool) -> None:
    await begun(lending)
    await lending.accept_turn(BEN, new_turn("t1", agent_id="shared"), node=NODE)
    await (lending.delete_agent(ANA, "shared") if is_deleted else withdraw(lending))
    assert await lending.get_agent(BEN, "shared") == WITHDRAWN
    assert await listed(lending, BEN) == [agent("bens", created_at=at(2)), WITHDRAWN]
    assert (await lending.get_session(BEN, "shared", "s1")).turn_count == 1
    assert len((await lending.list_turns(BEN, "s1", order="asc", limit=9)).items) == 1
    assert (await lending.fork_session(BEN, "s1", session("s9", agent_id="shared"), turn_id=None)).agent_id == "shared"
    for ask in (
        lending.accept_turn(BEN, new_turn("t2", agent_id="shared"), node=NODE),
        lending.create_session(BEN, session("s2", agent_id="shared")),
        lending.import_session(BEN, session("s3", agent_id="shared"), []),
        lending.find_lender(BEN, "shared"),
    ):
        with pytest.raises(AgentWithdrawn):
            await ask
    with pytest.raises(AgentNotFound):  # who had nothing on it has nothing of it
        await lending.get_agent(CYD, "shared")
    await lending.delete_agent(BEN, "shared")
    assert [each.agent_id for each in await listed(lending, BEN)] == ["bens"]


async def test_a_turn_that_was_taken_on_before_is_found_by_its_key_after(lending: Store) -> None:
    await begun(lending)
    new = new_turn("t1", agent_id="shared", idempotency_key="k", request_hash="h")
    await lending.accept_turn(BEN, new, node=NODE)
    await withdraw(lending)
    assert (await lending.accept_turn(BEN, replace(new, turn_id="t2"), node=NODE)).is_repeat


async def test_shared_again_it_goes_on(lending: Store) -> None:
    await begun(lending)
    await withdraw(lending)
    await lending.update_agent(ANA, "shared", config=WHOLE, version=2, at=at(10), visibility="shared")
    assert (await lending.get_agent(BEN, "shared")).access == "shared"
    assert (await lending.accept_turn(BEN, new_turn("t1", agent_id="shared"), node=NODE)).record.agent_version == 3


async def test_a_rule_of_its_owners_is_for_its_owners_sessions_alone(lending: Store) -> None:
    await begun(lending)
    found = (await lending.list_agent_rules(limit=9)).items
    assert [(each.owner, each.rule) for each in found if each.agent_id == "shared"] == [
        (ANA, WHOLE.retention),
        (BEN, None),
    ]


async def test_a_page_of_large_agents_ends_early_whoever_owns_or_borrows_them(lending: Store) -> None:
    long = replace(WHOLE, client_tools=[ToolDef(name="camera", description="x" * 3_000_000)])
    for place in range(4, 8):
        lent = agent(f"lent{place}", agent_config=long, visibility="shared", created_at=at(place))
        await lending.create_agent(ANA, lent)
    await lending.create_session(BEN, session("s1", agent_id="lent5"))
    await lending.create_agent(BEN, agent("long", agent_config=long, created_at=at(8)))
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        page = await lending.list_agents(BEN, with_shared=True, limit=9, cursor=cursor)
        pages.append([each.agent_id for each in page.items])
        cursor = page.next_cursor
    assert pages == [["bens", "shared", "lent4", "lent5"], ["lent6", "lent7"], ["long"]]
