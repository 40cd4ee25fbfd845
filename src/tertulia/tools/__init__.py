"""What people write tools with. Each name is described where it is made."""

from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import Tool, ToolContext, ToolFile, ToolResult
from tertulia.tools.functions import tool

__all__ = ["Tool", "ToolContext", "ToolFile", "ToolPolicy", "ToolResult", "tool"]
