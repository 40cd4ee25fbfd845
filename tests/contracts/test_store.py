"""What holds for every method of every store: ownership, values that nobody shares, and a life with an end."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tertulia.domain.agents import AgentConfig
from tertulia.domain.errors import (
    AgentNotFound,
    NotFound,
    SessionNotFound,
    ShareNotFound,
    ShieldNotFound,
    StorageUnavailable,
    TurnNotFound,
)
from tertulia.domain.events import TurnQueued
from tertulia.domain.messages import ContentItem, TextItem, UserMessage
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.domain.shields import PatternShield
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, NODE, agent, append, at, new_turn, queued, running, said, session, share

CONFIG = AgentConfig(model="demo/script", instructions="Be brief.")

# Each method that is given an owner, asked by Ben for what is Ana's: what it raises, or else what it answers.
OF_OTHERS: dict[str, tuple[Callable[[Store], Awaitable[Any]], Any]] = {
    "get_agent": (lambda s: s.get_agent(BEN, "a1"), AgentNotFound),
    "find_lender": (lambda s: s.find_lender(BEN, "a1"), AgentNotFound),
    "get_agent_config": (lambda s: s.get_agent_config(BEN, "a1", 1), AgentNotFound),
    "find_default_agent": (lambda s: s.find_default_agent(BEN), None),
    "list_agents": (lambda s: _items(s.list_agents(BEN, limit=9)), []),
    "list_agents with shared ones": (lambda s: _items(s.list_agents(BEN, with_shared=True, limit=9)), []),
    "update_agent": (lambda s: s.update_agent(BEN, "a1", config=CONFIG, version=1, at=at(5)), AgentNotFound),
    "delete_agent": (lambda s: s.delete_agent(BEN, "a1"), AgentNotFound),
    "get_shield": (lambda s: s.get_shield(BEN, "polite"), ShieldNotFound),
    "create_share": (lambda s: s.create_share(BEN, share("l2"), token_hash="other"), SessionNotFound),
    "list_shares": (lambda s: _items(s.list_shares(BEN, limit=9)), []),
    "list_shares of a session": (lambda s: _items(s.list_shares(BEN, session_id="s1", limit=9)), []),
    "revoke_share": (lambda s: s.revoke_share(BEN, "s1", "l1", at=at(5)), ShareNotFound),
    "list_shields": (lambda s: _items(s.list_shields(BEN, limit=9)), []),
    "delete_shield": (lambda s: s.delete_shield(BEN, "polite"), ShieldNotFound),
    "create_session": (lambda s: s.create_session(BEN, session("s2")), AgentNotFound),
    "get_session": (lambda s: s.get_session(BEN, "a1", "s1"), SessionNotFound),
    "list_sessions": (lambda s: _items(s.list_sessions(BEN, SessionFilter(agent_id="a1"), order="asc", limit=9)), []),
    "update_session": (
        lambda s: s.update_session(BEN, "a1", "s1", patch=SessionPatch(pinned=True), at=at(5)),
        SessionNotFound,
    ),
    "name_session": (lambda s: s.name_session(BEN, "s1", name="Mine", source="model"), False),
    "delete_session": (lambda s: s.delete_session(BEN, "a1", "s1"), SessionNotFound),
    "import_session": (lambda s: s.import_session(BEN, session("s2"), []), AgentNotFound),
    "accept_turn": (lambda s: s.accept_turn(BEN, new_turn("t9"), node=NODE), SessionNotFound),
    "claim_next": (lambda s: s.claim_next(BEN, "s1", at=at(5), node=NODE), None),
    "claim": (lambda s: s.claim(BEN, "t1", node=NODE), None),
    "read_events": (lambda s: s.read_events(BEN, "t1"), TurnNotFound),
    "get_turn": (lambda s: s.get_turn(BEN, "a1", "s1", "t1"), TurnNotFound),
    "list_turns": (lambda s: _items(s.list_turns(BEN, "s1", order="asc", limit=9)), []),
    "list_turns after a turn": (lambda s: s.list_turns(BEN, "s1", order="asc", limit=9, after="t1"), TurnNotFound),
    "list_turns to a turn": (lambda s: s.list_turns(BEN, "s1", order="asc", limit=9, tip="t1"), TurnNotFound),
    "list_unfinished": (lambda s: s.list_unfinished(BEN, "s1"), []),
    "list_history": (lambda s: s.list_history(BEN, "t1", limit=9), []),
    "delete_branch": (lambda s: s.delete_branch(BEN, "a1", "s1", "t1"), SessionNotFound),
    "fork_session": (lambda s: s.fork_session(BEN, "s1", session("s2"), turn_id=None), SessionNotFound),
    "update_session to a branch": (
        lambda s: s.update_session(BEN, "a1", "s1", patch=SessionPatch(active_turn_id="t1"), at=at(5)),
        SessionNotFound,
    ),
    "request_cancel": (lambda s: s.request_cancel(BEN, "t1"), TurnNotFound),
}


async def _items(page: Awaitable[Any]) -> list[Any]:
    return (await page).items


@pytest.mark.parametrize("method", OF_OTHERS)
async def test_what_belongs_to_another_owner_is_not_there(store: Store, method: str) -> None:
    await running(store)
    await queued(store, "t2")
    await store.save_shield(ANA, PatternShield(shield_id="polite", words=["damn"]), at=at(0))
    await store.create_share(ANA, share("l1"), token_hash="hash")
    ask, expected = OF_OTHERS[method]
    if isinstance(expected, type) and issubclass(expected, NotFound):
        with pytest.raises(expected):
            await ask(store)
    else:
        assert await ask(store) == expected


async def test_an_append_for_another_owner_is_lost(store: Store) -> None:
    record = await running(store)
    foreign = append(record, said(["Hi"]))
    assert (await store.append([replace(foreign, owner=BEN)])).lost == {"t1"}
    assert len(await store.read_events(ANA, "t1")) == 2


async def test_nobody_shares_a_dict_or_list_with_the_store(store: Store) -> None:
    metadata, toolgroups = {"tags": ["a"]}, ["builtin::clock"]
    content: list[ContentItem] = [TextItem(text="Hello")]
    await store.create_session(ANA, session("s2", metadata=metadata))
    new = new_turn("t1", session_id="s2", input_messages=[UserMessage(content=content)], toolgroups=toolgroups)
    await store.accept_turn(ANA, new, node=NODE)
    metadata["tags"].append("b")
    content.clear()
    toolgroups.clear()
    (await store.get_session(ANA, "a1", "s2")).metadata.clear()
    assert (await store.get_session(ANA, "a1", "s2")).metadata == {"tags": ["a"]}
    begun = (await store.read_events(ANA, "t1"))[0].event
    assert isinstance(begun, TurnQueued)
    assert begun.input_messages == [UserMessage(content=[TextItem(text="Hello")])]
    assert (await store.get_turn(ANA, "a1", "s2", "t1")).record.toolgroups == ["builtin::clock"]


async def test_an_open_store_is_well(empty: Store) -> None:
    await empty.check()


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.check(),
        lambda store: store.get_agent(ANA, "a1"),
        lambda store: store.create_agent(ANA, agent("a2")),
    ],
    ids=["check", "read", "write"],
)
async def test_a_closed_store_is_unavailable(store: Store, use: Callable[[Store], Awaitable[Any]]) -> None:
    await store.close()
    with pytest.raises(StorageUnavailable):
        await use(store)


async def test_a_store_can_be_closed_twice(store: Store) -> None:
    await store.close()
    await store.close()
