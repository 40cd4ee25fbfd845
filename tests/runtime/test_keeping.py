"""Rules of how long sessions stay, applied: the most special one wins, all owners' sessions, one node at a time."""

from typing import Any

from tertulia.domain.agents import AgentConfig
from tertulia.domain.audit import AuditFilter
from tertulia.domain.retention import RetentionRule
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.runtime.clock import SystemClock, earlier
from tertulia.settings.values import Settings
from tertulia.store.memory.store import MemoryStore
from tertulia.testing import services
from tertulia.wiring import Services
from tests.store.values import ANA, BEN, agent, session


def ago(days: float) -> str:
    return earlier(SystemClock()(), hours=24 * days)


async def opened(store: MemoryStore, **settings: Any) -> Services:
    """What a server with these settings would run; it does not run here."""
    await store.open()
    return services(settings=Settings(**settings), store=store)


async def furnish(store: MemoryStore, owner: str, agent_id: str, rule: RetentionRule | None, *days: float) -> None:
    """An agent with a rule, or none, and a session for each number of days without activity."""
    config = AgentConfig(model="demo/script", retention=rule)
    await store.create_agent(owner, agent(agent_id, agent_config=config))
    for number in days:
        name = f"{owner}-{agent_id}-{number:g}"
        await store.create_session(owner, session(name, agent_id=agent_id, updated_at=ago(number)))


async def told(wired: Services) -> dict[str, tuple[str, str, int]]:
    """What the rules would do to which session."""
    return {
        due.session.session_id: (due.verdict.how, due.verdict.rule_of, due.verdict.days)
        async for due in wired.purging.keeping.due()
    }


async def test_without_rules_nothing_goes() -> None:
    store = MemoryStore()
    wired = await opened(store)
    await furnish(store, ANA, "a1", None, 5000)
    assert await told(wired) == {}


async def test_the_servers_rule_is_for_all_and_an_agents_and_a_sessions_go_before_it() -> None:
    store = MemoryStore()
    wired = await opened(store, archive_after_days=30, delete_after_days=90)
    await furnish(store, ANA, "a1", None, 10, 40, 100)
    await furnish(store, BEN, "b1", RetentionRule(archive_after=7, delete_after="never"), 5, 10, 1000)
    for session_id, rule in (
        ("ana-a1-10", RetentionRule(delete_after=9)),
        ("ana-a1-100", RetentionRule(archive_after="never", delete_after="never")),
        ("ben-b1-1000", RetentionRule(delete_after=999)),
    ):
        owner, agent_id = (ANA, "a1") if session_id.startswith("ana") else (BEN, "b1")
        await store.update_session(owner, agent_id, session_id, patch=SessionPatch(retention=rule), at=ago(0))
    assert await told(wired) == {
        "ana-a1-10": ("delete", "session", 9),
        "ana-a1-40": ("archive", "server", 30),
        "ben-b1-10": ("archive", "agent", 7),
        "ben-b1-1000": ("delete", "session", 999),
    }


async def test_pinned_sessions_stay_unless_a_rule_says_otherwise() -> None:
    store = MemoryStore()
    wired = await opened(store, delete_after_days=9)
    await furnish(store, ANA, "a1", None, 10)
    await furnish(store, ANA, "a2", RetentionRule(keep_pinned=False), 10)
    for agent_id in ("a1", "a2"):
        patch = SessionPatch(pinned=True)
        await store.update_session(ANA, agent_id, f"ana-{agent_id}-10", patch=patch, at=ago(0))
    assert await told(wired) == {"ana-a2-10": ("delete", "server", 9)}


async def test_what_is_told_is_what_is_done_and_the_audit_says_by_which_rule() -> None:
    store = MemoryStore()
    wired = await opened(store, archive_after_days=30, delete_after_days=90)
    await furnish(store, ANA, "a1", None, *(40 + number / 10 for number in range(45)), 100)
    await furnish(store, BEN, "b1", RetentionRule(delete_after=1), 2)
    assert len(await told(wired)) == 47
    assert await wired.purging.keeping.apply() == {"archive": 45, "delete": 2}
    assert await told(wired) == {}
    shown = await store.list_sessions(ANA, SessionFilter(agent_id="a1"), order="asc", limit=99)
    assert shown.items == []
    assert [each.session.session_id for each in (await store.list_trash(BEN, limit=9)).items] == ["ben-b1-2"]
    entries = (await store.list_audit(AuditFilter(action="session.delete"), limit=9)).items
    assert {(each.actor, each.owner, each.subject["session_id"], each.subject["rule_of"]) for each in entries} == {
        ("server", ANA, "ana-a1-100", "server"),
        ("server", BEN, "ben-b1-2", "agent"),
    }
    assert len((await store.list_audit(AuditFilter(action="session.archive"), limit=99)).items) == 45


async def test_one_node_at_a_time_goes_through_the_sessions() -> None:
    store = MemoryStore(is_shared=True)
    first, second = [await opened(store, delete_after_days=1) for _ in range(2)]
    assert first.node != second.node
    assert await store.take_job("purging", first.node, seconds=60)
    await furnish(store, ANA, "a1", None, 2)
    await second.purging.look()
    assert (await store.list_trash(ANA, limit=9)).items == []
    await first.purging.look()
    assert len((await store.list_trash(ANA, limit=9)).items) == 1


async def test_what_a_rule_deletes_can_be_had_back_for_the_time_of_the_trash() -> None:
    store = MemoryStore()
    wired = await opened(store, delete_after_days=1, trash_days=30)
    await furnish(store, ANA, "a1", None, 2)
    await wired.purging.look()
    assert (await wired.sessions.restore(ANA, "ana-a1-2")).session_id == "ana-a1-2"
    await wired.purging.look()
    assert len((await store.list_trash(ANA, limit=9)).items) == 1, "nobody has gone on with it"
