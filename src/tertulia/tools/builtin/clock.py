"""The tool `clock`: what time it is, here or in a time zone."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolContext, ToolResult


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class ClockTool:
    """Tells the time. `now` is handed in by tests."""

    toolgroup = "builtin::clock"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(
        name="clock",
        description="Tell the current date and time, in UTC or in an IANA time zone such as Europe/Lisbon.",
        input_schema={
            "type": "object",
            "properties": {"timezone": {"type": "string", "description": "IANA time zone; UTC when left out"}},
            "additionalProperties": False,
        },
    )

    def __init__(self, now: Callable[[], dt.datetime] = _now) -> None:
        self._now = now

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Answer in RFC 3339 with the weekday before it; an unknown zone is an error that says so."""
        name = arguments.get("timezone") or "UTC"
        try:
            zone = zoneinfo.ZoneInfo(str(name))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return ToolResult(
                content=f"There is no time zone {str(name)[:60]!r}. Use an IANA name such as Europe/Lisbon.",
                is_error=True,
            )
        moment = self._now().astimezone(zone)
        return ToolResult(content=f"{moment:%A}, {moment.isoformat(timespec='seconds')} ({name})")
