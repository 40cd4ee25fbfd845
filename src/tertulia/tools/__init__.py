"""What people write tools with. Each name is described where it is made."""

from tertulia.domain.questions import Answer, Question
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import AnswerNeeded, Tool, ToolContext, ToolFile, ToolResult
from tertulia.tools.functions import tool

__all__ = [
    "Answer",
    "AnswerNeeded",
    "Question",
    "Tool",
    "ToolContext",
    "ToolFile",
    "ToolPolicy",
    "ToolResult",
    "tool",
]
