"""The MCP servers of owners: which there are, the one live link to each, and what their tools were when pinned.

The operator's servers (settings) are everybody's; others are registered by an owner and are theirs. Of both, each owner
has links and pins of their own. A server of the operator's is pinned when an owner first uses it.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Sequence

import msgspec
import structlog

from tertulia.domain.errors import Conflict, Stale, ToolgroupNotFound, ToolServerUnavailable
from tertulia.domain.paging import MAX_LIMIT
from tertulia.domain.toolgroups import McpServer, PinnedTool, StoredToolgroup
from tertulia.runtime.clock import Clock
from tertulia.runtime.patience import patiently
from tertulia.store.toolgroups import ToolgroupStore
from tertulia.tools.mcp.base import Listing
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.names import prefix_of
from tertulia.tools.mcp.opening import OpenLink
from tertulia.tools.mcp.reach import Reach
from tertulia.tools.mcp.tool import McpTool

log = structlog.get_logger()

MAX_REGISTERED = 100
"""How many toolgroups one owner may register, so that all of them can be listed at once."""
LOOK_SECONDS = 5
"""How long a turn, or a list, waits for a server that is not connected; what was known of it serves till then."""


class McpGroup:
    """A toolgroup of one owner. `pins` is null while nothing was pinned yet."""

    def __init__(
        self, server: McpServer, link: McpLink, stored: StoredToolgroup | None, *, is_configured: bool
    ) -> None:
        self.server = server
        self.link = link
        self.is_configured = is_configured
        self.pinned_at = stored.pinned_at if stored else None
        self.pins: Listing | None = {pin.own_name: pin.definition for pin in stored.pins} if stored else None

    @property
    def toolgroup_id(self) -> str:
        """What agents name it by."""
        return self.server.toolgroup_id

    async def look(self) -> Listing | None:
        """What its server has now, if it says so soon."""
        with contextlib.suppress(TimeoutError, ToolServerUnavailable):
            async with asyncio.timeout(LOOK_SECONDS):
                return await self.link.listing()
        return None

    @property
    def known(self) -> Listing:
        """What its server has, or had when it was last asked, or when it was pinned."""
        return self.pins or {} if self.link.last_listing is None else self.link.last_listing

    def tools(self) -> list[McpTool]:
        """Return its tools as agents can have them."""
        pins = self.pins or {}
        return [
            McpTool(own_name, definition, self.server, self.link, is_pinned=pins.get(own_name) == definition)
            for own_name, definition in self.known.items()
        ]


class McpGroups:
    """What is done with the MCP servers of owners."""

    def __init__(
        self,
        store: ToolgroupStore,
        *,
        configured: Sequence[McpServer],
        reach: Reach,
        open_link: OpenLink,
        clock: Clock,
    ) -> None:
        self._store = store
        self._configured = {server.toolgroup_id: server for server in configured}
        self._reach = reach
        self._open_link = open_link
        self._clock = clock
        self._links: dict[tuple[str, str], tuple[McpServer, McpLink]] = {}

    # --- reading ---

    async def ids(self, owner: str) -> list[str]:
        """Return the ids of all of an owner's groups, sorted."""
        return sorted({*self._configured, *(each.toolgroup_id for each in await self._stored(owner))})

    async def _stored(self, owner: str) -> list[StoredToolgroup]:
        found: list[StoredToolgroup] = []
        cursor: str | None = None
        while True:
            page = await self._store.list_toolgroups(owner, limit=MAX_LIMIT, cursor=cursor)
            found += [each for each in page.items if each.server is not None]
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def find(self, owner: str, toolgroup_id: str) -> McpGroup | None:
        """Return a group, if there is one, as it is known."""
        configured = self._configured.get(toolgroup_id)
        try:
            stored = await patiently(lambda: self._store.get_toolgroup(owner, toolgroup_id))
        except ToolgroupNotFound:
            stored = None
        server = configured or (stored.server if stored else None)
        if server is None:
            await self._replace(owner, toolgroup_id, None)  # it was unregistered, perhaps on another node
            return None
        link = await self._link(owner, server)
        return McpGroup(server, link, stored, is_configured=configured is not None)

    async def look_at(self, owner: str, toolgroup_id: str) -> McpGroup | None:
        """Return a group, if there is one, after a look at its server; what was never pinned is pinned now."""
        group = await self.find(owner, toolgroup_id)
        if group is None:
            return None
        listing = await group.look()
        if group.pins is None and listing is not None:
            await self._pin(owner, group, listing)
        return group

    async def all(self, owner: str) -> list[McpGroup]:
        """Return all of an owner's groups, by name, after a look at each server."""
        found = await asyncio.gather(*(self.look_at(owner, each) for each in await self.ids(owner)))
        return [group for group in found if group is not None]

    async def _link(self, owner: str, server: McpServer) -> McpLink:
        known = self._links.get((owner, server.toolgroup_id))
        if known is not None and known[0] == server:
            return known[1]
        link = self._open_link(server, server.toolgroup_id in self._configured)
        await self._replace(owner, server.toolgroup_id, (server, link))  # it may be registered anew, on another node
        return link

    async def _replace(self, owner: str, toolgroup_id: str, new: tuple[McpServer, McpLink] | None) -> None:
        """Have another link to a group, or none, at once; then let go of the one before."""
        before = self._links.pop((owner, toolgroup_id), None)
        if new is not None:
            self._links[owner, toolgroup_id] = new
        if before is not None:
            await before[1].close()

    # --- changing ---

    async def register(self, owner: str, server: McpServer) -> McpGroup:
        """Keep a server, with its tools as they are now.

        Who registers the same again changes its credentials and rules; what was pinned stays pinned. Raises Conflict,
        InvalidRequest, Forbidden, ToolServerUnavailable.
        """
        self.refuse_configured(server.toolgroup_id)
        await self._reach.check(server)
        others = await self._stored(owner)
        before = next((each for each in others if each.toolgroup_id == server.toolgroup_id), None)
        self._refuse_conflicts(server, others, before)
        link = self._open_link(server, False)
        try:
            listing = await link.listing()
            stored = StoredToolgroup(
                toolgroup_id=server.toolgroup_id,
                server=server,
                pins=before.pins if before else _pins(listing),
                pinned_at=before.pinned_at if before else self._clock(),
            )
            await self._store.save_toolgroup(owner, stored, at=self._clock())
        except BaseException:
            await link.close()
            raise
        await self._replace(owner, server.toolgroup_id, (server, link))
        return McpGroup(server, link, stored, is_configured=False)

    def _refuse_conflicts(
        self, server: McpServer, others: Sequence[StoredToolgroup], before: StoredToolgroup | None
    ) -> None:
        if before is not None and before.server is not None and before.server.endpoint != server.endpoint:
            raise Conflict(
                f"There is a toolgroup {server.toolgroup_id} with another server. Unregister that one first."
            )
        if before is None and len(others) >= MAX_REGISTERED:
            raise Conflict(f"There are {MAX_REGISTERED} registered toolgroups already. Unregister one first.")
        for name in {*self._configured, *(each.toolgroup_id for each in others)} - {server.toolgroup_id}:
            if prefix_of(name) == prefix_of(server.toolgroup_id):
                raise Conflict(
                    f"The tools of {server.toolgroup_id} would be called as those of {name} are. Choose another name."
                )

    async def unregister(self, owner: str, toolgroup_id: str) -> None:
        """Forget a server. Raises ToolgroupNotFound, Conflict."""
        self.refuse_configured(toolgroup_id)
        await self._store.delete_toolgroup(owner, toolgroup_id)
        await self._replace(owner, toolgroup_id, None)

    async def accept(self, owner: str, toolgroup_id: str, listing: str | None) -> McpGroup:
        """Pin the tools as they are now, if that is how they were seen.

        Raises ToolgroupNotFound, ToolServerUnavailable, and Stale when they have changed since.
        """
        group = await self.find(owner, toolgroup_id)
        if group is None:
            raise ToolgroupNotFound
        now = await group.link.listing()
        if listing is not None and listing != mark_of(now):
            raise Stale("The tools have changed again since you saw them. Look at them again, then accept.")
        await self._pin(owner, group, now)
        return group

    async def _pin(self, owner: str, group: McpGroup, listing: Listing) -> None:
        server = None if group.is_configured else group.server
        at = self._clock()
        stored = StoredToolgroup(toolgroup_id=group.toolgroup_id, server=server, pins=_pins(listing), pinned_at=at)
        await self._store.save_toolgroup(owner, stored, at=at)
        group.pins, group.pinned_at = dict(listing), at

    def refuse_configured(self, toolgroup_id: str) -> None:
        """Raise Conflict for a server of the operator's."""
        if toolgroup_id in self._configured:
            raise Conflict(f"The toolgroup {toolgroup_id} is the operator's (TERTULIA_MCP_SERVERS) and stays as it is.")

    async def ask(self, server: McpServer) -> Listing:
        """Return what a server has that nobody has registered, and let go of it.

        Raises InvalidRequest, Forbidden, ToolServerUnavailable.
        """
        await self._reach.check(server)
        link = self._open_link(server, False)
        try:
            return await link.listing()
        finally:
            await link.close()

    async def close(self) -> None:
        """Let go of all servers, and end the programs among them."""
        links = [link for _, link in self._links.values()]
        self._links.clear()
        await asyncio.gather(*(link.close() for link in links))


def mark_of(listing: Listing) -> str:
    """Return what stands for some definitions: other definitions have another."""
    return hashlib.sha256(msgspec.json.encode(dict(listing), order="sorted")).hexdigest()


def _pins(listing: Listing) -> list[PinnedTool]:
    return [PinnedTool(own_name=own_name, definition=definition) for own_name, definition in listing.items()]
