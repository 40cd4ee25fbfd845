"""The tool `clock`: what time it is, here or in a time zone."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta

from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import Tool, ToolResult
from tertulia.tools.functions import tool

Zone = Annotated[str, Meta(description="IANA time zone; UTC when left out")]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def clock_tool(now: Callable[[], dt.datetime] = _now) -> Tool:
    """Make the tool. `now` is handed in by tests."""

    @tool(
        description="Tell the current date and time, in UTC or in an IANA time zone such as Europe/Lisbon.",
        toolgroup="builtin::clock",
        policy=ToolPolicy(is_idempotent=True),
    )
    async def clock(timezone: Zone = "UTC") -> ToolResult:
        """Answer in RFC 3339 with the weekday before it; an unknown zone is an error that says so."""
        name = timezone or "UTC"
        try:
            zone = zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return ToolResult(
                content=f"There is no time zone {name[:60]!r}. Use an IANA name such as Europe/Lisbon.", is_error=True
            )
        moment = now().astimezone(zone)
        return ToolResult(content=f"{moment:%A}, {moment.isoformat(timespec='seconds')} ({name})")

    return clock
