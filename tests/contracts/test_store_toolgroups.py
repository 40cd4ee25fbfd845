"""What every store does with registered toolgroups."""

import pytest
from msgspec.structs import replace

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import InvalidCursor, ToolgroupNotFound
from tertulia.domain.toolgroups import McpEndpoint, McpServer, PinnedTool, StoredToolgroup
from tertulia.domain.tools import ToolPolicy
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, at

PIN = PinnedTool(own_name="read.file", definition=ToolDef(name="files__read_file", description="Lê. 🦊"))
FILES = StoredToolgroup(
    toolgroup_id="mcp::files",
    server=McpServer(
        toolgroup_id="mcp::files",
        endpoint=McpEndpoint(uri="https://files.example/mcp"),
        headers={"X-Key": "canary"},
        authorization="Bearer canary",
        approval="always",
        policies={"read.file": ToolPolicy(is_idempotent=True, timeout=3)},
    ),
    pins=[PIN],
    pinned_at=at(0),
)
PINS_ALONE = StoredToolgroup(toolgroup_id="time", server=None, pins=[PIN], pinned_at=at(1))
PROGRAM = StoredToolgroup(
    toolgroup_id="git",
    server=McpServer(
        toolgroup_id="git", endpoint=McpEndpoint(command="uvx", args=["mcp-server-git"]), env={"TOKEN": "canary"}
    ),
    pins=[],
    pinned_at=at(2),
)


def group(name: str) -> StoredToolgroup:
    return StoredToolgroup(toolgroup_id=name, server=None, pins=[], pinned_at=at(0))


@pytest.mark.parametrize("toolgroup", [FILES, PINS_ALONE, PROGRAM], ids=lambda each: each.toolgroup_id)
async def test_a_toolgroup_comes_back_as_it_was_saved(empty: Store, toolgroup: StoredToolgroup) -> None:
    await empty.save_toolgroup(ANA, toolgroup, at=at(0))
    assert await empty.get_toolgroup(ANA, toolgroup.toolgroup_id) == toolgroup


async def test_one_of_the_same_name_takes_its_place_but_not_that_of_others(empty: Store) -> None:
    changed = group("mcp::files")
    await empty.save_toolgroup(ANA, FILES, at=at(0))
    await empty.save_toolgroup(BEN, FILES, at=at(0))
    await empty.save_toolgroup(ANA, changed, at=at(1))
    assert (await empty.list_toolgroups(ANA, limit=9)).items == [changed]
    assert await empty.get_toolgroup(BEN, "mcp::files") == FILES


async def test_toolgroups_are_listed_by_name_a_page_at_a_time(empty: Store) -> None:
    names = ["a", "b-2", "b::1", "c"]
    for name in reversed(names):
        await empty.save_toolgroup(ANA, group(name), at=at(0))
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await empty.list_toolgroups(ANA, limit=3, cursor=cursor)
        found += [each.toolgroup_id for each in page.items]
        await empty.save_toolgroup(ANA, group("a-late"), at=at(9))
        if (cursor := page.next_cursor) is None:
            break
    assert found == names


async def test_a_cursor_of_another_list_is_refused(empty: Store) -> None:
    with pytest.raises(InvalidCursor):
        await empty.list_toolgroups(ANA, limit=3, cursor="bm9uc2Vuc2U")


async def test_a_deleted_toolgroup_is_gone_and_those_of_others_are_not(empty: Store) -> None:
    await empty.save_toolgroup(ANA, FILES, at=at(0))
    await empty.save_toolgroup(BEN, FILES, at=at(0))
    await empty.delete_toolgroup(ANA, "mcp::files")
    for ask in (empty.get_toolgroup, empty.delete_toolgroup):
        with pytest.raises(ToolgroupNotFound):
            await ask(ANA, "mcp::files")
    assert await empty.get_toolgroup(BEN, "mcp::files") == FILES


async def test_a_page_of_large_toolgroups_ends_early_and_leads_on(empty: Store) -> None:
    def pins(size: int) -> list[PinnedTool]:
        return [PinnedTool(own_name="read", definition=ToolDef(name="read", description="x" * size))]

    for name, size in [("a", 3_000_000), ("b", 3_000_000), ("c", 3_000_000), ("d", 9_000_000), ("e", 1)]:
        await empty.save_toolgroup(ANA, replace(group(name), pins=pins(size)), at=at(0))
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        page = await empty.list_toolgroups(ANA, limit=9, cursor=cursor)
        pages.append([each.toolgroup_id for each in page.items])
        cursor = page.next_cursor
    assert pages == [["a", "b"], ["c"], ["d"], ["e"]]
