"""A user leaves: all that is theirs goes, as if they had deleted it one after the other.

It is done in pages, and can be done again from the start: what is gone is not found.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tertulia.domain.errors import NotFound
from tertulia.domain.paging import MAX_LIMIT, Page
from tertulia.runtime.agents import Agents
from tertulia.store.base import Store


class Leaving:
    """Lets go of all that an owner has."""

    def __init__(self, store: Store, agents: Agents) -> None:
        self._store = store
        self._agents = agents

    async def leave(self, owner: str) -> None:
        """Delete agents, own and lent, with sessions and turns; files; shields; toolgroups; preferences; limits."""
        store = self._store
        await _empty(
            lambda: store.list_agents(owner, limit=MAX_LIMIT), lambda one: self._agents.drop(owner, one.agent_id)
        )
        await _empty(
            lambda: store.list_files(owner, order="asc", limit=MAX_LIMIT),
            lambda one: store.delete_file(owner, one.info.file_id),
        )
        await _empty(
            lambda: store.list_shields(owner, limit=MAX_LIMIT), lambda one: store.delete_shield(owner, one.shield_id)
        )
        await _empty(
            lambda: store.list_toolgroups(owner, limit=MAX_LIMIT),
            lambda one: store.delete_toolgroup(owner, one.toolgroup_id),
        )
        await store.forget_preferences(owner)
        await store.forget_limits(owner)


async def _empty(first: Callable[[], Awaitable[Page[Any]]], delete: Callable[[Any], Awaitable[None]]) -> None:
    """Delete what the first page of a list has until it has nothing."""
    while items := (await first()).items:
        for each in items:
            try:
                await delete(each)
            except NotFound:  # somebody else was faster
                continue
