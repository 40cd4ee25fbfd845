"""The tools that an MCP server lists, as models can be told of them: so many, each so large, and the rest left out."""

from collections.abc import AsyncGenerator

import msgspec
import structlog
from mcp.client.client import Client
from mcp_types import Tool

from tertulia.domain.agents import ToolDef
from tertulia.tools.mcp.base import Listing
from tertulia.tools.mcp.names import name_for
from tertulia.tools.mcp.redaction import Redaction

log = structlog.get_logger()

MOST_PAGES = 50
MOST_TOOLS = 500
LONGEST_NAME = 200
LARGEST = 64_000
"""Bytes of one definition, as JSON."""
LARGEST_OF_ALL = 1_000_000
"""Bytes of all definitions of a server: each turn reads them, and models are told of them."""


async def read_listing(client: Client, toolgroup_id: str, redaction: Redaction) -> Listing:
    """Ask a server for its tools. Of two with one name, the first counts."""
    found: dict[str, ToolDef] = {}
    names: set[str] = set()
    left = LARGEST_OF_ALL
    async for tool in _tools(client):
        definition = ToolDef(
            name=name_for(toolgroup_id, tool.name),
            description=redaction.text(tool.description or tool.title or ""),
            input_schema=redaction.json(tool.input_schema),
        )
        size = len(msgspec.json.encode(definition))
        is_large = len(tool.name) > LONGEST_NAME or size > min(LARGEST, left)
        if is_large or definition.name in names or len(found) >= MOST_TOOLS:
            log.warning("mcp.tool_left_out", toolgroup=toolgroup_id, tool=definition.name, is_large=is_large)
            continue
        left -= size
        names.add(definition.name)
        found[tool.name] = definition
    return found


async def _tools(client: Client) -> AsyncGenerator[Tool]:
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            yield tool
        cursor = page.next_cursor
        if cursor is None:
            return
