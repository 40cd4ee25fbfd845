"""Which link an owner has to a server: one at a time, and none that nobody has is left open."""

from typing import Any

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.toolgroups import McpEndpoint, McpServer, StoredToolgroup
from tertulia.runtime.clock import SystemClock
from tertulia.runtime.mcp_groups import McpGroups
from tertulia.store.memory.store import MemoryStore
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.mcp.base import Listing, McpConnection
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.reach import Reach

ANA = "ana"


class Connection:
    """A connection to a server that has one tool."""

    def __init__(self) -> None:
        self.is_lost = False
        self.listing: Listing = {"pay": ToolDef(name="bank__pay")}

    async def call(self, own_name: str, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        return ToolResult(content="paid")

    async def close(self) -> None:
        self.is_lost = True


class World:
    """Groups of one node, and the connections that it has made."""

    def __init__(self, store: MemoryStore) -> None:
        self.made: list[Connection] = []
        reach = Reach(networks="private")
        self.groups = McpGroups(store, configured=(), reach=reach, open_link=self._open, clock=SystemClock())

    def _open(self, server: McpServer, is_configured: bool) -> McpLink:
        async def connect() -> McpConnection:
            self.made.append(Connection())
            return self.made[-1]

        return McpLink(server.toolgroup_id, connect)

    @property
    def open(self) -> list[Connection]:
        return [each for each in self.made if not each.is_lost]


def bank(**more: Any) -> McpServer:
    return McpServer(toolgroup_id="bank", endpoint=McpEndpoint(uri="http://192.0.2.1/mcp"), **more)


class FullStore(MemoryStore):
    """A store that takes no toolgroup."""

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        raise StorageUnavailable("The disk is full.")


async def opened(store: MemoryStore) -> MemoryStore:
    await store.open()
    return store


async def test_what_could_not_be_kept_is_let_go_of() -> None:
    world = World(await opened(FullStore()))
    with pytest.raises(StorageUnavailable):
        await world.groups.register(ANA, bank())
    assert (len(world.made), world.open) == (1, [])


async def test_with_other_credentials_there_is_another_connection_and_only_that() -> None:
    world = World(await opened(MemoryStore()))
    await world.groups.register(ANA, bank())
    await world.groups.register(ANA, bank(authorization="other"))
    assert (len(world.made), world.open) == (2, [world.made[-1]])


async def test_what_was_unregistered_on_another_node_is_let_go_of_here() -> None:
    store = await opened(MemoryStore())
    here, there = World(store), World(store)
    await here.groups.register(ANA, bank())
    await there.groups.unregister(ANA, "bank")
    assert await here.groups.look_at(ANA, "bank") is None
    assert here.open == []


async def test_a_server_that_has_no_tools_any_more_gives_none() -> None:
    world = World(await opened(MemoryStore()))
    await world.groups.register(ANA, bank())
    world.made[-1].listing = {}
    group = await world.groups.look_at(ANA, "bank")
    assert group is not None
    assert (group.tools(), list(group.pins or {})) == ([], ["pay"])
